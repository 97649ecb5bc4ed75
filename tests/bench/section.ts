/** What one part of the benchmark found. */
export interface Section {
  /** Its name for `--only`. */
  readonly name: string;
  /** What it is about, one line. */
  readonly title: string;
  /** Heads of the columns; the last two, goal and mark, are added when it is printed. */
  readonly columns: readonly string[];
  /** Its lines. */
  readonly rows: readonly Row[];
  /** How it was measured, as far as the lines do not tell. */
  readonly notes: readonly string[];
}

/** One line of a section. */
export interface Row {
  /** Text by column. */
  readonly cells: readonly string[];
  /** Whether its goal is met; absent where there is none. */
  readonly verdict?: Verdict;
  /** The same as numbers, for `--json`. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A goal, and how far the figure is from it. */
export interface Verdict {
  /** The goal in words: `≤ 3.00×`. */
  readonly goal: string;
  /** Whether the figure meets it. */
  readonly met: boolean;
  /** By how much it is missed; empty where it is met. */
  readonly by: string;
}

/** The goal that `value` is at most `limit`. */
export function atMost(value: number, limit: number, show: (value: number) => string): Verdict {
  return verdict(`≤ ${show(limit)}`, value <= limit, value, limit);
}

/** The goal that `value` is at least `limit`. */
export function atLeast(value: number, limit: number, show: (value: number) => string): Verdict {
  return verdict(`≥ ${show(limit)}`, value >= limit, value, limit);
}

function verdict(goal: string, met: boolean, value: number, limit: number): Verdict {
  if (met) return { goal, met, by: "" };
  const share = (value / limit - 1) * 100;
  return { goal, met, by: Number.isFinite(share) ? `${share > 0 ? "+" : ""}${share.toFixed(0)} %` : "" };
}
