/**
 * How many entries a page may have.
 *
 * @throws {TypeError} when `limit` is not a whole number from 1 to 1,000.
 */
export function pageLimit(limit = 100): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit;
  throw new TypeError("limit must be a whole number from 1 to 1000");
}
