import type { Recovery } from "../../connections/recovery.ts";
import { grouped } from "../terminal/words.ts";

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

/** Nothing yet. */
export function emptyTally(): Tally {
  return { recovered: 0, paused: 0, reauthorization_required: 0, failed: 0 };
}

/** All of them together. */
export function sum(tally: Tally): number {
  return tally.recovered + tally.paused + tally.reauthorization_required + tally.failed;
}

/** The counts in words, for people; counts of zero are left out but the first. */
export function inWords(tally: Tally): string {
  const parts: [keyof Tally, string][] = [
    ["recovered", "recovered"],
    ["paused", "paused"],
    ["reauthorization_required", `need${tally.reauthorization_required === 1 ? "s" : ""} a person`],
    ["failed", "failed"],
  ];
  return parts.filter(([name]) => name === "recovered" || tally[name] > 0)
    .map(([name, words]) => `${grouped(tally[name])} ${words}`).join(", ");
}

/** Counts one more. */
export function count(tally: Tally, { outcome }: Recovery): void {
  tally[outcome]++;
}
