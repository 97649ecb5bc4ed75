import { HighLevelError } from "../oauth/highlevel_error.ts";
import { backoffMs, retrying } from "../oauth/request/retry.ts";
import { inTime } from "./in_time.ts";

/** Turns of the microtask queue in which what is in this process answers: a timer costs more than such a call. */
const TURNS = 8;

/**
 * What `work` gives, if it does within `ms`.
 *
 * @throws {HighLevelError} `store_failed`, saying that a record could not be `what` in time. The work itself goes on.
 */
export async function withDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  const held: { ended?: { readonly given: T } } = {};
  const ending = work.then((given) => held.ended = { given });
  for (let turn = 0; turn < TURNS && !held.ended; turn++) await undefined;
  const ended = held.ended ?? await inTime(ending, ms);
  if (!ended) throw new HighLevelError("store_failed", `A record could not be ${what} within ${ms} ms.`);
  return ended.given;
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
