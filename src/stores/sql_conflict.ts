import { retrying, sleep } from "../oauth/request/retry.ts";

const ATTEMPTS = 10;
const LONGEST_DELAY_MS = 500;
/** Postgres: a serialization failure, a deadlock, and two that make the same table or row of the catalogue at once. */
const CONFLICTS = /^(40001|40P01|23505|42P07)$/;
/** SQLite, whose drivers do not agree on a code. */
const BUSY = /database (table )?is locked|SQLITE_BUSY/i;

/** Whether a statement names a table that is not there. */
export function isTableMissing(error: unknown): boolean {
  return error instanceof Error &&
    ("code" in error && error.code === "42P01" || /no such table/.test(error.message));
}

/** Whether the database refused a statement because of another one at the same time: nothing was done. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? `${error.code}` : "";
  return CONFLICTS.test(code) || BUSY.test(error.message) || BUSY.test(code);
}

/** Does `work`, again where another statement at the same time was in its way. `work` must be one statement. */
export function retryConflicts<T>(work: () => Promise<T>): Promise<T> {
  const delayMs = (error: unknown, attempt: number): number | undefined => {
    if (!isConflict(error) || attempt === ATTEMPTS) return undefined;
    return Math.random() * Math.min(LONGEST_DELAY_MS, 10 * 2 ** attempt);
  };
  return retrying(work, delayMs, sleep);
}
