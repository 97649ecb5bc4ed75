import { HighLevelError } from "./highlevel_error.ts";

/** A longer wait than this is left to the caller, ms. */
export const LONGEST_WAIT_MS = 10_000;

/**
 * Does `work`; where it throws, again after what `delayMs` says of the error and the attempts so far. Throws the error
 * where that is `undefined`.
 */
export async function retrying<T>(
  work: () => Promise<T>,
  delayMs: (error: unknown, attempt: number) => number | undefined,
  wait: (ms: number) => Promise<void>,
): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      const ms = delayMs(error, attempt);
      if (ms === undefined) throw error;
      await wait(ms);
    }
  }
}

/** How long to wait before attempt `attempt + 1` of `most`, ms; `undefined` when there should be none. */
export function retryDelayMs(error: unknown, attempt: number, most: number): number | undefined {
  if (!(error instanceof HighLevelError)) return undefined;
  const { retryable, retryAfterMs = 0 } = error;
  // On top of what HighLevel asks for: many callers told the same must not come back at the same moment.
  return retryable && attempt < most && retryAfterMs <= LONGEST_WAIT_MS
    ? retryAfterMs + backoffMs(attempt)
    : undefined;
}

/** Whether an answer was lost: the request may have been carried out. A 4xx was answered, if only with a page. */
export function isLost(error: unknown): error is HighLevelError {
  if (!(error instanceof HighLevelError)) return false;
  const { retryable, status = 0, retryAfterMs = 0 } = error;
  return retryable && !(status >= 400 && status < 500) && retryAfterMs <= LONGEST_WAIT_MS;
}

/** Full-jitter exponential backoff, ms: anything up to 250, 500, 1000 … at most 10,000. */
export function backoffMs(attempt: number): number {
  return Math.random() * Math.min(LONGEST_WAIT_MS, 125 * 2 ** attempt);
}

/** Waits `ms`; rejects with the signal's reason once it is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  return orAborted(over, signal).finally(() => clearTimeout(timer));
}

/** `promise`, or the signal's reason once that comes first. The work itself goes on: others may wait for it. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
