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

/** One bar of the chart. */
export interface Bar {
  /** Start of its time, ms. */
  readonly at: number;
  /** Connections that worked and do not any more. */
  readonly lost: number;
  /** Lost connections that live again. */
  readonly recovered: number;
  /** Attempts that did not end in tokens. */
  readonly failed: number;
}

/** Where the time of a chart that ends now begins, ms. */
export function startOf(range: RangeName, now: number): number {
  const { days, barHours } = RANGES[range];
  const barMs = barHours * HOUR_MS;
  return now - now % barMs + barMs - days * 24 * HOUR_MS;
}

/** The bars of a chart, oldest first, also those in which nothing happened. */
export function barsOf(hours: readonly ActivityHour[], range: RangeName, now: number): Bar[] {
  const { days, barHours } = RANGES[range];
  const start = startOf(range, now);
  const bars = Array.from({ length: days * 24 / barHours }, (_, index) => ({
    at: start + index * barHours * HOUR_MS,
    lost: 0,
    recovered: 0,
    failed: 0,
  }));
  for (const { hour, counts } of hours) {
    const bar = bars[Math.floor((hour - start) / (barHours * HOUR_MS))];
    if (!bar) continue;
    bar.lost += counts.lost ?? 0;
    bar.recovered += (counts.recovered ?? 0) + (counts.resumed ?? 0);
    bar.failed += (counts.failed ?? 0) + (counts.reauthorization_required ?? 0) +
      (counts.paused ?? 0);
  }
  return bars;
}
