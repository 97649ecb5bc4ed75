import { type ConnectionRecord, marginOf, spreadOf } from "../../connections/host.ts";
import { retryDelayMs } from "../durable/retry_delay.ts";
import { isInstalledSince, isOurs } from "./installation.ts";
import type { InstallationFacts } from "./installation_facts.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A token is refreshed this long before its end at least, ms. */
const AHEAD_MS = HOUR_MS;
/** Broken connections are retried by themselves this long, ms; afterwards by the daily round and by hand. */
const GIVE_UP_AFTER_MS = 7 * 24 * HOUR_MS;
/** What is in trouble is tried again after this for the first time, ms: most trouble is over by then. */
const FIRST_HEAL_MS = 10_000;
/** A connection that was forgotten leaves nothing behind after this, ms: its tombstone is gone from KV by then. */
const ERASED_AFTER_MS = 90 * 24 * HOUR_MS + HOUR_MS;
/** What was written lately is not refreshed again before this, ms, however short its token's life is. */
const LEAST_PAUSE_MS = 1_000;

/** What a connection needs next, and when, ms. */
export interface NextWork {
  /** Replace the tokens. */
  readonly refreshAt?: number;
  /** Try once more what is in trouble. */
  readonly healAt?: number;
  /** Tell people that the trouble lasts. */
  readonly tellAt?: number;
  /** Remove everything: the tombstone has held long enough. */
  readonly eraseAt?: number;
}

/** What the connection whose record stands under `key` needs next. The same record and facts always need the same. */
export function nextWork(
  record: ConnectionRecord | undefined,
  facts: InstallationFacts,
  now: number,
  key: string,
): NextWork {
  const expiresAt = record?.tokens?.expiresAt.getTime() ?? 0;
  const { trouble } = facts;
  if (record?.status === "forgotten" && !isInstalledSince({ facts, record })) {
    return { eraseAt: record.updatedAt + ERASED_AFTER_MS };
  }
  if (!isOurs({ facts, record })) return {};
  if (trouble) {
    if (now - trouble.since > GIVE_UP_AFTER_MS) return {};
    const healAt = trouble.triedAt + healDelayMs(trouble.tries, spreadOf(key));
    const { since, isTold, tellAfter = 0 } = trouble;
    return isTold
      ? { healAt }
      : { healAt, tellAt: Math.max(tellAfter, Math.max(since, expiresAt) + HOUR_MS) };
  }
  if (record?.status !== "connected") return {};
  // A refresh had begun, and nothing tells how it ended: HighLevel gives the same answer once more for half a minute.
  if (record.spendingSince !== undefined) return { refreshAt: now };
  // It ended under our eyes: an alarm was lost. What was imported with an end in the past waits for whoever needs it.
  const { accessTokenIssuedAt: issuedAt = now } = record;
  if (expiresAt <= now) return expiresAt > issuedAt ? { refreshAt: now } : {};
  const leadMs = marginOf(record, AHEAD_MS, spreadOf(key));
  return { refreshAt: Math.max(expiresAt - leadMs, issuedAt + LEAST_PAUSE_MS) };
}

/** How long what is in trouble is left alone, ms: about 10 s, then 1 min, 2 min, 4 min … at most 6 hours. */
function healDelayMs(tries: number, spread: number): number {
  return tries === 0 ? retryDelayMs(0, FIRST_HEAL_MS, spread) : retryDelayMs(tries - 1, MINUTE_MS, spread);
}

/** Whether `record` has a token that can be used. */
export function isHealthy(record: ConnectionRecord | undefined, now: number): boolean {
  return record?.status === "connected" && (record.tokens?.expiresAt.getTime() ?? 0) > now;
}
