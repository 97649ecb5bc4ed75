import { HighLevelError } from "../oauth/highlevel_error.ts";

/**
 * What `work` gives, if it does within `ms`.
 *
 * @throws {HighLevelError} `store_failed`, saying that a record could not be `what` in time. The work itself goes on.
 */
export async function withDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new HighLevelError("store_failed", `A record could not be ${what} within ${ms} ms.`));
  }, ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {}); // nobody waits for it any more
  }
}

/** A store's trouble as a coded error. A store's own words may hold anything, so only coded ones are kept. */
export function storeFailed(what: string, error: unknown): HighLevelError {
  if (error instanceof HighLevelError) return error;
  const kind = error instanceof Error ? error.name : typeof error;
  return new HighLevelError("store_failed", `A record could not be ${what}: the store threw ${kind}.`);
}
