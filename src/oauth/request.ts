import { refusalFrom, retryAfterFrom, traceIdFrom } from "./answer.ts";
import { check } from "./check.ts";
import { defined } from "./defined.ts";
import { isObject, isText } from "./fields.ts";
import {
  checkApp,
  DEFAULT_BASE_URL,
  type HighLevelApp,
  type RequestOptions,
  versionOf,
} from "./highlevel_app.ts";
import { HighLevelError, type HighLevelErrorCode, type HighLevelErrorDetails } from "./highlevel_error.ts";
import { orUndefined } from "./or_undefined.ts";
import { readBytes } from "./read_bytes.ts";
import { redact } from "./redact.ts";
import { orAborted, retryDelayMs, retrying, sleep } from "./retry.ts";
import { type ConnectionTarget, describeTarget } from "./target.ts";

/** One call to HighLevel, ready to be sent. */
export interface Call<T> {
  /** Path and query below the base URL. */
  readonly path: string;
  /** Sent with POST, a text as JSON; without a body the call is a GET. */
  readonly body?: string | URLSearchParams;
  /** The access token of a call that needs one. */
  readonly bearer?: string;
  /** The code or refresh token that the call spends: where its answer is lost, it is repeated only once. */
  readonly spends?: string;
  /** The connection concerned, where it is known already. */
  readonly target?: ConnectionTarget | undefined;
  /** Reads the JSON of a success that arrived at `receivedAt`, ms. */
  readonly read: (body: unknown, receivedAt: number) => T;
}

/** What a timer can wait, ms; a longer one fires at once. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** What helps, where HighLevel's own words do not tell. */
const ADVICE: { readonly [code in HighLevelErrorCode]?: string } = {
  location_inactive: " The refresh token still works once the location is active.",
  invalid_client: " Check the client id and secret.",
};

/**
 * Sends `call` and reads its answer, repeating it as its retry rule allows.
 *
 * @throws {TypeError} when `app` or `options` is malformed; nothing was sent.
 * @throws {HighLevelError} for every answer that is no success, and for none.
 * @throws the reason of `options.signal` once it is aborted.
 */
export async function send<T>(app: HighLevelApp, call: Call<T>, options: RequestOptions = {}): Promise<T> {
  checkApp(app);
  const { fetch = globalThis.fetch, baseUrl = DEFAULT_BASE_URL } = app;
  const { body, bearer = "", spends = "", target } = call;
  const { signal, timeoutMs = 15_000, now = Date.now, sleep: pause = sleep } = options;
  check(
    timeoutMs >= 1 && timeoutMs <= LONGEST_TIMEOUT_MS,
    `timeoutMs must be from 1 to ${LONGEST_TIMEOUT_MS}`,
  );
  const secrets = [app.clientSecret, bearer, spends].filter(Boolean);
  const isForm = body instanceof URLSearchParams;
  const request = defined({
    method: body ? "POST" : "GET",
    headers: defined({
      Accept: "application/json",
      "Content-Type": isForm ? "application/x-www-form-urlencoded" : body && "application/json",
      Authorization: bearer ? `Bearer ${bearer}` : undefined,
      Version: isForm || bearer ? versionOf(app) : undefined, // Reconnect knows no versions
    }),
    body: body && `${body}`,
    redirect: "manual",
  });

  const attempt = async (): Promise<T> => {
    signal?.throwIfAborted();
    const ended = new AbortController();
    const timer = setTimeout(
      () => ended.abort(new HighLevelError("timeout", `No answer within ${timeoutMs} ms.`)),
      timeoutMs,
    );
    let details: HighLevelErrorDetails = {};
    try {
      const answer = fetch(baseUrl.replace(/\/+$/, "") + call.path, { ...request, signal: ended.signal })
        .then(async (response) => [response, await readBytes(response, ended.signal)] as const);
      // Holds even against a fetch that ignores its signal.
      const [response, bytes] = await orAborted(orAborted(answer, ended.signal), signal);
      const { ok, status, headers } = response;
      const receivedAt = now();
      const json = orUndefined<unknown>(() => JSON.parse(new TextDecoder().decode(bytes)));
      details = {
        status,
        traceId: traceIdFrom(json, secrets),
        retryAfterMs: retryAfterFrom(status, headers, receivedAt),
      };
      if (ok) return call.read(json, receivedAt);
      const { code, text } = refusalFrom(call.path, status, json);
      throw new HighLevelError(
        code,
        `HighLevel answered ${status}${text && `: "${text}"`}.${ADVICE[code] ?? ""}`,
      );
    } catch (error) {
      ended.abort(); // what is still under way; a success has ended, and aborting that only costs
      if (!details.status) signal?.throwIfAborted(); // an answer that has arrived counts
      const isTold = error instanceof HighLevelError;
      const message = isTold ? error.message : "HighLevel could not be reached.";
      throw new HighLevelError(
        isTold ? error.code : "network",
        (target ? `${describeTarget(target)}: ` : "") + redact(message, secrets),
        // An error of its own, so that nothing else travels along.
        { ...details, target, cause: isTold ? undefined : new Error(redact(wordsOf(error), secrets)) },
      );
    } finally {
      clearTimeout(timer);
    }
  };
  return await retrying(
    attempt,
    (error, attempts) => retryDelayMs(spends ? "once" : "safe", error, attempts),
    (ms) => pause(ms, signal),
  );
}

/** The words of a thrown value. Node says "fetch failed", and why in the cause. */
function wordsOf(thrown: unknown): string {
  const { message, cause } = isObject(thrown) ? thrown : { message: thrown };
  return [message, isObject(cause) && cause.message].filter(isText).join(": ");
}
