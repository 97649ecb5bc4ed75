import { HighLevelError } from "../oauth/highlevel_error.ts";
import type { TokenStore } from "../stores/token_store.ts";

/** How long a removed endpoint is left alone, ms. */
const REMEMBERED_MS = 24 * 3_600_000;
/** How long a look into the store holds, ms. */
const LOOK_MS = 60_000;

/**
 * What is known of HighLevel's Reconnect endpoint, per app: whether it was found removed within a day. The store
 * shares that with other processes. While nothing is known, one call goes first and the others wait for it, so that a
 * dead endpoint costs one call and not one per connection.
 */
export class ReconnectEndpoint {
  readonly #store: TokenStore;
  readonly #key: string;
  readonly #now: () => number;
  #removedUntil = 0;
  #lookedAt = -Infinity;
  #answers = false;
  #scout: Promise<void> | undefined;

  constructor(store: TokenStore, appId: string, now: () => number) {
    this.#store = store;
    this.#key = `app/${appId}/reconnect`;
    this.#now = now;
  }

  /** Whether the endpoint is remembered as removed. */
  async removed(): Promise<boolean> {
    const now = this.#now();
    if (now < this.#removedUntil) return true;
    if (now - this.#lookedAt < LOOK_MS) return false;
    this.#lookedAt = now;
    const note = await this.#store.get(this.#key).catch(() => undefined); // not knowing costs one request
    const until = note?.dropAt ?? 0;
    if (until > this.#removedUntil) this.#removedUntil = until;
    return now < this.#removedUntil;
  }

  /** Runs `call`, which asks the endpoint; remembers when it turns out to be removed and tells it by `onRemoved`. */
  async ask<T>(call: () => Promise<T>, onRemoved: (error: HighLevelError) => void): Promise<T> {
    if (this.#scout) await this.#scout;
    else if (!this.#answers) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#scout = promise;
      try {
        return await this.#askNow(call, onRemoved);
      } finally {
        this.#scout = undefined;
        resolve();
      }
    }
    if (this.#now() < this.#removedUntil) throw removedError();
    return await this.#askNow(call, onRemoved);
  }

  async #askNow<T>(call: () => Promise<T>, onRemoved: (error: HighLevelError) => void): Promise<T> {
    try {
      const result = await call();
      this.#answers = true;
      return result;
    } catch (error) {
      if (error instanceof HighLevelError && error.code === "endpoint_removed") {
        await this.#remember();
        onRemoved(error);
      } else {
        this.#answers = true;
      }
      throw error;
    }
  }

  async #remember(): Promise<void> {
    const now = this.#now();
    this.#answers = false;
    this.#removedUntil = now + REMEMBERED_MS;
    const note = { format: 1, summary: { updatedAt: now }, body: "{}", dropAt: this.#removedUntil } as const;
    await this.#store.put(this.#key, note).catch(() => {}); // this process remembers anyway
  }
}

function removedError(): HighLevelError {
  return new HighLevelError(
    "endpoint_removed",
    "HighLevel removed the Reconnect endpoint, as found within the last day.",
  );
}
