import { isObject } from "../oauth/fields.ts";
import { HighLevelError, isCoded } from "../oauth/highlevel_error.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import type { StoredRecord, TokenStore } from "../stores/token_store.ts";
import { withDeadline } from "./deadline.ts";
import { DAY_MS, dropsAt } from "./tombstone.ts";
import { createScout } from "./scout.ts";

/** How long a look into the store, and an answer of the endpoint, hold, ms. */
const HOLDS_MS = 60_000;

/** What is known of HighLevel's Reconnect endpoint; see {@linkcode reconnectEndpoint}. */
export interface ReconnectEndpoint {
  /** Whether the endpoint is remembered as removed; one that `asksAgain` believes only what is certain. */
  removed(asksAgain?: boolean): Promise<boolean>;
  /**
   * Runs `call`, which asks the endpoint; remembers when it turns out to be removed, or to be back, and tells it by `tell`.
   * `call` says by `onWait` that it waits long before it asks again.
   */
  ask<T>(
    call: (onWait: () => void) => Promise<T>,
    tell: (isBack: boolean, error?: HighLevelError) => void,
    asksAgain?: boolean,
  ): Promise<T>;
}

/** A note is kept for so long beyond the time that it holds, ms: whoever finds the endpoint back tells so. */
const KEPT_MS = 30 * DAY_MS;

/** That the endpoint was found removed: when, and how long that holds, ms. */
interface Removal {
  readonly at: number;
  readonly holdsMs: number;
}

/**
 * What is known of HighLevel's Reconnect endpoint, per app: whether it was found removed. The store shares that with other
 * processes. HighLevel's own words hold for a day, a bare 404 for minutes; that it was removed is remembered for longer, so that its
 * coming back is told. While nothing is known, one call goes first and the others wait for its answer, so that a dead endpoint
 * costs one call and not one per connection; what HighLevel lets wait holds nobody else up. A store that does not answer within
 * `timeoutMs` is done without.
 */
export function reconnectEndpoint(
  store: TokenStore,
  appId: string,
  now: () => number,
  timeoutMs: number,
): ReconnectEndpoint {
  const key = `app/${appId}/reconnect`;
  const scout = createScout();
  let removal: Removal | undefined;
  let lookedAt = -Infinity;
  let answeredAt = -Infinity;
  let isNoted = false;
  let looking: Promise<void> | undefined;

  const inTime = <T>(what: string, work: () => Promise<T>): Promise<T> =>
    withDeadline((async () => await work())(), timeoutMs, what);
  /** False also for a moment to come: a clock was wrong when it was noted. */
  const isWithin = (ms: number, at: number): boolean => now() >= at && now() < at + ms;
  const isRemembered = (asksAgain = false): boolean =>
    removal !== undefined && isWithin(removal.holdsMs, removal.at) &&
    !(asksAgain && removal.holdsMs < DAY_MS);
  const look = async (): Promise<void> => {
    try {
      const note = await inTime("read", () => store.get(key));
      const noted = note && removalIn(note);
      if (noted && noted.at >= (removal?.at ?? -Infinity)) removal = noted;
      else if (!noted && isNoted) removal = undefined; // somebody found the endpoint back
      isNoted = noted !== undefined;
    } catch {
      // Not knowing costs one request.
    }
    lookedAt = now();
    looking = undefined;
  };
  const askNow = async <T>(
    call: () => Promise<T>,
    tell: (isBack: boolean, error?: HighLevelError) => void,
  ): Promise<T> => {
    try {
      const result = await call();
      answeredAt = now();
      if (removal) {
        removal = undefined;
        await inTime("deleted", () => store.delete(key)).catch(() => {}); // it is forgotten by itself, later
        tell(true);
      }
      return result;
    } catch (error) {
      if (isCoded(error, "endpoint_removed")) {
        const isNews = removal === undefined;
        removal = { at: now(), holdsMs: error.retryAfterMs ?? DAY_MS };
        answeredAt = -Infinity;
        try {
          const note = noteOf(removal);
          await inTime("written", () => store.put(key, note));
          isNoted = true;
          lookedAt = now();
        } catch {
          // This process remembers anyway.
        }
        if (isNews) tell(false, error);
      } else if (error instanceof HighLevelError && !error.retryable) {
        answeredAt = now(); // a refusal is an answer, an outage is none
      }
      throw error;
    }
  };

  return {
    removed: async (asksAgain) => {
      if (!isWithin(HOLDS_MS, lookedAt)) await (looking ??= look());
      return isRemembered(asksAgain);
    },
    ask: async (call, tell, asksAgain) => {
      const end = await scout.goFirst(() => isWithin(HOLDS_MS, answeredAt));
      if (!isRemembered(asksAgain)) return await askNow(() => call(end), tell).finally(end);
      end();
      throw new HighLevelError("endpoint_removed", "HighLevel removed the Reconnect endpoint.");
    },
  };
}

function noteOf({ at, holdsMs }: Removal): StoredRecord {
  const body = JSON.stringify({ holdsMs });
  return { format: 1, summary: { updatedAt: at }, body, dropAt: dropsAt(at, holdsMs + KEPT_MS) };
}

/** What a note says; one of the first edition says nothing of how long. */
function removalIn({ summary, body }: StoredRecord): Removal {
  const told = orUndefined<unknown>(() => JSON.parse(body));
  const holdsMs = isObject(told) && typeof told.holdsMs === "number" ? told.holdsMs : DAY_MS;
  return { at: summary.updatedAt, holdsMs };
}
