import { HighLevelError } from "../oauth/highlevel_error.ts";
import type { TokenStore } from "../stores/token_store.ts";

/** How long a removed endpoint is left alone, ms. */
const REMEMBERED_MS = 24 * 3_600_000;
/** How long a look into the store, and an answer of the endpoint, hold, ms. */
const HOLDS_MS = 60_000;

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
  #look: Promise<void> | undefined;
  #answeredAt = -Infinity;
  #scout: Promise<void> | undefined;

  constructor(store: TokenStore, appId: string, now: () => number) {
    this.#store = store;
    this.#key = `app/${appId}/reconnect`;
    this.#now = now;
  }

  /** Whether the endpoint is remembered as removed. */
  async removed(): Promise<boolean> {
    if (!this.#isRemembered() && !this.#holds(this.#lookedAt)) {
      await (this.#look ??= this.#lookUp().finally(() => this.#look = undefined));
    }
    return this.#isRemembered();
  }

  /** Runs `call`, which asks the endpoint; remembers when it turns out to be removed and tells it by `onRemoved`. */
  async ask<T>(call: () => Promise<T>, onRemoved: (error: HighLevelError) => void): Promise<T> {
    if (this.#scout) await this.#scout;
    else if (!this.#holds(this.#answeredAt)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#scout = promise;
      try {
        return await this.#askNow(call, onRemoved);
      } finally {
        this.#scout = undefined;
        resolve();
      }
    }
    if (this.#isRemembered()) throw removedError();
    return await this.#askNow(call, onRemoved);
  }

  async #askNow<T>(call: () => Promise<T>, onRemoved: (error: HighLevelError) => void): Promise<T> {
    try {
      const result = await call();
      this.#answeredAt = this.#now();
      return result;
    } catch (error) {
      if (error instanceof HighLevelError && error.code === "endpoint_removed") {
        const isNews = !this.#isRemembered();
        await this.#remember();
        if (isNews) onRemoved(error);
      } else if (error instanceof HighLevelError && !error.retryable) {
        this.#answeredAt = this.#now(); // a refusal is an answer, an outage is none
      }
      throw error;
    }
  }

  async #lookUp(): Promise<void> {
    try {
      const note = await this.#store.get(this.#key);
      this.#removedUntil = Math.max(this.#removedUntil, note?.dropAt ?? 0);
    } catch {
      // Not knowing costs one request.
    }
    this.#lookedAt = this.#now();
  }

  async #remember(): Promise<void> {
    const now = this.#now();
    this.#answeredAt = -Infinity;
    this.#removedUntil = now + REMEMBERED_MS;
    const note = { format: 1, summary: { updatedAt: now }, body: "{}", dropAt: this.#removedUntil } as const;
    try {
      await this.#store.put(this.#key, note);
    } catch {
      // This process remembers anyway.
    }
  }

  /** Also false for a moment further off than any can be: a clock was wrong when it was noted. */
  #isRemembered(): boolean {
    const leftMs = this.#removedUntil - this.#now();
    return leftMs > 0 && leftMs <= REMEMBERED_MS;
  }

  #holds(at: number): boolean {
    const ageMs = this.#now() - at;
    return ageMs >= 0 && ageMs < HOLDS_MS;
  }
}

function removedError(): HighLevelError {
  return new HighLevelError(
    "endpoint_removed",
    "HighLevel removed the Reconnect endpoint, as found within the last day.",
  );
}
