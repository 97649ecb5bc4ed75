import { authorizationUrl } from "../oauth/authorization_url.ts";
import { defined } from "../oauth/defined.ts";
import { appIdOf } from "../oauth/highlevel_app.ts";
import { HighLevelError, isCoded } from "../oauth/highlevel_error.ts";
import { resultOrError } from "../oauth/result_or_error.ts";
import { orAborted, sleep as defaultSleep } from "../oauth/request/retry.ts";
import { checkTarget, type ConnectionTarget, describeTarget } from "../oauth/target.ts";
import type { TokenStore } from "../stores/token_store.ts";
import { type Agencies, createAgencies } from "./agencies.ts";
import { type ConnectionRecord, keyOf, type LivingRecord } from "./record.ts";
import type { AccessTokenOptions, ConnectionsOptions } from "./connections.ts";
import type { ConnectionEvent } from "./events.ts";
import { climb } from "./ladder.ts";
import { connectedRecord, type ConnectionDetails, detailsOf, known, withDetails } from "./transitions.ts";
import { freshness, isYoung, marginOf } from "./policy.ts";
import { type ReconnectEndpoint, reconnectEndpoint } from "./reconnect_endpoint.ts";
import { type RecordBook, recordBook } from "./record_store.ts";
import type { Recovery } from "./recovery.ts";
import type { RungContext } from "./steps/step.ts";
import { storeFailed } from "./store_failed.ts";
import type { UsableToken } from "./usable_token.ts";

/** What a caller wants of a flight. */
export interface Wish extends AccessTokenOptions {
  /** Climb even if the stored token looks alive. */
  readonly forced?: boolean;
  /** One of many: what is known of the Reconnect endpoint is believed. A person's own wish asks again what is not certain. */
  readonly isBulk?: boolean;
  /** Of a forced wish: the record when it was made. What came since is found, or wins, instead. */
  readonly before?: ConnectionRecord | undefined;
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

/** An event without its moment. */
type Untold =
  & Pick<ConnectionEvent, "type" | "target">
  & { readonly [K in "by" | "ms" | "traceId" | "error"]?: ConnectionEvent[K] | undefined };

/** A connection's place in the store. */
export interface Slot {
  /** The key of its record. */
  readonly key: string;
  /** Which connection, with nothing else that the caller's object may carry. */
  readonly target: ConnectionTarget;
}

/** Gets living tokens: reads, climbs where need be, stores, tells. */
export interface Engine {
  /** The records. */
  readonly book: RecordBook;
  /** What is known of the Reconnect endpoint. */
  readonly endpoint: ReconnectEndpoint;
  /** Clock and timers of requests. */
  readonly requests: RungContext["requests"];
  /** Where the record of `target` is kept. Checks the target. */
  readonly slotOf: (target: ConnectionTarget) => Slot;
  /** What `pick` takes of a record with a living token: the stored one, or by whatever it takes. */
  readonly living: <T>(
    target: ConnectionTarget,
    wish: AccessTokenOptions,
    pick: (record: LivingRecord) => T,
  ) => Promise<T>;
  /** A living token and its age. */
  readonly token: (target: ConnectionTarget, options: AccessTokenOptions) => Promise<UsableToken>;
  /** Mints a location's tokens from its agency's. */
  readonly mint: Agencies["mint"];
  /** Tells what was odd about an answer, if anything was. */
  readonly tellOdd: (target: ConnectionTarget, odd: string | undefined) => void;
  /** Climbs the ladder even if the stored token looks alive. */
  readonly recover: (target: ConnectionTarget, wish: Wish) => Promise<Recovery>;
  /** Runs `run` alone among all work of `key`, in all processes that share the lock. */
  readonly exclusive: <T>(key: string, run: () => Promise<T>) => Promise<T>;
  /** Now, but later than `record`. */
  readonly tick: (record: ConnectionRecord | undefined) => number;
}

/** Slots of locations remembered. */
const MAX_SLOTS = 5_000;

/** The engine of options that were checked. The one part that awaits; it decides nothing itself. */
export function createEngine(options: ConnectionsOptions): Engine {
  const { app, store, now = Date.now, sleep = defaultSleep, refreshMarginMs = 300_000, timeoutMs, scope } =
    options;
  const prefix = `${appIdOf(app)}/`;
  const lock: TokenStore["lock"] = options.lock ?? store.lock?.bind(store);
  const requests = defined({ now, sleep, timeoutMs });
  const endpoint = reconnectEndpoint(store, appIdOf(app), now);
  const book = recordBook(
    store,
    sleep,
    ({ target }, error) => tell({ type: "store_failed", target, error }),
  );
  const flights = new Map<
    string,
    { readonly wish: Wish; readonly flight: Promise<Flight | HighLevelError> }
  >();
  const turns = new Map<string, Promise<void>>();
  const slots = new Map<string, Slot>();

  const tell = (event: Untold): void => {
    // A listener's trouble must not cost a token, nor a rejection that nobody handles the process.
    const telling = async (): Promise<void> =>
      await options.onEvent?.(defined({ ...event, at: new Date(now()) }));
    telling().catch(() => {});
  };
  const tellOdd = (target: ConnectionTarget, odd: string | undefined): void => {
    if (odd === undefined) return;
    const message = `${describeTarget(target)}: HighLevel's answer was odd: ${odd}. The tokens are kept.`;
    tell({
      type: "odd_answer",
      target,
      error: new HighLevelError("malformed_response", message, { target }),
    });
  };
  /** The slot of `target`, made and checked once for many calls. */
  const slotOf = (target: ConnectionTarget): Slot => {
    const { locationId = "", companyId } = target ?? {};
    const known = companyId === undefined ? slots.get(locationId) : undefined;
    if (known) return known;
    const own = checkTarget(target);
    const slot = { key: keyOf(prefix, own), target: own };
    if (slots.size >= MAX_SLOTS) slots.clear();
    if (locationId) slots.set(locationId, slot);
    return slot;
  };
  const tick = (record: ConnectionRecord | undefined): number =>
    Math.max(now(), (record?.updatedAt ?? 0) + 1);
  const isLiving = (record: ConnectionRecord | undefined, wish: AccessTokenOptions): record is LivingRecord =>
    freshness(record, now(), wish.minLifetimeMs ?? marginOf(record, refreshMarginMs), wish.rejected) ===
      "living";

  const exclusive = async <T>(key: string, run: () => Promise<T>): Promise<T> => {
    const before = turns.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    turns.set(key, promise);
    let running: Promise<T> | undefined;
    const start = (): Promise<T> => running = run();
    let trouble: unknown;
    try {
      await before;
      try {
        await (lock ? lock(key, start) : start());
      } catch (error) {
        trouble = error;
      }
      if (!running) throw storeFailed("locked", trouble);
      return await running; // how the work ended counts, not a lock that could not be given back
    } finally {
      if (turns.get(key) === promise) turns.delete(key);
      resolve();
    }
  };

  /** One flight: under the lock, reads again, climbs if need be, stores, tells. */
  const fly = async ({ key, target }: Slot, wish: Wish): Promise<Flight> => {
    const { forced, before, details = {} } = wish;
    return await exclusive(key, async () => {
      const startedAt = now();
      await book.flush(key);
      const stored = await book.read(key);
      // A tombstone that was not there when the wish was made wins.
      if (stored?.status === "forgotten" && stored.updatedAt !== before?.updatedAt) throw forgotten(target);
      const record = withDetails(target, known(stored), details);
      const isNew = !forced || stored?.updatedAt !== before?.updatedAt;
      if (isNew && isLiving(record, wish)) return foundFlight(target, record, []);
      const climbed = await climb({
        app,
        target,
        record,
        requests,
        endpoint,
        asksAgain: forced === true && !wish.isBulk,
        onEndpointRemoved: (error) => tell({ type: "endpoint_removed", target, error }),
        mint,
        reread: async (failed) => {
          const record = known(await book.read(key));
          const isSame = record?.tokens?.accessToken === failed?.tokens?.accessToken &&
            record?.tokens?.refreshToken === failed?.tokens?.refreshToken;
          return isSame ? undefined : record;
        },
        isLiving: (record) => isLiving(record, wish),
      });

      const { attempts, end, record: held } = climbed;
      if (end === "found") return foundFlight(target, climbed.living, attempts);
      // What the store held when the climb last looked: a tombstone is no `held`, but known.
      const last = stored && stored.updatedAt > (held?.updatedAt ?? 0) ? stored : held;
      const at = tick(last);
      const ms = now() - startedAt;
      const traceId = attempts.findLast((attempt) => attempt.traceId)?.traceId;

      if (end === "granted") {
        const { by, grant } = climbed;
        const living = connectedRecord(target, grant, held, at);
        tellOdd(target, grant.odd);
        const written = await book.write(key, living, last);
        if (written.by?.status === "forgotten") throw forgotten(target);
        const was = known(stored)?.status;
        const isRotation = by === "refresh" && was === "connected" && !forced;
        tell({
          type: was === "paused" ? "resumed" : isRotation ? "refreshed" : "recovered",
          target,
          by,
          ms,
          traceId,
        });
        const { trouble: error } = written;
        return { recovery: defined({ target, outcome: "recovered", by, attempts, traceId, error }), living };
      }

      const { error } = climbed;
      const hasDied = held?.refreshTokenDead && !record?.refreshTokenDead;
      const status = end !== "failed" ? end : hasDied ? "broken" : undefined;
      if (status && (held?.status !== status || hasDied)) {
        const { code, message } = error;
        const trouble = defined({ code, message, traceId });
        const written = await book.write(key, { ...held, target, status, trouble, updatedAt: at }, last);
        if (written.by?.status === "forgotten") throw forgotten(target);
        if (isLiving(written.by, wish)) return foundFlight(target, written.by, attempts);
      }
      tell({ type: end === "failed" ? "recovery_failed" : end, target, ms, error, traceId });
      const { versionId, isWhiteLabel } = held ?? {};
      const link = end === "reauthorization_required" && scope?.length && app.redirectUri
        ? authorizationUrl(app, defined({ scope, versionId, whiteLabel: isWhiteLabel })).href
        : undefined;
      return {
        recovery: defined({ target, outcome: end, attempts, error, traceId, authorizationUrl: link }),
        held,
      };
    });
  };

  const takeOff = async (slot: Slot, wish: Wish): Promise<Flight | HighLevelError> => {
    const { key, target } = slot;
    return await orTold(target, fly(slot, wish)).finally(() => flights.delete(key));
  };
  /** What `work` gives, or the error it ends with; trouble with the store is told. */
  const orTold = async <T>(target: ConnectionTarget, work: Promise<T>): Promise<T | HighLevelError> => {
    const ended = await resultOrError(work);
    if (isCoded(ended, "store_failed")) tell({ type: "recovery_failed", target, error: ended });
    return ended;
  };

  /** Joins the flight under way, or starts one; again where the one joined does not fulfil the wish. */
  const ascend = async (slot: Slot, wish: Wish): Promise<Flight | HighLevelError> => {
    for (;;) {
      wish.signal?.throwIfAborted();
      const joined = flights.get(slot.key);
      const current = joined ?? { wish, flight: takeOff(slot, wish) };
      flights.set(slot.key, current);
      const ended = await orAborted(current.flight, wish.signal);
      if (!joined) return ended;
      if (ended instanceof HighLevelError || !ended.living) {
        if (!asksMore(wish, joined.wish)) return ended;
        continue;
      }
      const { living, recovery } = ended;
      const isUsable = recovery.attempts.length > 0 || !wish.forced && isLiving(living, wish);
      if (isUsable && living.tokens.accessToken !== wish.rejected) return ended;
    }
  };

  const living: Engine["living"] = async (target, wish, pick) => {
    const slot = slotOf(target);
    const { key } = slot;
    let held: ConnectionRecord | undefined;
    try {
      held = book.decode(await orAborted(store.get(key), wish.signal));
    } catch {
      // The flight asks again, with pauses.
    }
    // A record that is in memory only takes the long way: a flight may write it.
    if (isLiving(held, wish) && !book.isUnsaved(key)) return pick(held);

    const flight = await ascend(slot, wish);
    if (!(flight instanceof HighLevelError)) {
      if (flight.living) return pick(flight.living);
      ({ held } = flight);
    } else if (!isCoded(flight, "store_failed")) throw flight;
    // A token that ends soon is still better than none.
    if (held?.tokens && freshness(held, now(), 0, wish.rejected) !== "dead") {
      return pick({ ...held, tokens: held.tokens });
    }
    throw flight instanceof HighLevelError ? flight : reasonOf(flight.recovery);
  };

  const token: Engine["token"] = (target, wish) =>
    living(target, wish, (record) => ({
      accessToken: record.tokens.accessToken,
      isYoung: isYoung(record, now()),
    }));

  const agencies = createAgencies({
    app,
    requests,
    companyToken: (companyId, rejected) => token({ companyId }, defined({ rejected })),
  });
  const mint = options.mint ?? agencies.mint;

  return {
    book,
    endpoint,
    requests,
    slotOf,
    living,
    token,
    mint: agencies.mint,
    tellOdd,
    exclusive,
    tick,
    recover: async (given, wish) => {
      const slot = slotOf(given);
      const { key, target } = slot;
      const details = detailsOf(target, wish.details ?? {}); // checked here: others may join the flight
      const before = await orTold(target, book.read(key));
      const flight = before instanceof HighLevelError
        ? before
        : await ascend(slot, { ...wish, details, forced: true, before });
      if (!(flight instanceof HighLevelError)) return flight.recovery;
      return { target, outcome: "failed", attempts: [], error: flight };
    },
  };
}

/** Whether a flight for `wish` may end better than one for `other` that failed. */
function asksMore({ forced, details }: Wish, other: Wish): boolean {
  const agency = details?.companyId;
  return Boolean(forced && !other.forced || agency && agency !== other.details?.companyId);
}

function foundFlight(
  target: ConnectionTarget,
  living: LivingRecord,
  attempts: Recovery["attempts"],
): Flight {
  return { recovery: { target, outcome: "recovered", by: "store", attempts }, living };
}

function forgotten(target: ConnectionTarget): HighLevelError {
  const message = `${describeTarget(target)} was forgotten. Save or recover it to begin again.`;
  return new HighLevelError("not_installed", message, { target });
}

/** Why there is no token, as the error to throw. */
function reasonOf({ target, outcome, error, authorizationUrl }: Recovery): HighLevelError | undefined {
  if (outcome !== "reauthorization_required") return error;
  const link = authorizationUrl ? ` at ${authorizationUrl}` : "";
  const reason = error && error.code !== outcome ? ` Last answer: ${error.message}` : "";
  const message = `${describeTarget(target)}: a person must authorise the app again${link}.${reason}`;
  const { status, traceId } = error ?? {};
  return new HighLevelError(outcome, message, { status, traceId, target });
}
