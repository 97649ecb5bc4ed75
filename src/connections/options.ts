import { check } from "../oauth/check.ts";
import { checkApp, type HighLevelApp } from "../oauth/highlevel_app.ts";
import { checkTimeout } from "../oauth/request/send.ts";
import type { TokenAnswer } from "../oauth/token_set.ts";
import type { TokenStore } from "../stores/token_store.ts";
import type { ConnectionEvent } from "./events.ts";

/** Options of {@linkcode Connections}. */
export interface ConnectionsOptions {
  /** The marketplace app. */
  readonly app: HighLevelApp;
  /** Where records live. */
  readonly store: TokenStore;
  /**
   * Runs work of one key alone, across all processes that share the store. `run` may be given a fence for its writes.
   * @default {store.lock}
   */
  readonly lock?: TokenStore["lock"];
  /**
   * The clock, ms since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
  /** Told what happens. What it throws is ignored: a listener must not cost a token. */
  readonly onEvent?: (event: ConnectionEvent) => void;
  /**
   * How long before its end a token is refreshed, ms; up to a fifth of its life is added, by the connection's key and the token, so
   * that what was recovered together is not refreshed together. Never more than a quarter of its life.
   * @default {300_000}
   */
  readonly refreshMarginMs?: number;
  /** What a re-authorisation asks for; with `app.redirectUri` it makes the authorisation URL known. */
  readonly scope?: string | readonly string[];
  /**
   * Longest wait for one attempt of a request, ms.
   * @default {15_000, for a call that spends a code or a refresh token 60_000}
   */
  readonly timeoutMs?: number;
  /**
   * How long a connection is left alone after an attempt that failed, ms: callers are told the same again. Not for `recover`.
   * @default {30_000}
   */
  readonly coolDownMs?: number;
  /**
   * Longest wait for one call of the store or the lock, ms.
   * @default {30_000}
   */
  readonly storeTimeoutMs?: number;
  /** Keeps work alive beyond the answer it began in, as `ctx.waitUntil` of Workers does. By default it goes on by itself. */
  readonly background?: (work: Promise<unknown>) => void;
  /** Waits, ms. By default a timer; tests that drive the clock drive this too. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /**
   * Mints a location's tokens from its agency's. For hosts where another object owns the agency, as the worker's Durable
   * Objects, whose {@linkcode Connections.mint} it calls. By default this one owns it.
   */
  readonly mint?: (companyId: string, locationId: string) => Promise<TokenAnswer>;
}

/** Options of {@linkcode Connections.accessToken}. */
export interface AccessTokenOptions {
  /** A token that HighLevel refused: never returned again, healed instead. */
  readonly rejected?: string;
  /**
   * The token shall live at least this long, ms.
   * @default {refreshMarginMs}
   */
  readonly minLifetimeMs?: number;
  /** Ends this caller's wait only. */
  readonly signal?: AbortSignal;
}

/** What the caller knows of a connection and the store may not. */
export interface ConnectionDetails {
  /** A name for people. */
  readonly name?: string;
  /** The agency of a location: a way back where Reconnect is none. It is asked before one that was told earlier. */
  readonly companyId?: string;
  /** The client id that the tokens were issued to: of importance where the app has had several. */
  readonly clientId?: string;
  /** The installed version of the app. */
  readonly versionId?: string;
  /** Whether its agency sells under a white label: its link leads there. */
  readonly isWhiteLabel?: boolean;
}

/** What the caller of `Connections.save` knows beside the tokens. */
export interface SaveDetails extends ConnectionDetails {
  /**
   * When the tokens were got: a connection that was forgotten later stays forgotten.
   * @default {now}
   */
  readonly gotAt?: Date;
}

/**
 * Checks the options; sends and reads nothing.
 *
 * @throws {TypeError} naming the option that is missing or malformed.
 */
export function checkOptions(options: ConnectionsOptions): void {
  const { app, store, timeoutMs = 1, storeTimeoutMs = 1 } = options ?? {};
  checkApp(app);
  check(typeof store?.get === "function", "store must be a TokenStore");
  checkTimeout("timeoutMs", timeoutMs);
  checkTimeout("storeTimeoutMs", storeTimeoutMs);
  for (const name of ["refreshMarginMs", "coolDownMs"] as const) checkAmount(name, options[name]);
  for (const name of ["lock", "now", "onEvent", "sleep", "mint", "background"] as const) {
    check(typeof (options[name] ?? check) === "function", `${name} must be a function`);
  }
}

/** Checks that `ms` is 0 or more. */
export function checkAmount(name: string, ms = 0): void {
  check(ms >= 0, `${name} must be 0 or more`);
}
