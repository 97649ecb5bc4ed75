import type { ActivityHour } from "../directory/directory_api.ts";

const HOUR_MS = 3_600_000;

/** What the chart can span: days, and the length of a bar, hours. */
export const RANGES = {
  "1": { days: 1, barHours: 1 },
  "7": { days: 7, barHours: 6 },
  "30": { days: 30, barHours: 24 },
} as const;

/** How many days the chart spans. */
export type RangeName = keyof typeof RANGES;

/** What a bar counts: connections that went from one status to another. */
export const BAR_KINDS = ["recovered", "failed", "reauthorization_required", "paused"] as const;

/** One of {@linkcode BAR_KINDS}. */
export type BarKind = typeof BAR_KINDS[number];

/** One bar of the chart: what is connected again, and what went to each of the other statuses. */
export interface Bar extends Readonly<Record<BarKind, number>> {
  /** Start of its time, ms. */
  readonly at: number;
}

/** The moment of a chart: now, and how far the reader's clocks are ahead of UTC, ms. */
export interface ChartTime {
  /** Now, ms. */
  readonly now: number;
  /** How far the reader's clocks are ahead of UTC, ms. */
  readonly offsetMs: number;
}

/** Where the time of a chart that ends now begins, ms: at a whole hour, or a whole day of the reader's. */
export function startOf(range: RangeName, { now, offsetMs }: ChartTime): number {
  const { days, barHours } = RANGES[range];
  const barMs = barHours * HOUR_MS;
  const wholeHours = Math.round(offsetMs / HOUR_MS) * HOUR_MS; // what is counted is counted by whole hours of UTC
  const local = now + wholeHours;
  return local - local % barMs + barMs - days * 24 * HOUR_MS - wholeHours;
}

/** The bars of a chart, oldest first, also those in which nothing happened. */
export function barsOf(hours: readonly ActivityHour[], range: RangeName, time: ChartTime): Bar[] {
  const { days, barHours } = RANGES[range];
  const start = startOf(range, time);
  const bars = Array.from({ length: days * 24 / barHours }, (_, index) => ({
    at: start + index * barHours * HOUR_MS,
    recovered: 0,
    failed: 0,
    reauthorization_required: 0,
    paused: 0,
  }));
  for (const { hour, counts } of hours) {
    const bar = bars[Math.floor((hour - start) / (barHours * HOUR_MS))];
    if (!bar) continue;
    for (const kind of BAR_KINDS) bar[kind] += counts[kind] ?? 0;
    bar.recovered += counts.resumed ?? 0;
  }
  return bars;
}
