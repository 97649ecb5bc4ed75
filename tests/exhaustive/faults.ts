// What can go wrong with an effect, beside that it is carried out and told.
import type { EffectKind } from "./process.ts";

/** Every fault there is. */
export type Fault =
  /** The clock of a process is a minute ahead. */
  | "clock"
  /** The process dies before the effect, or after it and before it learns of it. */
  | "crash before"
  | "crash after"
  /** The effect is refused: nothing is done. From `full` on every write is, until faults end. */
  | "refused"
  | "full"
  /** From here on the store refuses every call, until faults end. */
  | "down"
  /** It is carried out, and the answer lost. */
  | "answer lost"
  /** No answer ever comes; nothing is done, or it is, or it is long after the deadline. */
  | "hangs"
  | "hangs after"
  | "late"
  /** It is carried out, and the answer takes 25 s. */
  | "slow"
  /** The read shows what stood there before the last write. */
  | "stale"
  /** The process is stopped just before, for less than HighLevel's window, or for more; its lease runs out. */
  | "naps"
  | "sleeps";

/** How far a clock is ahead that is, ms. */
export const AHEAD_MS = 60_000;
/** How long a process is stopped, ms. */
export const STOPPED_MS = { naps: 12_000, sleeps: 35_000 };
/** When a slow answer, and a late write, come, ms. */
export const SLOW_MS = 25_000;
export const LATE_MS = 31_000;

const OF_REQUESTS = ["refused", "answer lost", "hangs", "hangs after", "slow"] as const;

/** Which faults each kind of effect can meet. A death before an effect is one after the effect before it. */
export const FAULTS_OF: { readonly [kind in EffectKind]: readonly Fault[] } = {
  start: [],
  get: ["crash after", "refused", "down", "hangs", "stale"],
  put: ["crash after", "refused", "full", "answer lost", "hangs", "hangs after", "late"],
  delete: ["crash after", "refused", "answer lost", "hangs"],
  lock: ["crash after", "refused", "down", "hangs"],
  unlock: ["crash before", "refused", "hangs"],
  refresh: ["crash after", ...OF_REQUESTS],
  exchange: ["crash after", ...OF_REQUESTS],
  reconnect: ["crash after", "refused", "hangs"],
};

/** The faults after which a refresh token may be sent that was spent: what became of it, somebody could not know. */
export const EXCUSES: ReadonlySet<Fault> = new Set<Fault>([
  "crash before",
  "crash after",
  "answer lost",
  "hangs after",
  "slow",
  "naps",
  "sleeps",
  // A write that hangs is given up, and what it was to say is in memory only.
  "hangs",
  "late",
  "full",
  "down",
]);
