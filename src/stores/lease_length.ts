import { check } from "../oauth/check.ts";

const SHORTEST_MS = 1_000;
const LONGEST_MS = 3_600_000;

/**
 * Checks the length of a lease.
 *
 * @throws {TypeError} naming `leaseMs`.
 */
export function checkLeaseMs(leaseMs: number): void {
  check(
    isLeaseMs(leaseMs),
    `leaseMs must be a whole number of milliseconds from ${SHORTEST_MS} to ${LONGEST_MS}`,
  );
}

/** Whether `value` can be the length of a lease, ms. */
export function isLeaseMs(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= SHORTEST_MS && value <= LONGEST_MS;
}
