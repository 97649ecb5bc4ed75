import { check } from "./check.ts";
import { defined } from "./defined.ts";
import {
  checkApp,
  DEFAULT_BASE_URL,
  type HighLevelApp,
  type RequestOptions,
  versionOf,
} from "./highlevel_app.ts";
import { retryDelayMs, retrying, sleep } from "./retry.ts";
import { type RoundTrip, roundTrip } from "./round_trip.ts";
import { spend } from "./spend.ts";
import type { ConnectionTarget } from "./target.ts";

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
  /** When a spending call is sent again where its answer is lost, ms after the first time. By default once. */
  readonly repeatsMs?: readonly number[] | undefined;
  /** The connection concerned, where it is known already. */
  readonly target?: ConnectionTarget | undefined;
  /** Reads the JSON of a success that arrived at `receivedAt`, ms. */
  readonly read: (body: unknown, receivedAt: number) => T;
  /** Told the headers of every answer. */
  readonly onHeaders?: ((headers: Headers) => void) | undefined;
}

/** What a timer can wait, ms; a longer one fires at once. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;
/** Longest wait for an answer, ms; and for one to a call that spends something. */
const TIMEOUT_MS = 15_000;
const SPENDING_TIMEOUT_MS = 60_000;

/**
 * Names this module to Cloudflare in front of HighLevel, which refuses clients without a proper one. Browsers send their own.
 */
export const USER_AGENT = "highlevel-reconnect (+https://jsr.io/@reconnect/highlevel)";

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
  const { path, body, bearer = "", spends = "", repeatsMs, target, read, onHeaders } = call;
  const {
    signal,
    timeoutMs = spends ? SPENDING_TIMEOUT_MS : TIMEOUT_MS,
    now = Date.now,
    sleep: pause = sleep,
  } = options;
  check(
    timeoutMs >= 1 && timeoutMs <= LONGEST_TIMEOUT_MS,
    `timeoutMs must be from 1 to ${LONGEST_TIMEOUT_MS}`,
  );
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
  if (spends) {
    return await spend({
      send: (stop) => roundTrip(trip, { stop, signal }),
      repeatsMs,
      timeoutMs,
      now,
      pause: (ms, over) => pause(ms, signal ? AbortSignal.any([signal, over]) : over),
    });
  }
  return await retrying(
    () => roundTrip(trip, { timeoutMs, signal }),
    retryDelayMs,
    (ms) => pause(ms, signal),
  );
}
