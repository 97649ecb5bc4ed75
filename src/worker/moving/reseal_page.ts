import { orUndefined } from "../../oauth/host.ts";
import { fromBase64, toBase64 } from "../../stores/host.ts";
import { firstKeyId } from "../../moving/host.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import { eachKey } from "./each_key.ts";
import { pageKeys } from "./export_page.ts";

/** How far sealing anew has come, over all pages so far. */
export interface ResealProgress {
  /** The key that seals: the first 8 hex digits of the SHA-256 of its bytes. */
  readonly key: string;
  /** Records that were sealed anew. */
  readonly resealed: number;
  /** Records that were under this key already. */
  readonly already: number;
  /** Records under a key that is not given: they cannot be opened. */
  readonly unreadable: number;
  /** Records whose objects could not be asked. */
  readonly failed: number;
  /** Asks for the next page; absent on the last one. */
  readonly cursor?: string;
  /** Of the last page: whether every record is under this key, so that older keys open nothing any more. */
  readonly oldKeysUnused?: boolean;
}

/** Seals anew what one page of connections has under another key than the first one. */
export async function resealPage(
  app: ReconnectApp,
  before: ResealPlace | undefined,
  limit: number | undefined,
): Promise<ResealProgress> {
  const key = await firstKeyId(app.settings.sealingKeys);
  // With another key first it begins anew: what was counted was about the former one.
  const { place, counts } = before?.key === key ? before : { place: undefined, counts: NOTHING };
  const { keys, isMore } = await pageKeys(app, place, limit);
  const now = { ...counts };
  for await (const asked of eachKey(app, keys, (connection) => connection.reseal())) {
    if (!asked.ok) now.failed++;
    else if (asked.became) now[asked.became]++;
  }
  const last = keys.at(-1);
  if (isMore && last) {
    return { key, ...now, cursor: cursorOf({ key, place: `${last.kind}/${last.id}`, counts: now }) };
  }
  return { key, ...now, oldKeysUnused: now.unreadable + now.failed === 0 };
}

type Counts = Readonly<Record<"resealed" | "already" | "unreadable" | "failed", number>>;
const NOTHING: Counts = { resealed: 0, already: 0, unreadable: 0, failed: 0 };

/** Where sealing anew goes on. */
export interface ResealPlace {
  readonly key: string;
  readonly place: string | undefined;
  readonly counts: Counts;
}

function cursorOf({ key, place, counts: { resealed, already, unreadable, failed } }: ResealPlace): string {
  const text = JSON.stringify([key, place, resealed, already, unreadable, failed]);
  return toBase64(new TextEncoder().encode(text)).replaceAll("+", "-").replaceAll("/", "_");
}

/** The place that `cursor` names; `undefined` where it names none. */
export function resealPlace(cursor: string): ResealPlace | undefined {
  const bytes = fromBase64(cursor.replaceAll("-", "+").replaceAll("_", "/"));
  const value = orUndefined<unknown>(() => JSON.parse(new TextDecoder().decode(bytes)));
  if (!Array.isArray(value)) return undefined;
  const [key, place, ...numbers]: unknown[] = value;
  const [resealed = NaN, already = NaN, unreadable = NaN, failed = NaN] = numbers.map(Number);
  const counts = { resealed, already, unreadable, failed };
  if (typeof key !== "string" || typeof place !== "string") return undefined;
  return Object.values(counts).every(Number.isSafeInteger) ? { key, place, counts } : undefined;
}
