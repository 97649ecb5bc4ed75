import type { Recovery } from "./recovery.ts";

/** Results looked back at. */
const WINDOW = 20;
/** From so many that were told to slow down on, the run slows down; fewer are those connections' own limits. */
const MANY = 4;
/** The run waits so long before it starts more, where HighLevel does not say, ms. */
const PAUSE_MS = 1_000;

/** How many recoveries a run has under way; see {@linkcode createBrake}. */
export interface Brake {
  /** How many may be under way now. */
  readonly limit: () => number;
  /** Notes how one ended; tells how long to wait before more are started, ms. */
  readonly note: (recovery: Recovery) => number;
}

/**
 * Slows a run down while HighLevel answers many of its connections with 429: half as many at once each time, and more again,
 * one by one, while it does not. A single connection's 429 is its own: the ladder waits for it.
 */
export function createBrake(concurrency: number): Brake {
  const lately: boolean[] = [];
  let limit = concurrency;
  return {
    limit: () => Math.max(1, Math.floor(limit)),
    note: ({ attempts, error }) => {
      const isThrottled = attempts.some(({ code }) => code === "rate_limited") ||
        error?.code === "rate_limited";
      lately.push(isThrottled);
      if (lately.length > WINDOW) lately.shift();
      if (!isThrottled) {
        limit = Math.min(concurrency, limit + 1 / limit);
        return 0;
      }
      if (lately.filter(Boolean).length < MANY) return 0;
      lately.length = 0;
      limit = Math.max(1, limit / 2);
      return error?.retryAfterMs ?? PAUSE_MS;
    },
  };
}
