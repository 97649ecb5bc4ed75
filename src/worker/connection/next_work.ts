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
/** What is due when an export is restored is spread over this time, ms; a living token is replaced this long before its end. */
const RESTORED_OVER_MS = 30 * MINUTE_MS;
const LAST_MOMENT_MS = 5 * MINUTE_MS;
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

/**
 * What the connection whose record stands under `key` needs next. The same record and facts always need the same. A suspended one needs
 * nothing, not even before its refresh token ends: of that the daily sweep warns.
 */
export function nextWork(
  record: ConnectionRecord | undefined,
  facts: InstallationFacts,
  now: number,
  key: string,
): NextWork {
  const expiresAt = record?.tokens?.expiresAt.getTime() ?? 0;
  const { trouble } = facts;
  if (record?.status === "forgotten" && !isInstalledSince({ facts, record })) {
    return { eraseAt: eraseAtOf(record.updatedAt) };
  }
  if (facts.suspended || !isOurs({ facts, record })) return {};
  if (trouble) {
    if (now - trouble.since > GIVE_UP_AFTER_MS) return {};
    // Not by the key alone: by that they were refreshed one after another, and would come back all at once.
    const healAt = trouble.triedAt + healDelayMs(trouble.tries, spreadOf(`${key}/${trouble.tries}`));
    const { since, isTold, tellAfter = 0 } = trouble;
    return isTold
      ? { healAt }
      : { healAt, tellAt: Math.max(tellAfter, Math.max(since, expiresAt) + HOUR_MS) };
  }
  if (record?.status !== "connected") return {};
  const refreshAt = refreshAtOf(record, now, key);
  return refreshAt === undefined ? {} : { refreshAt: afterRestoring(refreshAt, expiresAt, facts, key) };
}

/** When nothing is left of a connection whose tombstone was made at `at`, ms. */
export function eraseAtOf(at: number): number {
  return at + ERASED_AFTER_MS;
}

/** When the tokens of `record` are replaced, ms. */
function refreshAtOf(record: ConnectionRecord, now: number, key: string): number | undefined {
  const expiresAt = record.tokens?.expiresAt.getTime() ?? 0;
  // A refresh had begun, and nothing tells how it ended: HighLevel gives the same answer once more for half a minute.
  if (record.spendingSince !== undefined) return now;
  // It ended under our eyes: an alarm was lost. What was imported with an end in the past waits for whoever needs it.
  const { accessTokenIssuedAt: issuedAt = now } = record;
  if (expiresAt <= now) return expiresAt > issuedAt ? now : undefined;
  const leadMs = marginOf(record, AHEAD_MS, spreadOf(key));
  return Math.max(expiresAt - leadMs, issuedAt + LEAST_PAUSE_MS);
}

/**
 * When that is done after an export was restored: what was overdue by then, thousands perhaps, is spread over half an hour by the keys;
 * a token that lives still is replaced before its end. Whoever asks for a token does not wait for that.
 */
function afterRestoring(
  refreshAt: number,
  expiresAt: number,
  { restoredAt = -Infinity }: InstallationFacts,
  key: string,
): number {
  const spreadAt = restoredAt + spreadOf(key) * RESTORED_OVER_MS;
  const latestAt = expiresAt > restoredAt ? Math.min(spreadAt, expiresAt - LAST_MOMENT_MS) : spreadAt;
  return Math.max(refreshAt, latestAt);
}

/** How long what is in trouble is left alone, ms: about 10 s, then 1 min, 2 min, 4 min … at most 6 hours. */
function healDelayMs(tries: number, spread: number): number {
  return tries === 0 ? retryDelayMs(0, FIRST_HEAL_MS, spread) : retryDelayMs(tries - 1, MINUTE_MS, spread);
}

/** Whether `record` has a token that can be used. */
export function isHealthy(record: ConnectionRecord | undefined, now: number): boolean {
  return record?.status === "connected" && (record.tokens?.expiresAt.getTime() ?? 0) > now;
}
