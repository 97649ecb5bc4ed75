import { check, checkBearer } from "../oauth/check.ts";
import { type HighLevelApp, isSite } from "../oauth/highlevel_app.ts";
import { isObject } from "../oauth/fields.ts";
import { sleep as defaultSleep } from "../oauth/request/retry.ts";

/** How to reach a deployed worker. */
export interface WorkerAddress {
  /**
   * Where its routes are mounted: `https://reconnect.example`, or with a path, `https://app.example/highlevel`. https; http on
   * loopback only, since the key travels with every request. No user, query or fragment; a slash at its end does not matter.
   */
  readonly url: string;
  /** A key of the worker. `service` gets tokens; what needs `viewer` or `admin` says so. It belongs on a server, never into a browser. */
  readonly key: string;
}

/** Options of {@linkcode createClient}. */
export interface ClientOptions extends WorkerAddress {
  /**
   * Sends the requests to the worker. A service binding of Workers goes here: `(input, init) => env.RECONNECT.fetch(input, init)`.
   * @default {globalThis.fetch}
   */
  readonly fetch?: (input: string, init: RequestInit) => Promise<Response>;
  /**
   * Longest wait for one answer of the worker, ms.
   * @default {30_000; for what asks HighLevel for new tokens at once, such as recover, 120_000}
   */
  readonly timeoutMs?: number;
  /** How HighLevel itself is asked by `fetch` and `fetcher`: by default as `Connections` does. */
  readonly highlevel?: Pick<HighLevelApp, "apiVersion" | "baseUrl" | "fetch">;
  /**
   * The clock, ms since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
  /** Waits, ms; rejects with the signal's reason. By default a timer. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A worker as requests are sent to it. */
export interface WorkerHost {
  /** Its URL without a slash at its end. */
  readonly url: string;
  /** The key. */
  readonly key: string;
  /** Sends a request. */
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>;
  /** Longest wait for an answer, ms, where the caller said so. */
  readonly timeoutMs: number | undefined;
  /** The clock, ms. */
  readonly now: () => number;
  /** Waits, ms. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** What a timer can wait, ms. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/**
 * Checks the options; sends nothing.
 *
 * @throws {TypeError} naming the option that is missing or malformed. The key is not shown.
 */
export function workerHost(options: ClientOptions): WorkerHost {
  check(isObject(options), "options must be an object with url and key");
  const { url, key, fetch = globalThis.fetch, timeoutMs, now = Date.now, sleep = defaultSleep } = options;
  check(
    typeof url === "string" && isSite(url),
    "url must be an https (or loopback) URL without user, query or fragment",
  );
  checkBearer("key", key);
  check(
    timeoutMs === undefined || timeoutMs >= 1 && timeoutMs <= LONGEST_TIMEOUT_MS,
    `timeoutMs must be from 1 to ${LONGEST_TIMEOUT_MS}`,
  );
  check(typeof fetch === "function", "fetch must be a function");
  check(typeof now === "function", "now must be a function");
  check(typeof sleep === "function", "sleep must be a function");
  checkHighLevel(options.highlevel);
  return {
    url: url.replace(/\/+$/, ""),
    key,
    fetch: (input, init) => fetch(input, init), // as a method of this object some runtimes would refuse it
    timeoutMs,
    now,
    sleep,
  };
}

function checkHighLevel(highlevel: ClientOptions["highlevel"]): void {
  if (highlevel === undefined) return;
  check(isObject(highlevel), "highlevel must be an object with apiVersion, baseUrl or fetch");
  const { apiVersion = "v3", baseUrl, fetch = globalThis.fetch } = highlevel;
  check(
    /^(v3|2021-07-28|2023-02-21)$/.test(apiVersion),
    "highlevel.apiVersion must be v3, 2021-07-28 or 2023-02-21",
  );
  check(
    baseUrl === undefined || typeof baseUrl === "string" && isSite(baseUrl),
    "highlevel.baseUrl must be an https or loopback URL",
  );
  check(typeof fetch === "function", "highlevel.fetch must be a function");
}
