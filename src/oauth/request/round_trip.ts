import { refusalFrom, retryAfterFrom, traceIdFrom } from "./refusal.ts";
import { isObject, isText } from "../fields.ts";
import {
  HighLevelError,
  type HighLevelErrorCode,
  type HighLevelErrorDetails,
  type HighLevelErrorReason,
} from "../highlevel_error.ts";
import { orUndefined } from "../or_undefined.ts";
import { readBytes } from "./read_bytes.ts";
import { redact } from "./redact.ts";
import { orAborted } from "./retry.ts";
import { type ConnectionTarget, describeTarget } from "../target.ts";

/** A request that is ready, and how its answer is read. */
export interface RoundTrip<T> {
  /** Sends it. */
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>;
  /** Where to. */
  readonly url: string;
  /** The path alone: it tells what a refusal means. */
  readonly path: string;
  /** Method, headers and body. */
  readonly init: RequestInit;
  /** What no error may show. */
  readonly secrets: readonly string[];
  /** The connection concerned, where it is known already. */
  readonly target: ConnectionTarget | undefined;
  /** The clock, ms. */
  readonly now: () => number;
  /** Reads the JSON of a success that arrived at `receivedAt`, ms. */
  readonly read: (body: unknown, receivedAt: number) => T;
  /** Told the headers of every answer. */
  readonly onHeaders?: ((headers: Headers) => void) | undefined;
}

/** What helps, where HighLevel's own words do not tell. */
const ADVICE: { readonly [why in HighLevelErrorCode | HighLevelErrorReason]?: string } = {
  location_inactive: " The refresh token still works once the location is active.",
  invalid_client: " Check the client id and secret.",
  scope: " The token is valid: add the scope to the app, then have it authorized again.",
  token_kind: " The token lives: this call wants a token of the other user type.",
  firewall: " Cloudflare refused this client before HighLevel saw the request.",
  daily_limit: " The calls of this day are used up.",
  other_client: " Put the older client id and secret into previousCredentials.",
};

/**
 * Sends a request once and reads its answer, for `timeoutMs` at most, or until `stop` is aborted.
 *
 * @throws {HighLevelError} for every answer that is no success, and for none.
 * @throws the reason of the caller's `signal`.
 */
export async function roundTrip<T>(
  trip: RoundTrip<T>,
  { timeoutMs, stop, signal, isRepeat }: {
    readonly timeoutMs?: number;
    readonly stop?: AbortSignal;
    readonly signal?: AbortSignal | undefined;
    /** An answer to the same request was lost, and that may have granted. */
    readonly isRepeat?: boolean;
  },
): Promise<T> {
  const { fetch, url, path, init, secrets, target, now, read, onHeaders } = trip;
  signal?.throwIfAborted();
  const ended = new AbortController();
  stop?.addEventListener("abort", () => ended.abort());
  const timer = timeoutMs && setTimeout(() => ended.abort(tooLate(timeoutMs)), timeoutMs);
  let details: HighLevelErrorDetails = {};
  try {
    const answer = fetch(url, { ...init, signal: ended.signal })
      .then(async (response) => [response, await readBytes(response, ended.signal)] as const);
    // Holds even against a fetch that ignores its signal.
    const [response, bytes] = await orAborted(orAborted(answer, ended.signal), signal);
    const { ok, status, headers } = response;
    onHeaders?.(headers);
    const receivedAt = now();
    const text = new TextDecoder().decode(bytes);
    const json = orUndefined<unknown>(() => JSON.parse(text));
    details = {
      status,
      traceId: traceIdFrom(json, secrets),
      retryAfterMs: retryAfterFrom(status, headers, receivedAt),
    };
    if (ok) return read(json, receivedAt);
    const { code, reason, text: words, holdsMs } = refusalFrom(path, status, json ?? text, headers);
    details = { ...details, reason, retryAfterMs: holdsMs ?? details.retryAfterMs };
    const advice = ADVICE[reason ?? code] ?? "";
    throw new HighLevelError(code, `HighLevel answered ${status}${words && `: "${words}"`}.${advice}`);
  } catch (error) {
    ended.abort(); // what is still under way; a success has ended, and aborting that only costs
    if (!details.status) signal?.throwIfAborted(); // an answer that has arrived counts
    const isTold = error instanceof HighLevelError;
    const message = isTold ? error.message : "HighLevel could not be reached.";
    const { status = 0 } = details;
    const { reason = isRepeat && status >= 400 && status < 500 ? "answer_lost" : undefined } = details;
    throw new HighLevelError(
      isTold ? error.code : "network",
      prefixOf(target) + redact(message, secrets),
      // An error of its own, so that nothing else travels along.
      { ...details, reason, target, cause: isTold ? undefined : new Error(redact(wordsOf(error), secrets)) },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** The error of an answer that does not come in time. */
export function tooLate(timeoutMs: number, target?: ConnectionTarget): HighLevelError {
  return new HighLevelError("timeout", `${prefixOf(target)}No answer within ${timeoutMs} ms.`, { target });
}

function prefixOf(target: ConnectionTarget | undefined): string {
  return target ? `${describeTarget(target)}: ` : "";
}

/** The words of a thrown value. Node says "fetch failed", and why in the cause. */
function wordsOf(thrown: unknown): string {
  const { message, cause } = isObject(thrown) ? thrown : { message: thrown };
  return [message, isObject(cause) && cause.message].filter(isText).join(": ");
}
