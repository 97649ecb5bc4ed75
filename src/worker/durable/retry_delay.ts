const LONGEST_DELAY_MS = 6 * 3_600_000;

/** Growing delay with jitter, ms: about 5 s, 10 s, 20 s … at most 6 hours. `spread`, from 0 up to 1, is the jitter. */
export function retryDelayMs(attempt: number, firstMs = 5_000, spread: number = Math.random()): number {
  return Math.min(LONGEST_DELAY_MS, firstMs * 2 ** attempt) * (0.75 + spread / 2);
}
