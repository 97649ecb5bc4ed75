import type { Recovery } from "../../connections/recovery.ts";

/** How many connections ended how. */
export interface Tally {
  /** Living again. */
  recovered: number;
  /** Not active; nothing lost. */
  paused: number;
  /** Needing a person. */
  reauthorization_required: number;
  /** Trouble that may pass, or wrong credentials. */
  failed: number;
}

/** The counts of a run at its end: together they are all that were given. */
export interface RunCounts extends Readonly<Tally> {
  /** Those that nobody came to, since the run was stopped; absent where nobody knows how many there are. */
  readonly notTried?: number;
}

/** Nothing yet. */
export function emptyTally(): Tally {
  return { recovered: 0, paused: 0, reauthorization_required: 0, failed: 0 };
}

/** All of them together. */
export function sum(tally: Tally): number {
  return tally.recovered + tally.paused + tally.reauthorization_required + tally.failed;
}

/** Counts one more. */
export function count(tally: Tally, { outcome }: Recovery): void {
  tally[outcome]++;
}
