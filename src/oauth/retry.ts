import type { HighLevelError } from "./highlevel_error.ts";

/**
 * What may be repeated. `"safe"`: any transient failure, 3 attempts in all. `"once_if_unanswered"`: a single repeat, and
 * only where the answer was lost: the first attempt may have been carried out, and its refresh token or code be spent.
 */
export type RetryRule = "safe" | "once_if_unanswered";

/** A longer wait than this is left to the caller, ms. */
const LONGEST_WAIT_MS = 10_000;

/** How long to wait before attempt `attempt + 1`, ms; `undefined` when there should be none. */
export function retryDelayMs(rule: RetryRule, error: HighLevelError, attempt: number): number | undefined {
  if (!error.retryable || attempt >= (rule === "safe" ? 3 : 2)) return undefined;
  const { status = 0, retryAfterMs = 0 } = error;
  // A 4xx was answered, if only with a page: nothing was carried out, and nothing was lost.
  if (rule === "once_if_unanswered" && status >= 400 && status < 500) return undefined;
  // On top of what HighLevel asks for: many callers told the same must not come back at the same moment.
  return retryAfterMs <= LONGEST_WAIT_MS ? retryAfterMs + backoffMs(attempt) : undefined;
}

/** Full-jitter exponential backoff, ms: anything up to 250, 500, 1000 … at most 10,000. */
export function backoffMs(attempt: number): number {
  return Math.random() * Math.min(LONGEST_WAIT_MS, 250 * 2 ** (attempt - 1));
}

/** Waits `ms`; rejects with the signal's reason once it is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
