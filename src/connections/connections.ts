import { check, checkBearer, checkText, checkWhole } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { appIdOf, checkApp, type HighLevelApp } from "../oauth/highlevel_app.ts";
import { isOwner } from "../oauth/owner.ts";
import { checkId, type ConnectionTarget, describeTarget } from "../oauth/target.ts";
import type { TokenAnswer, TokenSet } from "../oauth/token_set.ts";
import type { TokenStore } from "../stores/token_store.ts";
import { type AuthorizationGrant, exchangeGrant } from "./authorize.ts";
import { authorizedFetch, baseOf } from "./authorized_fetch.ts";
import { type Connection, connectionFrom, type ConnectionPage } from "./connection.ts";
import { type ConnectionRecord, summaryOf, targetOf } from "./connection_record.ts";
import { createEngine, type Engine } from "./engine.ts";
import type { ConnectionEvent } from "./events.ts";
import { Healings } from "./healings.ts";
import {
  connectedRecord,
  type ConnectionDetails,
  detailsOf,
  isSameTold,
  known,
  withDetails,
} from "./next_record.ts";
import { isOpen, RUNGS } from "./policy.ts";
import { recoverAll } from "./recover_all.ts";
import type { Recovery } from "./recovery.ts";
import type { ConnectionStatus } from "./status.ts";

export type { AuthorizationGrant, ConnectionDetails };

/** Pages of the store that one call of `list` reads. Workers may do 1,000 operations a request. */
const MAX_READS = 100;

/** Options of {@linkcode Connections}. */
export interface ConnectionsOptions {
  /** The marketplace app. */
  readonly app: HighLevelApp;
  /** Where records live. */
  readonly store: TokenStore;
  /**
   * Runs work of one key alone, across all processes that share the store.
   * @default {store.lock}
   */
  readonly lock?: <T>(key: string, run: () => Promise<T>) => Promise<T>;
  /**
   * The clock, ms since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
  /** Told what happens. What it throws is ignored: a listener must not cost a token. */
  readonly onEvent?: (event: ConnectionEvent) => void;
  /**
   * How long before its end a token is refreshed, ms; up to a tenth is added at random.
   * @default {300_000}
   */
  readonly refreshMarginMs?: number;
  /** What a re-authorisation asks for; with `app.redirectUri` it makes the authorisation URL known. */
  readonly scope?: string | readonly string[];
  /**
   * Longest wait for one attempt of a request, ms.
   * @default {15_000}
   */
  readonly timeoutMs?: number;
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
  /** A token that HighLevel refused; a newer stored one is returned without a request. */
  readonly rejected?: string;
  /**
   * How long the token must live at least, ms.
   * @default {ConnectionsOptions.refreshMarginMs}
   */
  readonly minLifetimeMs?: number;
  /** Ends this caller's wait only. */
  readonly signal?: AbortSignal;
}

/** The rung that {@linkcode Connections.planAll} expects to be tried first, or `"person"`. */
export interface RecoveryPlan {
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** Where its climb would start. */
  readonly startsWith: "refresh" | "reconnect" | "agency" | "person";
}

/**
 * The connections of one app: keeps their tokens alive, heals them, and brings back what is lost.
 *
 * @example
 * ```ts
 * import { Connections, MemoryStore } from "@reconnect/highlevel";
 * import { createSandbox } from "@reconnect/highlevel/sandbox";
 *
 * const sandbox = createSandbox();
 * const { locationId } = sandbox.addLocation({ installed: true });
 * const connections = new Connections({
 *   app: { ...sandbox.app, fetch: sandbox.fetch },
 *   store: new MemoryStore(),
 * });
 *
 * // Nothing is stored, as after an incident: the token comes back by two requests.
 * const response = await connections.fetch({ locationId }, `/locations/${locationId}`);
 * if (!response.ok) throw new Error(`answered ${response.status}`);
 * await response.body?.cancel();
 * ```
 */
export class Connections {
  readonly #app: HighLevelApp;
  readonly #base: string;
  readonly #healings = new Healings();
  readonly #engine: Engine;

  /**
   * Checks the options; sends and reads nothing.
   *
   * @throws {TypeError} naming the option that is missing or malformed.
   */
  constructor(options: ConnectionsOptions) {
    const { app, store, refreshMarginMs = 0 } = options ?? {};
    checkApp(app);
    check(typeof store?.get === "function", "store must be a TokenStore");
    check(refreshMarginMs >= 0, "refreshMarginMs must be 0 or more");
    for (const name of ["lock", "now", "onEvent", "sleep"] as const) {
      check(typeof (options[name] ?? check) === "function", `${name} must be a function`);
    }
    this.#app = app;
    this.#base = baseOf(app);
    this.#engine = createEngine(options);
  }

  /**
   * Puts tokens got elsewhere under management: an installation or an import. Ends a tombstone.
   *
   * @throws {TypeError} when the tokens are malformed or belong to another connection.
   * @throws {HighLevelError} `store_failed`.
   */
  async save(
    target: ConnectionTarget,
    tokens: TokenSet,
    details: ConnectionDetails = {},
  ): Promise<void> {
    const { book, exclusive, slotOf, tick } = this.#engine;
    const { key, target: own } = slotOf(target);
    checkTokens(tokens, own);
    const told = detailsOf(own, details);
    await exclusive(key, async () => {
      // A record that cannot be read, as one under a lost sealing key, is no reason to refuse new tokens.
      const before = await book.read(key).catch(() => undefined);
      const at = tick(before);
      await book.replace(key, {
        ...connectedRecord(own, { tokens, ...told }, before, at),
        ...told,
        savedAt: at,
      });
    });
  }

  /**
   * The whole way from the code of a redirect to a saved connection: with the right pair of the app, also an older one, and
   * for a location, else for a company. Saves the tokens under the connection that they name.
   *
   * @throws {TypeError} when an argument is malformed; nothing was sent.
   * @throws {HighLevelError} `wrong_connection` (with the `target` that was authorised) when it is not the one `expected`;
   * as {@linkcode exchangeCode}, or `store_failed`.
   */
  async authorize(grant: AuthorizationGrant): Promise<Connection> {
    const { book, exclusive, slotOf, requests, tick, tellOdd } = this.#engine;
    const authorization = await exchangeGrant(this.#app, grant, requests);
    const { key, target } = slotOf(authorization.target);
    tellOdd(target, authorization.odd);
    return await exclusive(key, async () => {
      // Unlike an import these tokens exist nowhere else: where the store is in trouble they are kept in memory.
      const before = await book.read(key).catch(() => undefined);
      const at = tick(before);
      const record = { ...connectedRecord(target, authorization, known(before), at), savedAt: at };
      await book.write(key, record, before);
      return connectionFrom(target, "connected", summaryOf(record), record);
    });
  }

  /**
   * A living access token: the stored one, else a refreshed one, else a recovered one. All callers share one flight.
   *
   * @throws {HighLevelError} `reauthorization_required`, `location_inactive`, `not_installed` (forgotten),
   * `invalid_client`, `store_failed` or a transient code.
   */
  accessToken(target: ConnectionTarget, options: AccessTokenOptions = {}): Promise<string> {
    return this.#engine.living(target, options, ({ tokens }) => tokens.accessToken);
  }

  /**
   * The same as {@linkcode Connections.accessToken}, with everything HighLevel told of the token: when it ends, what it
   * may do. Inspection shows no token; JSON does.
   *
   * @throws {HighLevelError} as {@linkcode Connections.accessToken}.
   */
  tokens(target: ConnectionTarget, options: AccessTokenOptions = {}): Promise<TokenSet> {
    return this.#engine.living(target, options, ({ tokens }) => tokens);
  }

  /**
   * Calls HighLevel's API with this connection's token. A relative `input` resolves against the base URL. `Authorization`
   * and, where absent, `Version` are added. A 401 heals the connection and repeats the request once, unless its body is a
   * stream, or HighLevel's words say that the token lives and may not do this: that answer is handed on. A 429 that asks for 10 s or less is waited for where the method is idempotent.
   *
   * @throws {TypeError} when `input` leads away from the base URL: tokens are sent nowhere else.
   * @throws {HighLevelError} as {@linkcode Connections.accessToken}.
   */
  async fetch(
    target: ConnectionTarget,
    input: string | URL | Request,
    init: RequestInit = {},
  ): Promise<Response> {
    const { requests, slotOf, token } = this.#engine;
    const { key } = slotOf(target);
    return await authorizedFetch(input, init, {
      ...requests,
      app: this.#app,
      base: this.#base,
      token: (rejected, signal) => token(target, defined({ rejected, signal })),
      key,
      healings: this.#healings,
    });
  }

  /**
   * Brings a connection back, climbing the ladder even if the stored token looks alive. Trouble with HighLevel is told in
   * the result, not thrown.
   *
   * @throws {TypeError} when `target` is malformed.
   * @throws the reason of `signal`; what is under way goes on and is stored.
   */
  async recover(
    target: ConnectionTarget,
    options: { readonly details?: ConnectionDetails; readonly signal?: AbortSignal } = {},
  ): Promise<Recovery> {
    return await this.#engine.recover(target, options);
  }

  /**
   * Recovers many connections, at most `concurrency` (default 32) at once, and yields each result as it is there.
   * `details` hold for all of them: the agency they are locations of. The source is never read ahead; a target that comes
   * twice is done once. When `signal` is aborted, what is under way ends and is yielded, then the run ends.
   *
   * @throws {HighLevelError} when going on makes no sense: the app's credentials are refused, or 20 connections in a row
   * found HighLevel or the store down. What was under way ends and is yielded first; what was done stays done.
   */
  recoverAll(
    targets: Iterable<ConnectionTarget> | AsyncIterable<ConnectionTarget>,
    options: {
      readonly concurrency?: number;
      readonly details?: ConnectionDetails;
      readonly signal?: AbortSignal;
    } = {},
  ): AsyncGenerator<Recovery, void, undefined> {
    const { details = {} } = options;
    return recoverAll((target) => this.#engine.recover(target, { details, isBulk: true }), targets, options);
  }

  /** Yields where the climb of each target would start. Reads the store, sends nothing. */
  async *planAll(
    targets: Iterable<ConnectionTarget> | AsyncIterable<ConnectionTarget>,
    options: { readonly details?: ConnectionDetails } = {},
  ): AsyncGenerator<RecoveryPlan, void, undefined> {
    const { details = {} } = options;
    const { book, endpoint, slotOf } = this.#engine;
    for await (const given of targets) {
      const { key, target } = slotOf(given);
      const stored = known(await book.read(key));
      const record = withDetails(target, stored, detailsOf(target, details));
      const situation = { record, endpointRemoved: await endpoint.removed() };
      yield { target, startsWith: RUNGS.find((rung) => isOpen(rung, situation)) ?? "person" };
    }
  }

  /**
   * Mints the tokens of a location from those of its agency, which are refreshed or recovered first where need be, and
   * stores nothing. What refuses the agency's token is remembered for a minute, and the agency's rate limit is heeded.
   *
   * @throws {HighLevelError} `forbidden` (`reason` says what for), `unauthorized`, or why the agency has no usable token.
   */
  async mint(companyId: string, locationId: string): Promise<TokenAnswer> {
    checkId("companyId", companyId);
    checkId("locationId", locationId);
    return await this.#engine.mint(companyId, locationId);
  }

  /**
   * Notes what was told of a connection that is held here, such as the agency it has moved to, which is asked first from then
   * on. Sends nothing. Does nothing where no record is held, or where all of it is known.
   *
   * @throws {TypeError} when `target` or one of `details` is malformed.
   * @throws {HighLevelError} `store_failed`.
   */
  async note(target: ConnectionTarget, details: ConnectionDetails): Promise<void> {
    const { book, exclusive, slotOf, tick } = this.#engine;
    const { key, target: own } = slotOf(target);
    const told = detailsOf(own, details);
    await exclusive(key, async () => {
      const before = known(await book.read(key));
      const record = before && withDetails(own, before, told);
      if (record && !isSameTold(record, before)) {
        await book.replace(key, { ...record, updatedAt: tick(before) });
      }
    });
  }

  /** What is known of a connection; `undefined` where nothing is, or where it was forgotten. */
  async get(target: ConnectionTarget): Promise<Connection | undefined> {
    const { book, slotOf } = this.#engine;
    const slot = slotOf(target);
    const record = known(await book.read(slot.key));
    return record && connectionFrom(slot.target, record.status, summaryOf(record), record);
  }

  /**
   * One page of connections in order of their keys, `limit` (default 100) at most. Where few have the `status` asked for,
   * a page may be short, even empty, and still have a cursor: a call reads 100 pages of the store at most.
   */
  async list(
    options: { readonly status?: ConnectionStatus; readonly limit?: number; readonly cursor?: string } = {},
  ): Promise<ConnectionPage> {
    const { status: wanted, limit = 100 } = options;
    checkWhole("limit", limit, 1000);
    const prefix = `${appIdOf(this.#app)}/`;
    const connections: Connection[] = [];
    let { cursor } = options;
    let reads = 0;
    do {
      const page = await this.#engine.book.list(
        defined({ prefix, limit: limit - connections.length, cursor }),
      );
      for (const { key, summary } of page.entries) {
        const target = targetOf(prefix, key);
        const { status } = summary;
        if (!target || !status || status === "forgotten" || status !== (wanted ?? status)) continue;
        connections.push(connectionFrom(target, status, summary));
      }
      cursor = page.cursor;
    } while (cursor !== undefined && connections.length < limit && ++reads < MAX_READS);
    return defined({ connections, cursor });
  }

  /**
   * Forgets a connection and its tokens. A refresh still in flight cannot bring them back; `save`, `authorize` and
   * `recover` can.
   *
   * @throws {HighLevelError} `store_failed`.
   */
  async forget(target: ConnectionTarget): Promise<void> {
    const { book, exclusive, slotOf, tick } = this.#engine;
    const { key, target: own } = slotOf(target);
    const at = tick(await book.read(key).catch(() => undefined));
    const tombstone: ConnectionRecord = { target: own, status: "forgotten", updatedAt: at };
    await book.replace(key, tombstone); // at once: a flight looks before it writes
    await exclusive(key, async () => {
      const current = await book.read(key); // a flight may have looked just before
      if (current?.status !== "forgotten" && (current?.savedAt ?? 0) < at) await book.replace(key, tombstone);
    });
  }
}

function checkTokens(tokens: TokenSet, target: ConnectionTarget): void {
  checkBearer("tokens.accessToken", tokens?.accessToken);
  const { expiresAt, refreshToken, companyId } = tokens;
  check(expiresAt instanceof Date && !isNaN(expiresAt.getTime()), "tokens.expiresAt must be a valid Date");
  if (refreshToken !== undefined) checkText("tokens.refreshToken", refreshToken);
  if (companyId !== undefined) checkId("tokens.companyId", companyId);
  check(isOwner(tokens, target), `tokens belong to another connection than ${describeTarget(target)}`);
}
