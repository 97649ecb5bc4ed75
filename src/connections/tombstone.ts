/** A day, ms. */
export const DAY_MS = 86_400_000;

/** A tombstone holds this long, ms: nobody who slept through the forgetting comes back later. */
const TOMBSTONE_MS = 90 * DAY_MS;

/** When a store may drop what holds for `ms` from `at`. A store has its own clock, which may be ahead of that of `at`. */
export function dropsAt(at: number, ms: number): number {
  return Math.max(at, Date.now()) + ms;
}

/** When a store may drop a tombstone made at `at`. */
export function tombstoneDropsAt(at: number): number {
  return dropsAt(at, TOMBSTONE_MS);
}
