import { HighLevelError } from "../../oauth/mod.ts";
import { logError } from "../log.ts";

/** When to come again where an object cannot answer now, ms. */
const AGAIN_AFTER_MS = 5_000;

/**
 * An object's methods, called as Cloudflare advises ("Error handling" of Durable Objects). Where the object was reset, by a
 * deployment above all, or the way to it broke, the call is repeated once over a new stub: the old one stays broken. An object
 * that has too much to do is not asked again.
 *
 * A call that failed like that may have been carried out. So this is only for objects whose methods may be called twice: those
 * of {@linkcode ConnectionApi} find the note that is written before a token is spent, and take a webhook once by its id; those
 * of {@linkcode JobApi} add, count and end a target once; the directory takes a report once by its `seq`.
 *
 * Methods throw what the object throws, and `store_failed` where it cannot answer now.
 *
 * @param stubOf Makes a new stub of the object.
 */
export function calling<Api extends object>(stubOf: () => Api): Api {
  return new Proxy(stubOf(), {
    get: (stub, name) => {
      // An api is no promise: `await` asks for `then`, and a stub would take that for a method.
      if (typeof name === "symbol" || name === "then") return undefined;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        try {
          return await call(stub, name, args);
        } catch (error) {
          if (isSet(error, "overloaded")) throw unanswered();
          if (!isBroken(error)) throw error;
          logError(error, { method: name, outcome: "retried" });
        }
        try {
          return await call(stubOf(), name, args);
        } catch (error) {
          throw isSet(error, "overloaded") || isBroken(error) ? unanswered() : error;
        }
      };
    },
  });
}

function call(stub: object, name: string, args: readonly unknown[]): unknown {
  return Reflect.apply(Reflect.get(stub, name), stub, args);
}

/** Whether the object, or the way to it, broke during the call: what it would have answered is not known. */
function isBroken(error: unknown): boolean {
  return isSet(error, "retryable") || isSet(error, "durableObjectReset");
}

/** Whether workerd put `flag` on `error`. */
function isSet(error: unknown, flag: "retryable" | "durableObjectReset" | "overloaded"): boolean {
  return error instanceof Error && Reflect.get(error, flag) === true;
}

function unanswered(): HighLevelError {
  return new HighLevelError(
    "store_failed",
    "The Durable Object of this connection or job cannot answer now.",
    {
      retryAfterMs: AGAIN_AFTER_MS,
    },
  );
}
