import type { HistoryEntry } from "./connection_api.ts";

/** How often things happened to a connection that its directory is told of in sums. Only grows. */
export interface Tally {
  /** Ordinary refreshes. */
  readonly refreshed: number;
  /** Attempts that ended without tokens, by the code of their error. */
  readonly failed: Readonly<Record<string, number>>;
}

/** Where nothing happened. */
export const NO_TALLY: Tally = { refreshed: 0, failed: {} };

/** How long sums wait at most for a report that is made anyway, ms. */
const TOLD_WITHIN_MS = 7 * 24 * 3_600_000;

/** `tally` with what `entry` adds. */
export function tallyWith(tally: Tally, { type, code = "unknown" }: HistoryEntry): Tally {
  switch (type) {
    case "refreshed":
      return { ...tally, refreshed: tally.refreshed + 1 };
    case "recovery_failed":
    case "reauthorization_required":
      return { ...tally, failed: { ...tally.failed, [code]: (tally.failed[code] ?? 0) + 1 } };
    default:
      return tally;
  }
}

/** What happened since `before`; `undefined` where nothing did. A tally that is less than before began anew. */
export function tallySince(tally: Tally, before: Tally): Tally | undefined {
  const more = (now: number, then = 0): number => now < then ? now : now - then;
  const refreshed = more(tally.refreshed, before.refreshed);
  const failed = Object.entries(tally.failed).map(([code, n]) =>
    [code, more(n, before.failed[code])] as const
  )
    .filter(([, n]) => n > 0);
  return refreshed + failed.length > 0 ? { refreshed, failed: Object.fromEntries(failed) } : undefined;
}

/** Whether sums are to be told by a report of their own: the last one is of `reportedAt`, ms. */
export function isTallyDue(reportedAt: number, now: number): boolean {
  return reportedAt > 0 && now - reportedAt > TOLD_WITHIN_MS;
}
