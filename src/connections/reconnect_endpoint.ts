import { HighLevelError, isCoded } from "../oauth/highlevel_error.ts";
import type { TokenStore } from "../stores/token_store.ts";

/** A removed endpoint is left alone for a day, ms. */
const REMEMBERED_MS = 86_400_000;
/** How long a look into the store, and an answer of the endpoint, hold, ms. */
const HOLDS_MS = 60_000;

/** What is known of HighLevel's Reconnect endpoint; see {@linkcode reconnectEndpoint}. */
export interface ReconnectEndpoint {
  /** Whether the endpoint is remembered as removed. */
  removed(): Promise<boolean>;
  /** Runs `call`, which asks the endpoint; remembers when it turns out to be removed and tells it by `onRemoved`. */
  ask<T>(call: () => Promise<T>, onRemoved: (error: HighLevelError) => void): Promise<T>;
}

/**
 * What is known of HighLevel's Reconnect endpoint, per app: whether it was found removed within a day. The store
 * shares that with other processes. While nothing is known, one call goes first and the others wait for it, so that a
 * dead endpoint costs one call and not one per connection.
 */
export function reconnectEndpoint(store: TokenStore, appId: string, now: () => number): ReconnectEndpoint {
  const key = `app/${appId}/reconnect`;
  let removedAt = -Infinity;
  let lookedAt = -Infinity;
  let answeredAt = -Infinity;
  let looking: Promise<void> | undefined;
  let scouting: Promise<void> | undefined;

  /** False also for a moment to come: a clock was wrong when it was noted. */
  const isWithin = (ms: number, at: number): boolean => now() >= at && now() < at + ms;
  const isRemembered = (): boolean => isWithin(REMEMBERED_MS, removedAt);
  const look = async (): Promise<void> => {
    const note = await store.get(key).catch(() => undefined); // not knowing costs one request
    removedAt = Math.max(removedAt, (note?.dropAt ?? 0) - REMEMBERED_MS);
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
          dropAt: updatedAt + REMEMBERED_MS,
        } as const;
        await store.put(key, note).catch(() => {}); // this process remembers anyway
        if (isNews) onRemoved(error);
      } else if (error instanceof HighLevelError && !error.retryable) {
        answeredAt = now(); // a refusal is an answer, an outage is none
      }
      throw error;
    }
  };

  return {
    removed: async () => {
      if (!isRemembered() && !isWithin(HOLDS_MS, lookedAt)) await (looking ??= look());
      return isRemembered();
    },
    ask: async (call, onRemoved) => {
      if (scouting) await scouting;
      else if (!isWithin(HOLDS_MS, answeredAt)) {
        const first = askNow(call, onRemoved);
        const end = (): void => void (scouting = undefined);
        scouting = first.then(end, end);
        return await first;
      }
      if (!isRemembered()) return await askNow(call, onRemoved);
      throw new HighLevelError("endpoint_removed", "HighLevel removed the Reconnect endpoint.");
    },
  };
}
