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
  let removedUntil = 0;
  let lookedAt = -Infinity;
  let looking: Promise<void> | undefined;
  let answeredAt = -Infinity;
  let scouting: Promise<void> | undefined;

  /** Also false for a moment further off than any can be: a clock was wrong when it was noted. */
  const isRemembered = (): boolean => {
    const leftMs = removedUntil - now();
    return leftMs > 0 && leftMs <= REMEMBERED_MS;
  };
  const holds = (at: number): boolean => {
    const ageMs = now() - at;
    return ageMs >= 0 && ageMs < HOLDS_MS;
  };
  const look = async (): Promise<void> => {
    const note = await store.get(key).catch(() => undefined); // not knowing costs one request
    removedUntil = Math.max(removedUntil, note?.dropAt ?? 0);
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
      const isNews = !isRemembered();
      if (isCoded(error, "endpoint_removed")) {
        const updatedAt = now();
        answeredAt = -Infinity;
        removedUntil = updatedAt + REMEMBERED_MS;
        const note = { format: 1, summary: { updatedAt }, body: "{}", dropAt: removedUntil } as const;
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
      if (!isRemembered() && !holds(lookedAt)) await (looking ??= look());
      return isRemembered();
    },
    ask: async (call, onRemoved) => {
      if (scouting) await scouting;
      else if (!holds(answeredAt)) {
        const { promise, resolve } = Promise.withResolvers<void>();
        scouting = promise;
        try {
          return await askNow(call, onRemoved);
        } finally {
          scouting = undefined;
          resolve();
        }
      }
      if (!isRemembered()) return await askNow(call, onRemoved);
      throw new HighLevelError(
        "endpoint_removed",
        "HighLevel removed the Reconnect endpoint.",
      );
    },
  };
}
