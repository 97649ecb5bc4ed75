import { times } from "./quantity.ts";
import type { Row, Verdict } from "./section.ts";

/** Heads of the columns of {@linkcode row}. */
export const COMPARED: readonly string[] = ["", "here", "reference", "", "ratio"];

/** A figure next to its reference. */
export function row(
  what: string,
  { value, reference, against, ratio, show, verdict }: {
    readonly value: number;
    /** What it is held against, in words. */
    readonly against: string;
    readonly reference: number;
    readonly ratio: number;
    readonly show: (value: number) => string;
    readonly verdict?: Verdict;
  },
): Row {
  return {
    cells: [what, show(value), show(reference), against, times(ratio)],
    ...(verdict && { verdict }),
    data: { what, value, reference, against, ratio },
  };
}

/** A figure without a reference. */
export function figure(
  what: string,
  value: number,
  show: (value: number) => string,
  verdict?: Verdict,
): Row {
  return { cells: [what, show(value), "", "", ""], ...(verdict && { verdict }), data: { what, value } };
}

/** What could not be measured on this machine, and why. */
export function unmeasured(what: string, why: string): Row {
  return { cells: [what, "—", "", why, ""], data: { what, unmeasured: why } };
}
