import { authorizationUrl } from "../oauth/authorization_url.ts";
import { appIdOf, type RequestOptions } from "../oauth/highlevel_app.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { sleep } from "../oauth/retry.ts";
import { type ConnectionTarget, describeTarget } from "../oauth/target.ts";
import { type ConnectionRecord, keyOf, type LivingRecord } from "./connection_record.ts";
import type { AccessTokenOptions, ConnectionsOptions } from "./connections.ts";
import type { ConnectionEvent } from "./events.ts";
import { type Climb, climb } from "./ladder.ts";
import { connectedRecord, type ConnectionDetails, known, withDetails } from "./next_record.ts";
import { freshness } from "./policy.ts";
import { ReconnectEndpoint } from "./reconnect_endpoint.ts";
import { RecordBook } from "./record_book.ts";
import type { Recovery } from "./recovery.ts";
import type { CompanyToken } from "./rungs/rung.ts";
import { orAborted, SingleFlight, Turns } from "./single_flight.ts";
import { storeFailed } from "./store_failed.ts";

/** What a caller wants of a flight. */
export interface Wish extends Omit<AccessTokenOptions, "signal"> {
  /** Climb even if the stored token looks alive. */
  readonly forced: boolean;
  /** What the caller knows of the connection. */
  readonly details?: ConnectionDetails;
}

/** How a flight ended. */
interface Flight {
  readonly recovery: Recovery;
  /** The record whose access token can be used. */
  readonly living?: LivingRecord;
  /** Where the climb did not work: the record it began with. */
  readonly held?: ConnectionRecord | undefined;
}

/** A token younger than this may not be known everywhere at HighLevel yet, ms. */
const YOUNG_MS = 10_000;

/** Gets living tokens: reads, climbs where need be, stores, tells. The one part that awaits; it decides nothing itself. */
export class Engine {
  /** The records. */
  readonly book: RecordBook;
  /** What is known of the Reconnect endpoint. */
  readonly endpoint: ReconnectEndpoint;
  /** The clock, ms. */
  readonly now: () => number;
  /** Waits, ms. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Clock and timers of requests. */
  readonly requests: RequestOptions;
  readonly #options: ConnectionsOptions;
  readonly #marginMs: number;
  readonly #flights = new SingleFlight<Flight>();
  readonly #turns = new Turns();

  /** Takes options that were checked. */
  constructor(options: ConnectionsOptions) {
    const { app, store, now = Date.now, refreshMarginMs = 300_000, timeoutMs } = options;
    this.#options = options;
    this.#marginMs = refreshMarginMs;
    this.now = now;
    this.sleep = options.sleep ?? sleep;
    this.requests = { now, sleep: this.sleep, ...(timeoutMs !== undefined && { timeoutMs }) };
    this.endpoint = new ReconnectEndpoint(store, appIdOf(app), now);
    this.book = new RecordBook({
      store,
      sleep: this.sleep,
      onUnsaved: (target, error) => this.#tell({ type: "store_failed", target, error }),
    });
  }

  /** Where the record of `target` is kept. Checks the target. */
  keyOf(target: ConnectionTarget): string {
    return keyOf(`${appIdOf(this.#options.app)}/`, target);
  }

  /** A record with a living token: the stored one, or by whatever it takes. */
  async living(target: ConnectionTarget, { signal, ...wish }: AccessTokenOptions): Promise<LivingRecord> {
    const key = this.keyOf(target);
    const record = await this.book.read(key);
    // A record that is in memory only takes the long way: a flight may write it.
    if (this.#isLiving(record, wish) && !this.book.isUnsaved(key)) return record;

    let held: ConnectionRecord | undefined = record;
    let failure: HighLevelError | undefined;
    try {
      const flight = await this.#ascend(key, target, { forced: false, ...wish }, signal);
      if (flight.living) return flight.living;
      ({ held } = flight);
      failure = reasonOf(flight.recovery);
    } catch (error) {
      if (!(error instanceof HighLevelError && error.code === "store_failed")) throw error;
      failure = error;
    }
    // A token that ends soon is still better than none.
    if (hasTokens(held) && freshness(held, this.now(), 0, wish.rejected) !== "dead") return held;
    throw failure;
  }

  /** A living token and its age; see {@linkcode Engine.living}. */
  async token(target: ConnectionTarget, options: AccessTokenOptions): Promise<CompanyToken> {
    const { tokens, accessTokenIssuedAt = 0 } = await this.living(target, options);
    return { accessToken: tokens.accessToken, isYoung: this.now() - accessTokenIssuedAt < YOUNG_MS };
  }

  /** Climbs the ladder even if the stored token looks alive. */
  async recover(
    target: ConnectionTarget,
    options: { readonly details?: ConnectionDetails; readonly signal?: AbortSignal },
  ): Promise<Recovery> {
    const { signal, ...wish } = options;
    const key = this.keyOf(target);
    try {
      return (await this.#ascend(key, target, { forced: true, ...wish }, signal)).recovery;
    } catch (error) {
      if (!(error instanceof HighLevelError)) throw error;
      return { target, outcome: "failed", attempts: [], error };
    }
  }

  /** Runs `run` alone among all work of `key`, in all processes that share the lock. */
  exclusive<T>(key: string, run: () => Promise<T>): Promise<T> {
    const { lock, store } = this.#options;
    return this.#turns.run(key, async () => {
      let running: Promise<T> | undefined;
      const start = (): Promise<T> => running = run();
      try {
        return await (lock ? lock(key, start) : store.lock ? store.lock(key, start) : start());
      } catch (error) {
        if (!running) throw storeFailed("locked", error);
        return await running; // how the work ended counts, not a lock that could not be given back
      }
    });
  }

  /** Now, but later than all of `records`. */
  tick(...records: readonly (ConnectionRecord | undefined)[]): number {
    return Math.max(this.now(), ...records.map((record) => (record?.updatedAt ?? 0) + 1));
  }

  #isLiving(
    record: ConnectionRecord | undefined,
    { minLifetimeMs = this.#marginMs, rejected }: AccessTokenOptions,
  ): record is LivingRecord {
    return freshness(record, this.now(), minLifetimeMs, rejected) === "living";
  }

  /** Joins the flight under way, or starts one; again where the one joined does not fulfil the wish. */
  async #ascend(key: string, target: ConnectionTarget, wish: Wish, signal?: AbortSignal): Promise<Flight> {
    for (;;) {
      signal?.throwIfAborted();
      let own = false;
      const flight = await orAborted(
        this.#flights.run(key, () => {
          own = true;
          return this.#fly(key, target, wish);
        }),
        signal,
      );
      if (own || !flight.living || this.#fulfils(flight.living, flight.recovery, wish)) return flight;
    }
  }

  #fulfils(living: LivingRecord, { attempts }: Recovery, wish: Wish): boolean {
    if (living.tokens.accessToken === wish.rejected) return false;
    return attempts.length > 0 || !wish.forced && this.#isLiving(living, wish);
  }

  /** One flight: under the lock, reads again, climbs if need be, stores, tells. */
  async #fly(key: string, target: ConnectionTarget, wish: Wish): Promise<Flight> {
    const { forced, details = {} } = wish;
    const { app, companyToken } = this.#options;
    const before = forced ? await this.book.read(key) : undefined;
    return await this.exclusive(key, async () => {
      const startedAt = this.now();
      await this.book.flush(key);
      const stored = await this.book.read(key);
      if (!forced && stored?.status === "forgotten") throw forgotten(target);
      const record = withDetails(target, known(stored), details);
      const isNew = !forced || stored?.updatedAt !== before?.updatedAt;
      if (isNew && this.#isLiving(record, wish)) return foundFlight(target, record, []);
      const climbed = await climb({
        app,
        target,
        record,
        requests: this.requests,
        endpoint: this.endpoint,
        onEndpointRemoved: (error) => this.#tell({ type: "endpoint_removed", target, error }),
        companyToken: companyToken ??
          ((companyId, rejected) => this.token({ companyId }, rejected === undefined ? {} : { rejected })),
        reread: async (failed) => {
          const record = known(await this.book.read(key));
          const { accessToken, refreshToken } = failed?.tokens ?? {};
          const isSame = record?.tokens?.accessToken === accessToken &&
            record?.tokens?.refreshToken === refreshToken;
          if (!record || isSame) return undefined;
          return this.#isLiving(record, wish) ? { record, isLiving: true } : { record, isLiving: false };
        },
        now: this.now,
        sleep: this.sleep,
      });
      return await this.#settle(key, target, wish, { stored, climbed, startedAt });
    });
  }

  /** Stores what a climb found out, then tells it. */
  async #settle(
    key: string,
    target: ConnectionTarget,
    wish: Wish,
    { stored, climbed, startedAt }: {
      readonly stored: ConnectionRecord | undefined;
      readonly climbed: Climb;
      readonly startedAt: number;
    },
  ): Promise<Flight> {
    const { attempts } = climbed;
    if (climbed.end === "found") {
      return foundFlight(target, climbed.record, attempts);
    }

    const held = climbed.record ?? known(stored);
    // What the store held when the climb last looked: a tombstone is no `held`, but known.
    const before = stored && stored.updatedAt > (held?.updatedAt ?? 0) ? stored : held;
    const at = this.tick(before);
    const ms = this.now() - startedAt;
    const traceId = attempts.findLast((attempt) => attempt.traceId !== undefined)?.traceId;
    const trace = traceId === undefined ? {} : { traceId };

    if (climbed.end === "granted") {
      const { by, grant } = climbed;
      const living = connectedRecord(target, grant.tokens, held, at, grant.clientId);
      const written = await this.book.write(key, living, before);
      if (written.end === "overtaken" && written.by.status === "forgotten") throw forgotten(target);
      const wasKnown = known(stored)?.status;
      const type = wasKnown === "paused"
        ? "resumed"
        : by === "refresh" && wasKnown === "connected" && !wish.forced
        ? "refreshed"
        : "recovered";
      this.#tell({ type, target, by, ms, ...trace });
      const error = written.end === "unsaved" && keptInMemory(target);
      return {
        recovery: { target, outcome: "recovered", by, attempts, ...trace, ...error && { error } },
        living,
      };
    }

    const { end, error, refreshTokenDied } = climbed;
    const status = end !== "failed" ? end : refreshTokenDied ? "broken" : undefined;
    if (status && (held?.status !== status || refreshTokenDied)) {
      const { code, message } = error;
      const written = await this.book.write(key, {
        ...held,
        target,
        status,
        ...(refreshTokenDied && { refreshTokenDead: true }),
        trouble: { code, message, ...trace },
        updatedAt: at,
      }, before);
      if (written.end === "overtaken" && this.#isLiving(written.by, wish)) {
        return foundFlight(target, written.by, attempts);
      }
    }
    this.#tell({ type: end === "failed" ? "recovery_failed" : end, target, ms, error, ...trace });
    const url = end === "reauthorization_required" ? this.#authorizationUrl() : undefined;
    const link = url === undefined ? {} : { authorizationUrl: url };
    return { recovery: { target, outcome: end, attempts, error, ...trace, ...link }, held };
  }

  #authorizationUrl(): string | undefined {
    const { app, scope } = this.#options;
    return scope && app.redirectUri ? authorizationUrl(app, { scope }).href : undefined;
  }

  #tell(event: Omit<ConnectionEvent, "at">): void {
    try {
      this.#options.onEvent?.({ ...event, at: new Date(this.now()) });
    } catch {
      // A listener's trouble must not cost a token.
    }
  }
}

function hasTokens(record: ConnectionRecord | undefined): record is LivingRecord {
  return record?.tokens !== undefined;
}

function foundFlight(
  target: ConnectionTarget,
  living: LivingRecord,
  attempts: Recovery["attempts"],
): Flight {
  return { recovery: { target, outcome: "recovered", by: "store", attempts }, living };
}

function forgotten(target: ConnectionTarget): HighLevelError {
  const message = `${describeTarget(target)} was forgotten. Save new tokens or recover it to begin again.`;
  return new HighLevelError("not_installed", message, { target });
}

function keptInMemory(target: ConnectionTarget): HighLevelError {
  return new HighLevelError("store_failed", "The tokens are kept in memory until the store works.", {
    target,
  });
}

/** Why there is no token, as the error to throw. */
function reasonOf({ target, outcome, error, authorizationUrl }: Recovery): HighLevelError | undefined {
  if (outcome !== "reauthorization_required") return error;
  const link = authorizationUrl ? ` at ${authorizationUrl}` : "";
  const reason = error && error.code !== "reauthorization_required" ? ` Last answer: ${error.message}` : "";
  const message = `${describeTarget(target)}: a person must authorise the app again${link}.${reason}`;
  const { status, traceId } = error ?? {};
  return new HighLevelError("reauthorization_required", message, { status, traceId, target });
}
