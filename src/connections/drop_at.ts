/** How long a note or a tombstone holds, ms. */
export const DAY_MS = 86_400_000;

/** When a store may drop what holds for a day from `at`. A store has its own clock, which may be ahead of that of `at`. */
export function dropAtOf(at: number): number {
  return Math.max(at, Date.now()) + DAY_MS;
}
