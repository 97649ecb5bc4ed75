import { orAborted } from "../oauth/request/retry.ts";
import { HighLevelError, isCoded } from "../oauth/highlevel_error.ts";
import { resultOrError } from "../oauth/result_or_error.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import { attempt, linkFor } from "./attempt.ts";
import type { AttemptHost, AttemptRequest } from "./attempt_host.ts";
import type { ConnectionKey } from "./connection_key.ts";
import { errorOf } from "./failure_memory.ts";
import { type AccessTokenOptions, checkAmount } from "./options.ts";
import { inTime } from "./in_time.ts";
import { freshness, isYoung } from "./policy.ts";
import type { ConnectionRecord, Failure, UsableRecord } from "./record.ts";
import type { Recovery } from "./recovery.ts";
import { createSingleFlight } from "./single_flight.ts";
import type { UsableToken } from "./usable_token.ts";

/** Gives usable tokens. */
export interface TokenSource {
  /** What `pick` takes of a record with a usable token: the stored one, or by whatever it takes. */
  readonly usable: <T>(
    target: ConnectionTarget,
    options: AccessTokenOptions,
    pick: (record: UsableRecord) => T,
  ) => Promise<T>;
  /** A usable token and its age. */
  readonly token: (target: ConnectionTarget, options: AccessTokenOptions) => Promise<UsableToken>;
  /** Makes an attempt, or joins one; trouble with the store is told in the result. */
  readonly attempt: (key: ConnectionKey, request: AttemptRequest) => Promise<Recovery>;
}

/** Where a token is at hand that ends soon, nobody waits longer than this for the next one, ms. */
const PATIENCE_MS = 3_000;

/** The source of `host`'s tokens. */
export function createTokenSource(
  host: AttemptHost,
  keyOf: (target: ConnectionTarget) => ConnectionKey,
  background: (work: Promise<unknown>) => void,
): TokenSource {
  const { records, requests: { now }, failures, emit, isUsable } = host;

  const flight = createSingleFlight(async (key, request) => {
    const ended = await resultOrError(attempt(host, key, request));
    if (isCoded(ended, "store_failed")) emit({ type: "recovery_failed", target: key.target, error: ended });
    return ended;
  }, isUsable);

  /** A token that ends soon is still better than none. */
  const stillUsable = (
    record: ConnectionRecord | undefined,
    { rejected }: AccessTokenOptions,
  ): UsableRecord | undefined =>
    record?.tokens && freshness(record, now(), 0, rejected) === "usable"
      ? { ...record, tokens: record.tokens }
      : undefined;
  const remembered = ({ target }: ConnectionKey, record: ConnectionRecord | undefined, failure: Failure) => {
    const link = failure.outcome === "reauthorization_required" ? linkFor(host, record) : undefined;
    return errorOf(target, failure.outcome, failure, link);
  };

  /** What an attempt brings; the token at hand where that takes long or fails. */
  const afterAttempt = async (
    key: ConnectionKey,
    request: AttemptRequest,
    held: ConnectionRecord | undefined,
  ): Promise<UsableRecord> => {
    const work = flight(key, request);
    let ended = await (stillUsable(held, request) ? inTime(work, PATIENCE_MS) : work);
    if (!ended) background(work);
    if (!ended && !stillUsable(held, request)) ended = await work; // the token at hand has ended meanwhile
    const isForgotten = ended instanceof HighLevelError && !isCoded(ended, "store_failed");
    if (isForgotten) throw ended;
    const got = ended instanceof HighLevelError
      ? undefined
      : ended?.usable ?? stillUsable(ended?.held, request);
    const usable = got ?? stillUsable(held, request);
    if (usable) return usable;
    throw ended instanceof HighLevelError ? ended : reasonOf(ended?.recovery);
  };

  const usable: TokenSource["usable"] = async (target, options, pick) => {
    const key = keyOf(target);
    checkAmount("minLifetimeMs", options.minLifetimeMs);
    let held: ConnectionRecord | undefined;
    try {
      held = await orAborted(records.peek(key.key), options.signal);
    } catch {
      options.signal?.throwIfAborted();
      // The attempt asks again, with pauses.
    }
    // A record that is in memory only takes the long way: an attempt may write it.
    const isUnsaved = records.isUnsaved(key.key);
    if (!isUnsaved && isUsable(key, held, options)) return pick(held);

    const failure = isUnsaved ? undefined : failures.recent(key.key, held);
    if (failure) {
      const atHand = stillUsable(held, options);
      if (atHand) return pick(atHand);
      throw remembered(key, held, failure);
    }
    return pick(await afterAttempt(key, options, held));
  };

  return {
    usable,
    token: (target, options) =>
      usable(target, options, (record) => ({
        accessToken: record.tokens.accessToken,
        isYoung: isYoung(record, now()),
      })),
    attempt: async (key, request) => {
      const ended = await flight(key, request);
      if (!(ended instanceof HighLevelError)) return ended.recovery;
      return { target: key.target, outcome: "failed", attempts: [], error: ended };
    },
  };
}

/** Why there is no token, as the error to throw. */
function reasonOf(recovery: Recovery | undefined): HighLevelError | undefined {
  const { target, outcome, error, authorizationUrl } = recovery ?? {};
  if (!error || !target || outcome !== "reauthorization_required") return error;
  return errorOf(target, outcome, error, authorizationUrl);
}
