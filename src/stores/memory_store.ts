import { checkWhole } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import type { StoredRecord, StoreListOptions, StorePage, TokenStore } from "./token_store.ts";

/** Options of {@linkcode MemoryStore}. */
export interface MemoryStoreOptions {
  /**
   * The clock, ms since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/**
 * Keeps records in this process's memory: for tests, scripts and single-process services that may start empty.
 * `get` returns the very object that was put, frozen, so that callers can cache what they made of it.
 *
 * @example
 * ```ts
 * const store = new MemoryStore();
 * await store.put("app/location/l1C08ntBrFjLS0elLIYU", {
 *   format: 1,
 *   summary: { status: "connected", updatedAt: Date.now() },
 *   body: "{}",
 * });
 * const { entries } = await store.list({ prefix: "app/" });
 * if (entries.length !== 1) throw new Error("one record expected");
 * ```
 */
export class MemoryStore implements TokenStore {
  readonly #records = new Map<string, StoredRecord>();
  readonly #now: () => number;
  /** All keys in order; may name deleted ones. `undefined` once a key is new. */
  #sortedKeys: readonly string[] | undefined;

  /** An empty store. */
  constructor({ now = Date.now }: MemoryStoreOptions = {}) {
    this.#now = now;
  }

  /** The record under `key`, or `undefined`. */
  get(key: string): Promise<StoredRecord | undefined> {
    return Promise.resolve(this.#living(key));
  }

  /** Keeps `record`, frozen from now on, under `key`. */
  put(key: string, record: StoredRecord): Promise<void> {
    if (!this.#records.has(key)) this.#sortedKeys = undefined;
    Object.freeze(record.summary);
    this.#records.set(key, Object.freeze(record));
    return Promise.resolve();
  }

  /** Removes the record under `key`. */
  delete(key: string): Promise<void> {
    this.#records.delete(key);
    return Promise.resolve();
  }

  /** One page of keys in ascending order. */
  async list({ prefix = "", limit = 100, cursor = "" }: StoreListOptions = {}): Promise<StorePage> {
    checkWhole("limit", limit, 1000);
    const entries: StorePage["entries"][number][] = [];
    let last: string | undefined;
    for (const key of this.#sortedKeys ??= [...this.#records.keys()].sort()) {
      const record = key > cursor && key.startsWith(prefix) && this.#living(key);
      if (!record) continue;
      if (entries.length === limit) return await Promise.resolve(defined({ entries, cursor: last }));
      entries.push({ key: last = key, summary: record.summary });
    }
    return { entries };
  }

  #living(key: string): StoredRecord | undefined {
    const record = this.#records.get(key);
    if (!record?.dropAt || record.dropAt > this.#now()) return record;
    this.#records.delete(key);
    return undefined;
  }
}
