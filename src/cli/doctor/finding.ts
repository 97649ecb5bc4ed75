import type { Words } from "../words/words.ts";

/** What `doctor` looks at. */
export type CheckName = keyof Words["health"]["doctor"]["checks"];

/** What came of one look. */
export interface Finding {
  /** At what. */
  readonly check: CheckName;
  /** `"ok"`; `"hint"`: good to know; `"look"`: something needs a look. */
  readonly result: "ok" | "hint" | "look";
  /** The same in words. */
  readonly say: (words: Words) => string;
  /** What was found, for programs. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** A look that can be described by its parts. */
export function finding(
  check: CheckName,
  result: Finding["result"],
  say: (doctor: Words["health"]["doctor"], words: Words) => string,
  facts?: Finding["facts"],
): Finding {
  return { check, result, say: (words) => say(words.health.doctor, words), ...facts && { facts } };
}

/** Clocks may differ so far, seconds: tokens are refreshed minutes before their end. */
const CLOCK_SECONDS = 30;

/** What a `Date` header says of this clock: `at` is the moment of the answer, ms. */
export function clockFinding(date: string | null, at: number): Finding {
  const there = Date.parse(date ?? "");
  if (isNaN(there)) return finding("clock", "hint", ({ clockUnknown }) => clockUnknown);
  const aheadSeconds = Math.round((at - there) / 1000);
  return Math.abs(aheadSeconds) <= CLOCK_SECONDS
    ? finding("clock", "ok", ({ clock }) => clock(CLOCK_SECONDS), { aheadSeconds })
    : finding("clock", "look", ({ clockOff }) => clockOff(aheadSeconds), { aheadSeconds });
}
