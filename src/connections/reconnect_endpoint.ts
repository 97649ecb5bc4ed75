import { HighLevelError, isCoded } from "../oauth/highlevel_error.ts";
import type { TokenStore } from "../stores/token_store.ts";
import { DAY_MS, dropAtOf } from "./drop_at.ts";

/** How long a look into the store, and an answer of the endpoint, hold, ms. */
const HOLDS_MS = 60_000;

/** What is known of HighLevel's Reconnect endpoint; see {@linkcode reconnectEndpoint}. */
export interface ReconnectEndpoint {
  /** Whether the endpoint is remembered as removed. */
  removed(): Promise<boolean>;
  /**
   * Runs `call`, which asks the endpoint; remembers when it turns out to be removed and tells it by `onRemoved`. `call`
   * says by `onWait` that it waits long before it asks again.
   */
  ask<T>(call: (onWait: () => void) => Promise<T>, onRemoved: (error: HighLevelError) => void): Promise<T>;
}

/**
 * What is known of HighLevel's Reconnect endpoint, per app: whether it was found removed within a day. The store
 * shares that with other processes. While nothing is known, one call goes first and the others wait for its answer, so
 * that a dead endpoint costs one call and not one per connection; what HighLevel lets wait holds nobody else up.
 */
export function reconnectEndpoint(store: TokenStore, appId: string, now: () => number): ReconnectEndpoint {
  const key = `app/${appId}/reconnect`;
  let removedAt = -Infinity;
  let lookedAt = -Infinity;
  let answeredAt = -Infinity;
  let isNoted = false;
  let looking: Promise<void> | undefined;
  let scouting: Promise<void> | undefined;

  /** False also for a moment to come: a clock was wrong when it was noted. */
  const isWithin = (ms: number, at: number): boolean => now() >= at && now() < at + ms;
  const isRemembered = (): boolean => isWithin(DAY_MS, removedAt);
  const look = async (): Promise<void> => {
    try {
      const note = await store.get(key);
      if (note) removedAt = Math.max(removedAt, note.summary.updatedAt);
      else if (isNoted) removedAt = -Infinity; // somebody found the endpoint back
      isNoted = note !== undefined;
    } catch {
      // Not knowing costs one request.
    }
    lookedAt = now();
    looking = undefined;
  };
  const askNow = async <T>(
    call: () => Promise<T>,
    onRemoved: (error: HighLevelError) => void,
  ): Promise<T> => {
    try {
      const result = await call();
      answeredAt = now();
      return result;
    } catch (error) {
      if (isCoded(error, "endpoint_removed")) {
        const isNews = !isRemembered();
        const updatedAt = removedAt = now();
        answeredAt = -Infinity;
        const note = {
          format: 1,
          summary: { updatedAt },
          body: "{}",
          dropAt: dropAtOf(updatedAt),
        } as const;
        try {
          await store.put(key, note);
          isNoted = true;
          lookedAt = now();
        } catch {
          // This process remembers anyway.
        }
        if (isNews) onRemoved(error);
      } else if (error instanceof HighLevelError && !error.retryable) {
        answeredAt = now(); // a refusal is an answer, an outage is none
      }
      throw error;
    }
  };

  return {
    removed: async () => {
      if (!isWithin(HOLDS_MS, lookedAt)) await (looking ??= look());
      return isRemembered();
    },
    ask: async (call, onRemoved) => {
      let end = (): void => {};
      if (scouting) await scouting;
      else if (!isWithin(HOLDS_MS, answeredAt)) {
        const { promise, resolve } = Promise.withResolvers<void>();
        scouting = promise;
        end = () => {
          if (scouting === promise) scouting = undefined;
          resolve();
        };
      }
      if (!isRemembered()) return await askNow(() => call(end), onRemoved).finally(end);
      throw new HighLevelError("endpoint_removed", "HighLevel removed the Reconnect endpoint.");
    },
  };
}
