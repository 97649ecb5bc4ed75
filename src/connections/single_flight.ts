import { HighLevelError } from "../oauth/highlevel_error.ts";
import { orAborted } from "../oauth/request/retry.ts";
import type { Attempt, AttemptRequest } from "./attempt_host.ts";
import type { ConnectionKey } from "./connection_key.ts";
import type { UsableRecord } from "./record.ts";

/** Starts an attempt; its trouble with the store is its result. */
export type StartAttempt = (key: ConnectionKey, request: AttemptRequest) => Promise<Attempt | HighLevelError>;

/** Joins the attempt that is under way for a connection, or starts one. */
export type SingleFlight = (key: ConnectionKey, request: AttemptRequest) => Promise<Attempt | HighLevelError>;

/**
 * One attempt at a time for each connection: all who ask meanwhile share it. One that does not give a caller what he asked for is
 * followed by another.
 */
export function createSingleFlight(
  start: StartAttempt,
  isUsable: (key: ConnectionKey, record: UsableRecord, request: AttemptRequest) => boolean,
): SingleFlight {
  const underWay = new Map<
    string,
    { readonly request: AttemptRequest; readonly attempt: ReturnType<StartAttempt> }
  >();

  return async (key, request) => {
    for (;;) {
      request.signal?.throwIfAborted();
      const joined = underWay.get(key.key);
      const current = joined ?? {
        request,
        attempt: start(key, request).finally(() => underWay.delete(key.key)),
      };
      underWay.set(key.key, current);
      const ended = await orAborted(current.attempt, request.signal);
      if (!joined) return ended;
      if (ended instanceof HighLevelError || !ended.usable) {
        if (!asksMore(request, joined.request)) return ended;
        continue;
      }
      const { usable, recovery } = ended;
      const isFit = recovery.attempts.length > 0 || !request.forced && isUsable(key, usable, request);
      if (isFit && usable.tokens.accessToken !== request.rejected) return ended;
    }
  };
}

/** Whether an attempt for `request` may end better than one for `other` that failed. */
function asksMore({ forced, details }: AttemptRequest, other: AttemptRequest): boolean {
  const agency = details?.companyId;
  return Boolean(forced && !other.forced || agency && agency !== other.details?.companyId);
}
