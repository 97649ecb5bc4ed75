import type { RowKey } from "./connection_rows.ts";

/** Where the sweep, or the building anew, is. */
export interface SweepState {
  /** Whether this builds the rows anew: then nothing is woken, and nobody is told. */
  readonly isBuilding: boolean;
  /** The part under way. */
  readonly part: "kv" | "agencies" | "idle";
  /** When it began, ms. */
  readonly startedAt: number;
  /** When it ended, ms. */
  readonly endedAt?: number;
  /** KV's cursor of the next page of keys. */
  readonly cursor?: string;
  /** The last key that was compared with the rows. */
  readonly comparedTo?: RowKey;
  /** The last agency whose locations were compared. */
  readonly company?: string;
  /** Agencies in a row that could not be asked. */
  readonly refusals: number;
  /** Keys seen in KV. */
  readonly keys: number;
  /** Connections woken. */
  readonly woken: number;
  /** Connections that got new tokens within a day before this sweep. */
  readonly renewed: number;
  /** When the oldest refresh token was issued, of those seen that are in use, ms. */
  readonly oldestRefreshTokenAt?: number;
  /** Connections that HighLevel does not list any more. */
  readonly unlisted: number;
  /** As many as the sweep before found. */
  readonly unlistedBefore: number;
}

/** A sweep that begins at `now`, after `before`. */
export function newSweep(before: SweepState | undefined, now: number, isBuilding: boolean): SweepState {
  return {
    isBuilding,
    part: "kv",
    startedAt: now,
    refusals: 0,
    keys: 0,
    woken: 0,
    renewed: 0,
    unlisted: 0,
    unlistedBefore: before?.unlisted ?? 0,
    ...(before?.endedAt !== undefined && { endedAt: before.endedAt }),
  };
}
