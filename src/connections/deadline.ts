import { HighLevelError } from "../oauth/highlevel_error.ts";
import { backoffMs, retrying } from "../oauth/request/retry.ts";

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

/** A code as drivers have it (`42P01`, `ECONNREFUSED`, `SQLITE_BUSY`), of a form that no secret has. */
const DRIVERS_CODE = /^([A-Z]+(_[A-Z0-9]+)*|[0-9A-Z]{5})$/;

/** A store's trouble as a coded error. A store's own words may hold anything, so only its code, and errors of this module, are kept. */
export function storeFailed(what: string, error: unknown): HighLevelError {
  if (error instanceof HighLevelError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  const code = error instanceof Error && "code" in error && `${error.code}`;
  const kind = code && code.length <= 40 && DRIVERS_CODE.test(code) ? `${name} (${code})` : name;
  return new HighLevelError("store_failed", `A record could not be ${what}: the store threw ${kind}.`);
}

/** Times the store is asked before its trouble counts, and a write whose condition did not hold is tried anew. */
const ATTEMPTS = 3;

/** Calls of a store: each within `timeoutMs`, and again where it throws. A coded error is its last word. */
export function storeCalls(
  timeoutMs: number,
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>,
): <T>(what: string, work: () => Promise<T>) => Promise<T> {
  return async (what, work) => {
    try {
      return await retrying(
        async () => await withDeadline((async () => await work())(), timeoutMs, what),
        (error, attempts) =>
          error instanceof HighLevelError || attempts >= ATTEMPTS ? undefined : backoffMs(attempts),
        sleep,
      );
    } catch (error) {
      throw storeFailed(what, error);
    }
  };
}
