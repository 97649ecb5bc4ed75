import { authorizationUrl } from "../oauth/authorization_url.ts";
import { exchangeCode } from "../oauth/exchange_code.ts";
import {
  appIdOf,
  checkApp,
  checkText,
  type HighLevelApp,
  type RequestOptions,
} from "../oauth/highlevel_app.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { checkOwner, withAnyCredentials } from "../oauth/recover_tokens.ts";
import { sleep } from "../oauth/retry.ts";
import { type ConnectionTarget, describeTarget, type UserType } from "../oauth/target.ts";
import type { TokenSet } from "../oauth/token_set.ts";
import type { TokenStore } from "../stores/token_store.ts";
import { authorizedFetch } from "./authorized_fetch.ts";
import { type Connection, connectionFrom, type ConnectionPage } from "./connection.ts";
import { type ConnectionRecord, keyOf, targetOf } from "./connection_record.ts";
import type { ConnectionEvent } from "./events.ts";
import { type Climb, climb } from "./ladder.ts";
import { freshness, isOpen, type RungName } from "./policy.ts";
import { ReconnectEndpoint } from "./reconnect_endpoint.ts";
import { RecordBook } from "./record_book.ts";
import { recoverAll } from "./recover_all.ts";
import type { Recovery, RecoveryWay } from "./recovery.ts";
import type { CompanyToken } from "./rungs/rung.ts";
import { orAborted, SingleFlight, Turns } from "./single_flight.ts";
import type { ConnectionStatus } from "./status.ts";

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
   * A living access token of a company whose locations climb through it; `rejected` is one that HighLevel refused.
   * For hosts where another object owns the company, as the worker's Durable Objects. By default this one owns it.
   */
  readonly companyToken?: (companyId: string, rejected?: string) => Promise<CompanyToken>;
}

/** What the caller knows of a connection and the store may not. */
export interface ConnectionDetails {
  /** A name for people. */
  readonly name?: string;
  /** The agency of a location: a way back where Reconnect is none. */
  readonly companyId?: string;
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

/** What a caller wants of a flight. */
interface Wish {
  /** Climb even if the stored token looks alive. */
  readonly forced: boolean;
  readonly rejected?: string;
  readonly minLifetimeMs?: number;
  readonly details?: ConnectionDetails;
}

/** How a flight ended. */
interface Flight {
  readonly recovery: Recovery;
  /** The record whose access token can be used. */
  readonly living?: ConnectionRecord | undefined;
}

/** A token younger than this may not be known everywhere at HighLevel yet, ms. */
const YOUNG_MS = 10_000;

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
  readonly #options: ConnectionsOptions;
  readonly #prefix: string;
  readonly #now: () => number;
  readonly #marginMs: number;
  readonly #sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly #requests: RequestOptions;
  readonly #book: RecordBook;
  readonly #endpoint: ReconnectEndpoint;
  readonly #flights = new SingleFlight<Flight>();
  readonly #turns = new Turns();

  /**
   * Checks the options; sends and reads nothing.
   *
   * @throws {TypeError} naming the option that is missing or malformed.
   */
  constructor(options: ConnectionsOptions) {
    const { app, store, now = Date.now, refreshMarginMs = 300_000, timeoutMs } = options ?? {};
    checkApp(app);
    if (typeof store?.get !== "function") throw new TypeError("store must be a TokenStore");
    if (!(refreshMarginMs >= 0)) throw new TypeError("refreshMarginMs must be 0 or more");
    this.#options = options;
    this.#prefix = `${appIdOf(app)}/`;
    this.#now = now;
    this.#marginMs = refreshMarginMs;
    this.#sleep = options.sleep ?? sleep;
    this.#requests = { now, sleep: this.#sleep, ...(timeoutMs !== undefined && { timeoutMs }) };
    this.#endpoint = new ReconnectEndpoint(store, appIdOf(app), now);
    this.#book = new RecordBook({
      store,
      sleep: this.#sleep,
      onUnsaved: (target, error) => this.#tell({ type: "store_failed", target, error }),
    });
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
    const key = keyOf(this.#prefix, target);
    checkTokens(tokens, target);
    await this.#exclusive(key, async () => {
      const before = await this.#book.read(key);
      const at = this.#tick(before);
      await this.#book.replace(key, {
        ...recordOf(target, tokens, before, at),
        ...detailsOf(target, details),
        savedAt: at,
      });
    });
  }

  /**
   * Exchanges the code of a redirect and saves the tokens under the connection they are for.
   *
   * @throws {HighLevelError} as {@linkcode exchangeCode}, or `store_failed`.
   */
  async authorize(grant: { readonly code: string; readonly userType?: UserType }): Promise<Connection> {
    const { code, userType = "Location" } = grant;
    const wrongClient = (error: HighLevelError): boolean => error.code === "invalid_client";
    const tokens = await withAnyCredentials(
      this.#options.app,
      undefined,
      wrongClient,
      (app) => exchangeCode(app, { code, userType }, this.#requests),
    );
    const { locationId, companyId } = tokens;
    const target = tokens.userType === "Location" && locationId
      ? { locationId }
      : companyId
      ? { companyId }
      : undefined;
    if (!target) {
      throw new HighLevelError("malformed_response", "HighLevel's answer names no location and no company.");
    }
    await this.save(target, tokens);
    return await this.get(target) ?? { target, status: "connected", updatedAt: new Date(this.#now()) };
  }

  /**
   * A living access token: the stored one, else a refreshed one, else a recovered one. All callers share one flight.
   *
   * @throws {HighLevelError} `reauthorization_required`, `location_inactive`, `not_installed` (forgotten),
   * `invalid_client`, `store_failed` or a transient code.
   */
  async accessToken(
    target: ConnectionTarget,
    options: AccessTokenOptions = {},
  ): Promise<string> {
    const { rejected, minLifetimeMs = this.#marginMs } = options;
    const key = keyOf(this.#prefix, target);
    const record = await this.#book.read(key);
    if (record?.tokens && freshness(record, this.#now(), minLifetimeMs, rejected) === "living") {
      return record.tokens.accessToken;
    }
    return (await this.#living(key, target, options)).accessToken;
  }

  /**
   * Calls HighLevel's API with this connection's token. A relative `input` resolves against the base URL. `Authorization`
   * and, where absent, `Version` are added. A 401 heals the connection and repeats the request once, unless its body is a
   * stream. A 429 that asks for 10 s or less is waited for where the method is idempotent.
   *
   * @throws {TypeError} when `input` leads away from the base URL: tokens are sent nowhere else.
   * @throws {HighLevelError} as {@linkcode Connections.accessToken}.
   */
  async fetch(
    target: ConnectionTarget,
    input: string | URL | Request,
    init: RequestInit = {},
  ): Promise<Response> {
    const key = keyOf(this.#prefix, target);
    return await authorizedFetch(input, init, {
      app: this.#options.app,
      sleep: this.#sleep,
      token: (rejected, signal) =>
        this.#token(key, target, { ...(rejected && { rejected }), ...(signal && { signal }) }),
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
    const key = keyOf(this.#prefix, target);
    try {
      return (await this.#ascend(key, target, { forced: true, ...options })).recovery;
    } catch (error) {
      if (!(error instanceof HighLevelError)) throw error;
      return { target, outcome: "failed", attempts: [], error };
    }
  }

  /**
   * Recovers many connections, at most `concurrency` (default 32) at once, and yields each result as it is there.
   * `details` hold for all of them: the agency they are locations of. The source is never read ahead; a target that comes twice is done once. When `signal` is aborted, what is under way ends
   * and is yielded, then the run ends.
   *
   * @throws {HighLevelError} when going on makes no sense: the app's credentials are refused, or 20 connections in a row
   * found HighLevel or the store down. What was done stays done.
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
    return recoverAll((target) => this.recover(target, { details }), targets, options);
  }

  /** Yields where the climb of each target would start. Reads the store, sends nothing. */
  async *planAll(
    targets: Iterable<ConnectionTarget> | AsyncIterable<ConnectionTarget>,
    options: { readonly details?: ConnectionDetails } = {},
  ): AsyncGenerator<RecoveryPlan, void, undefined> {
    const { details = {} } = options;
    for await (const target of targets) {
      const stored = known(await this.#book.read(keyOf(this.#prefix, target)));
      const record = withDetails(target, stored, details);
      const situation = { record, endpointRemoved: await this.#endpoint.removed() };
      const rungs: readonly RungName[] = ["refresh", "reconnect", "agency"];
      yield { target, startsWith: rungs.find((rung) => isOpen(rung, situation)) ?? "person" };
    }
  }

  /** What is known of a connection; `undefined` where nothing is, or where it was forgotten. */
  async get(target: ConnectionTarget): Promise<Connection | undefined> {
    return connectionFrom(await this.#book.read(keyOf(this.#prefix, target)));
  }

  /** One page of connections in order of their keys, `limit` (default 100) at most. */
  async list(
    options: { readonly status?: ConnectionStatus; readonly limit?: number; readonly cursor?: string } = {},
  ): Promise<ConnectionPage> {
    const { status, limit = 100 } = options;
    const connections: Connection[] = [];
    let { cursor } = options;
    do {
      const page = await this.#book.list({
        prefix: this.#prefix,
        limit: limit - connections.length,
        ...(cursor !== undefined && { cursor }),
      });
      for (const { key, summary } of page.entries) {
        const target = targetOf(this.#prefix, key);
        if (!target || !summary.status || (status && summary.status !== status)) continue;
        const { expiresAt, ...rest } = summary;
        const tokens = expiresAt === undefined ? undefined : new Date(expiresAt);
        const connection = connectionFrom({ target, ...rest, status: summary.status });
        if (connection) connections.push({ ...connection, ...(tokens && { expiresAt: tokens }) });
      }
      cursor = page.cursor;
    } while (cursor !== undefined && connections.length < limit);
    return { connections, ...(cursor !== undefined && { cursor }) };
  }

  /**
   * Forgets a connection and its tokens. A refresh still in flight cannot bring them back; `save`, `authorize` and
   * `recover` can.
   *
   * @throws {HighLevelError} `store_failed`.
   */
  async forget(target: ConnectionTarget): Promise<void> {
    const key = keyOf(this.#prefix, target);
    const at = this.#tick(await this.#book.read(key).catch(() => undefined));
    const tombstone: ConnectionRecord = { target, status: "forgotten", updatedAt: at };
    await this.#book.replace(key, tombstone); // at once: a flight looks before it writes
    await this.#exclusive(key, async () => {
      const current = await this.#book.read(key); // a flight may have looked just before
      if (current?.status !== "forgotten" && (current?.savedAt ?? 0) < at) {
        await this.#book.replace(key, tombstone);
      }
    });
  }

  /** A living token with its age: the stored one, or by whatever it takes. */
  async #token(key: string, target: ConnectionTarget, options: AccessTokenOptions): Promise<CompanyToken> {
    const record = await this.#book.read(key);
    return record?.tokens && this.#isLiving(record, options)
      ? this.#aged(record, record.tokens)
      : await this.#living(key, target, options);
  }

  /** A living token by whatever it takes. */
  async #living(
    key: string,
    target: ConnectionTarget,
    options: AccessTokenOptions,
  ): Promise<CompanyToken> {
    const { living, recovery } = await this.#ascend(key, target, { forced: false, ...options });
    if (living?.tokens) return this.#aged(living, living.tokens);
    throw recovery.outcome === "reauthorization_required"
      ? reauthorizationRequired(recovery)
      : recovery.error;
  }

  #aged(record: ConnectionRecord, { accessToken }: TokenSet): CompanyToken {
    return { accessToken, isYoung: this.#now() - (record.accessTokenIssuedAt ?? 0) < YOUNG_MS };
  }

  /** Joins the flight under way, or starts one; again when the one joined ended with the very token rejected. */
  async #ascend(
    key: string,
    target: ConnectionTarget,
    { signal, ...wish }: Wish & { readonly signal?: AbortSignal },
  ): Promise<Flight> {
    for (;;) {
      let own = false;
      const flight = await orAborted(
        this.#flights.run(key, () => {
          own = true;
          return this.#fly(key, target, wish);
        }),
        signal,
      );
      if (own || wish.rejected === undefined || flight.living?.tokens?.accessToken !== wish.rejected) {
        return flight;
      }
    }
  }

  /** One flight: under the lock, reads again, climbs if need be, stores, tells. */
  async #fly(
    key: string,
    target: ConnectionTarget,
    wish: Wish,
  ): Promise<Flight> {
    const { forced, rejected, details = {} } = wish;
    const before = forced ? await this.#book.read(key) : undefined;
    return await this.#exclusive(key, async () => {
      const startedAt = this.#now();
      const stored = await this.#book.read(key);
      if (!forced && stored?.status === "forgotten") throw forgotten(target);
      const record = withDetails(target, known(stored), details);
      const isNew = !forced || stored?.updatedAt !== before?.updatedAt;
      if (record && isNew && this.#isLiving(record, wish)) {
        return { recovery: { target, outcome: "recovered", by: "store", attempts: [] }, living: record };
      }
      const climbed = await climb({
        app: this.#options.app,
        target,
        record,
        requests: this.#requests,
        endpoint: this.#endpoint,
        onEndpointRemoved: (error) => this.#tell({ type: "endpoint_removed", target, error }),
        companyToken: this.#options.companyToken ?? ((companyId, rejected) => {
          const company = { companyId };
          return this.#token(
            keyOf(this.#prefix, company),
            company,
            rejected === undefined ? {} : { rejected },
          );
        }),
        reread: async (failed) => {
          const newer = known(await this.#book.read(key));
          const { accessToken, refreshToken } = newer?.tokens ?? {};
          if (
            !newer ||
            (refreshToken === failed?.tokens?.refreshToken && accessToken === failed?.tokens?.accessToken)
          ) {
            return undefined;
          }
          return { record: newer, usable: this.#isLiving(newer, wish) };
        },
        now: this.#now,
        sleep: this.#sleep,
      });
      const flight = await this.#settle(key, target, stored, climbed, startedAt, forced);
      // A token that ends soon is still better than none.
      const usable = !forced && freshness(record, this.#now(), 0, rejected) !== "dead";
      return flight.living || !usable ? flight : { ...flight, living: record };
    });
  }

  /** Stores what a climb found out, then tells it. */
  async #settle(
    key: string,
    target: ConnectionTarget,
    stored: ConnectionRecord | undefined,
    climbed: Climb,
    startedAt: number,
    forced: boolean,
  ): Promise<Flight> {
    const { attempts } = climbed;
    const before = known(stored);
    const ms = this.#now() - startedAt;
    const traceId = attempts.findLast((attempt) => attempt.traceId !== undefined)?.traceId;
    const trace = traceId === undefined ? {} : { traceId };

    if (climbed.end === "found") {
      return {
        recovery: { target, outcome: "recovered", by: "store", attempts, ...trace },
        living: climbed.record,
      };
    }
    const base = climbed.record ?? before;
    if (climbed.end === "granted") {
      const { by, grant } = climbed;
      const living = recordOf(target, grant.tokens, base, this.#tick(base), grant.clientId);
      const written = await this.#book.write(key, living, stored);
      if (written === "forgotten") throw forgotten(target);
      this.#tell({ type: this.#eventOf(by, before, forced), target, by, ms, ...trace });
      const error = written === "unsaved"
        ? {
          error: new HighLevelError("store_failed", "The tokens are kept in memory until the store works.", {
            target,
          }),
        }
        : {};
      return { recovery: { target, outcome: "recovered", by, attempts, ...trace, ...error }, living };
    }
    const { end, error, refreshTokenDied } = climbed;
    const status = end === "failed" ? refreshTokenDied ? "broken" : undefined : end;
    if (status && (base?.status !== status || refreshTokenDied)) {
      const { code, message } = error;
      await this.#book.write(key, {
        ...base,
        target,
        status,
        ...(refreshTokenDied && { refreshTokenDead: true }),
        trouble: { code, message, ...trace },
        updatedAt: this.#tick(base),
      }, stored);
    }
    this.#tell({ type: end === "failed" ? "recovery_failed" : end, target, ms, error, ...trace });
    const url = end === "reauthorization_required" ? this.#authorizationUrl() : undefined;
    const recovery: Recovery = {
      target,
      outcome: end,
      attempts,
      error,
      ...trace,
      ...(url && { authorizationUrl: url }),
    };
    return { recovery };
  }

  #eventOf(by: RecoveryWay, before: ConnectionRecord | undefined, forced: boolean): ConnectionEvent["type"] {
    if (before?.status === "paused") return "resumed";
    return by === "refresh" && before?.status === "connected" && !forced ? "refreshed" : "recovered";
  }

  #authorizationUrl(): string | undefined {
    const { app, scope } = this.#options;
    return scope && app.redirectUri ? authorizationUrl(app, { scope }).href : undefined;
  }

  #isLiving(
    record: ConnectionRecord,
    { minLifetimeMs = this.#marginMs, rejected }: AccessTokenOptions,
  ): boolean {
    return freshness(record, this.#now(), minLifetimeMs, rejected) === "living";
  }

  #exclusive<T>(key: string, run: () => Promise<T>): Promise<T> {
    const { lock, store } = this.#options;
    return this.#turns.run(key, () => lock ? lock(key, run) : store.lock ? store.lock(key, run) : run());
  }

  /** Now, but later than `record`. */
  #tick(record: ConnectionRecord | undefined): number {
    return Math.max(this.#now(), (record?.updatedAt ?? 0) + 1);
  }

  #tell(event: Omit<ConnectionEvent, "at">): void {
    try {
      this.#options.onEvent?.({ ...event, at: new Date(this.#now()) });
    } catch {
      // A listener's trouble must not cost a token.
    }
  }
}

/** The record of fresh tokens; what they do not tell is kept from the record before. */
function recordOf(
  target: ConnectionTarget,
  tokens: TokenSet,
  before: ConnectionRecord | undefined,
  at: number,
  clientId: string | undefined = before?.clientId,
): ConnectionRecord {
  const { refreshToken } = tokens;
  const companyId = target.locationId === undefined ? undefined : tokens.companyId ?? before?.companyId;
  const isOldToken = refreshToken === before?.tokens?.refreshToken;
  const refreshTokenIssuedAt = isOldToken ? before?.refreshTokenIssuedAt : at;
  return {
    target,
    status: "connected",
    tokens,
    accessTokenIssuedAt: at,
    ...(refreshToken !== undefined && refreshTokenIssuedAt !== undefined && { refreshTokenIssuedAt }),
    ...(companyId !== undefined && { companyId }),
    ...(clientId !== undefined && { clientId }),
    ...(before?.name !== undefined && { name: before.name }),
    ...(before?.savedAt !== undefined && { savedAt: before.savedAt }),
    updatedAt: at,
  };
}

/** The part of `details` that concerns `target`. */
function detailsOf(target: ConnectionTarget, { name, companyId }: ConnectionDetails): ConnectionDetails {
  return { ...(name && { name }), ...(companyId && target.locationId !== undefined && { companyId }) };
}

/** `record` with what it lacks of `details`; where there is no record, the details alone make one. */
function withDetails(
  target: ConnectionTarget,
  record: ConnectionRecord | undefined,
  details: ConnectionDetails,
): ConnectionRecord | undefined {
  const added = detailsOf(target, details);
  if (record) return { ...added, ...record };
  return added.name || added.companyId ? { target, status: "broken", updatedAt: 0, ...added } : undefined;
}

/** `record`, unless it is a tombstone. */
function known(record: ConnectionRecord | undefined): ConnectionRecord | undefined {
  return record?.status === "forgotten" ? undefined : record;
}

function checkTokens(tokens: TokenSet, target: ConnectionTarget): void {
  checkText("tokens.accessToken", tokens?.accessToken);
  if (!(tokens.expiresAt instanceof Date) || Number.isNaN(tokens.expiresAt.getTime())) {
    throw new TypeError("tokens.expiresAt must be a valid Date");
  }
  if (tokens.refreshToken !== undefined) checkText("tokens.refreshToken", tokens.refreshToken);
  try {
    checkOwner(tokens, target);
  } catch {
    throw new TypeError(`tokens belong to another connection than ${describeTarget(target)}`);
  }
}

function forgotten(target: ConnectionTarget): HighLevelError {
  const message = `${describeTarget(target)} was forgotten. Save new tokens or recover it to begin again.`;
  return new HighLevelError("not_installed", message, { target });
}

function reauthorizationRequired({ target, error, authorizationUrl }: Recovery): HighLevelError {
  const link = authorizationUrl ? ` at ${authorizationUrl}` : "";
  const reason = error && error.code !== "reauthorization_required" ? ` Last answer: ${error.message}` : "";
  const message = `${describeTarget(target)}: a person must authorise the app again${link}.${reason}`;
  const { status, traceId } = error ?? {};
  return new HighLevelError("reauthorization_required", message, { status, traceId, target });
}
