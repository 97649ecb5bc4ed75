import { targetOf } from "../connections/connection_key.ts";
import { defined } from "../oauth/defined.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import type { StoredRecord, TokenStore } from "../stores/token_store.ts";
import { ExportKeys } from "./export_keys.ts";
import { ExportWriter } from "./export_writer.ts";
import { isSealed } from "./moved_record.ts";

/** Records read before the export can be cut off without loss. */
const PAGE = 100;

/** Options of {@linkcode exportRecords}. */
export interface ExportOptions {
  /** HighLevel's id of the app: the part of its client id before the dash. */
  readonly appId: string;
  /** Keys of 32 bytes in base64, as `generateSealingKey` makes them: the first seals the export. */
  readonly keys: readonly string[];
  /** Where an export that was cut off goes on: the `cursor` of its last whole page. */
  readonly cursor?: string;
  /**
   * Whether nobody refreshes or writes in this store any more. The export says so.
   * @default {false}
   */
  readonly isReadOnly?: boolean;
}

/**
 * An export of the app's connections in `store`, tombstones and names with them, as lines with their line ends: every connection sealed
 * under the first of `keys` and bound to its line, and at the end counts and a digest, so that one that was cut is told as cut. Read
 * it page by page: memory stays flat. The store must open its records (`sealed`).
 *
 * Whoever restores it elsewhere has the same refresh tokens: let only one side refresh.
 *
 * @throws {TypeError} when an option is malformed, or `cursor` is of another export.
 *
 * @example
 * ```ts
 * import { MemoryStore } from "@reconnect/highlevel/stores/memory";
 * import { exportRecords, restoreRecords } from "@reconnect/highlevel/moving";
 *
 * const [here, there] = [new MemoryStore(), new MemoryStore()];
 * const options = { appId: "6512ab34cd56ef7890ab12cd", keys: ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="] };
 * for await (const { target, result } of restoreRecords(there, exportRecords(here, options), options)) {
 *   console.log(target, result);
 * }
 * ```
 */
export async function* exportRecords(
  store: TokenStore,
  { appId, keys: given, cursor, isReadOnly }: ExportOptions,
): AsyncGenerator<string, void, undefined> {
  const keys = await ExportKeys.from(given);
  const writer = cursor === undefined
    ? ExportWriter.begin(defined({ appId, keys, isReadOnly }))
    : ExportWriter.resume(cursor, { appId, keys });
  if (writer.place === undefined) yield `${writer.head}\n`;
  const prefix = `${appId}/`;
  for (;;) {
    const page = await store.list(defined({ prefix, limit: PAGE, cursor: writer.place }));
    for (const { key } of page.entries) {
      const target = targetOf(prefix, key);
      if (!target) continue; // what is kept of webhooks and endpoints is not moved
      const line = await lineOf(store, key, key.slice(prefix.length), writer);
      if (line !== undefined) yield `${line}\n`;
    }
    if (page.cursor === undefined) return yield `${await writer.end()}\n`;
    yield `${writer.pause(page.cursor)}\n`;
  }
}

async function lineOf(
  store: TokenStore,
  key: string,
  name: string,
  writer: ExportWriter,
): Promise<string | undefined> {
  let stored: StoredRecord | undefined;
  try {
    stored = await store.get(key);
  } catch (error) {
    if (!(error instanceof HighLevelError) || error.reason !== "unreadable") throw error;
    return await writer.unreadable(name, error.message);
  }
  if (!stored) return undefined; // deleted meanwhile
  return isSealed(stored)
    ? await writer.unreadable(name, "it is sealed: give its sealing key")
    : await writer.record(name, stored);
}
