import { check } from "../check.ts";
import { defined } from "../defined.ts";
import {
  checkApp,
  DEFAULT_BASE_URL,
  type HighLevelApp,
  type RequestOptions,
  versionOf,
} from "../highlevel_app.ts";
import type { HighLevelError } from "../highlevel_error.ts";
import { isLost, retryDelayMs, retrying, sleep } from "./retry.ts";
import { type RoundTrip, roundTrip, tooLate } from "./round_trip.ts";
import type { ConnectionTarget } from "../target.ts";
import { USER_AGENT } from "./user_agent.ts";

/** One call to HighLevel, ready to be sent. */
export interface Call<T> {
  /** Path and query below the base URL. */
  readonly path: string;
  /** Sent with POST, a text as JSON; without a body the call is a GET. */
  readonly body?: string | URLSearchParams;
  /** The access token of a call that needs one. */
  readonly bearer?: string;
  /** The code or refresh token that the call spends: where its answer is lost, that may have been carried out. */
  readonly spends?: string;
  /** How a spending call is sent again where its answer is lost. By default once. */
  readonly repeat?: Repeat | undefined;
  /** The connection concerned, where it is known already. */
  readonly target?: ConnectionTarget | undefined;
  /** Reads the JSON of a success that arrived at `receivedAt`, ms. */
  readonly read: (body: unknown, receivedAt: number) => T;
  /** Told the headers of every answer. */
  readonly onHeaders?: ((headers: Headers) => void) | undefined;
}

/** Sends a request by `send`, again where its answer is lost; `send` gives up once its signal is aborted. */
export type Repeat = <T>(
  send: (stop: AbortSignal) => Promise<T>,
  timing: {
    readonly timeoutMs: number;
    /** The error of an answer that does not come in that time. */
    readonly tooLate: HighLevelError;
    readonly now: () => number;
    readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  },
) => Promise<T>;

/** Checks that a timer can wait `ms`: for a longer time it fires at once. */
export function checkTimeout(name: string, ms: number): void {
  check(ms >= 1 && ms < 2 ** 31, `${name} must be from 1 to 2147483647`);
}

/** Longest wait for an answer, ms; and for one to a call that spends something. */
const TIMEOUT_MS = 15_000;
const SPENDING_TIMEOUT_MS = 60_000;

/**
 * Sends `call` and reads its answer, repeating it as is safe.
 *
 * @throws {TypeError} when `app` or `options` is malformed; nothing was sent.
 * @throws {HighLevelError} for every answer that is no success, and for none.
 * @throws the reason of `options.signal` once it is aborted.
 */
export async function send<T>(app: HighLevelApp, call: Call<T>, options: RequestOptions = {}): Promise<T> {
  checkApp(app);
  const { fetch = globalThis.fetch, baseUrl = DEFAULT_BASE_URL } = app;
  const { path, body, bearer = "", spends = "", repeat, target, read, onHeaders } = call;
  const {
    signal,
    timeoutMs = spends ? SPENDING_TIMEOUT_MS : TIMEOUT_MS,
    now = Date.now,
    sleep: pause = sleep,
  } = options;
  checkTimeout("timeoutMs", timeoutMs);
  const isForm = body instanceof URLSearchParams;
  const init = defined({
    method: body ? "POST" : "GET",
    headers: defined({
      Accept: "application/json",
      "User-Agent": USER_AGENT,
      "Content-Type": isForm ? "application/x-www-form-urlencoded" : body && "application/json",
      Authorization: bearer ? `Bearer ${bearer}` : undefined,
      Version: isForm || bearer ? versionOf(app) : undefined, // Reconnect knows no versions
    }),
    body: body && `${body}`,
    redirect: "manual" as const,
  });
  const trip: RoundTrip<T> = {
    fetch: (url, init) => fetch(url, init),
    url: baseUrl.replace(/\/+$/, "") + path,
    path,
    init,
    secrets: [app.clientSecret, bearer, spends].filter(Boolean),
    target,
    now,
    read,
    onHeaders,
  };
  if (repeat) {
    return await repeat((stop) => roundTrip(trip, { stop, signal }), {
      timeoutMs,
      tooLate: tooLate(timeoutMs, target),
      now,
      pause: (ms, over) => pause(ms, signal ? AbortSignal.any([signal, over]) : over),
    });
  }
  let attempts = 0;
  return await retrying(
    () => roundTrip(trip, { timeoutMs, signal, isRepeat: attempts++ > 0 && spends !== "" }),
    (error, attempt) => retryDelayMs(error, attempt, spends ? isLost(error) ? 2 : 1 : 3),
    (ms) => pause(ms, signal),
  );
}
