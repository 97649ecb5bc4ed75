import { check, checkWhole } from "../oauth/check.ts";
import { isListed } from "./is_listed.ts";
import type { PutOptions, StoredRecord, StoreListOptions, StorePage, TokenStore } from "./token_store.ts";

/** Options of {@linkcode MemoryStore}. */
export interface MemoryStoreOptions {
  /**
   * The clock, ms since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/** Where an entry stands in the order of a list: by `dueAt` (0 where nothing due is asked for), then by key. */
interface Place {
  readonly dueAt: number;
  readonly key: string;
}

/**
 * Keeps records in this process's memory: for tests, scripts and single-process services that may start empty.
 * `get` returns the same frozen object until the next write, so that callers can cache what they made of it.
 *
 * @example
 * ```ts
 * const store = new MemoryStore();
 * const key = "app/location/l1C08ntBrFjLS0elLIYU";
 * const record = { format: 1, summary: { status: "connected", updatedAt: Date.now() }, body: "{}" } as const;
 * await store.put(key, record, { ifVersion: null }); // only where nothing is there
 *
 * const before = await store.get(key);
 * await store.put(key, record); // somebody else writes
 * const isWritten = await store.put(key, record, { ifVersion: before?.version ?? null });
 * if (isWritten) throw new Error("the write of somebody else is lost");
 * ```
 */
export class MemoryStore implements TokenStore {
  readonly #records = new Map<string, StoredRecord>();
  readonly #now: () => number;
  /** All keys in order; may name deleted ones. `undefined` once a key is new. */
  #sortedKeys: readonly string[] | undefined;
  /** Writes so far: the version of a record is the number of its write. */
  #writes = 0;
  /** The newest fence of each key that was ever locked. */
  readonly #fences = new Map<string, number>();
  /** The end of the last run in the queue of each key that is locked. */
  readonly #queues = new Map<string, Promise<void>>();

  /** An empty store. */
  constructor({ now = Date.now }: MemoryStoreOptions = {}) {
    this.#now = now;
  }

  /** The record under `key`, or `undefined`. */
  get(key: string): Promise<StoredRecord | undefined> {
    return Promise.resolve(this.#living(key));
  }

  /** Keeps a frozen copy of `record` under `key`. Tells whether `ifVersion` and `fence` allowed it. */
  put(key: string, record: StoredRecord, { ifVersion, fence }: PutOptions = {}): Promise<boolean> {
    const version = this.#living(key)?.version ?? null;
    const isAllowed = (ifVersion === undefined || ifVersion === version) &&
      (fence === undefined || fence === (this.#fences.get(key) ?? 0));
    if (!isAllowed) return Promise.resolve(false);
    if (!this.#records.has(key)) this.#sortedKeys = undefined;
    const summary = Object.freeze({ ...record.summary });
    this.#records.set(key, Object.freeze({ ...record, summary, version: `${++this.#writes}` }));
    return Promise.resolve(true);
  }

  /** Removes the record under `key`. */
  delete(key: string): Promise<void> {
    this.#records.delete(key);
    return Promise.resolve();
  }

  /** One page of keys in ascending order; with `dueBefore` in the order of `dueAt`, and of keys where that is equal. */
  async list(options: StoreListOptions = {}): Promise<StorePage> {
    const { limit = 100, cursor, dueBefore } = options;
    checkWhole("limit", limit, 1000);
    const placeOf = ({ key, summary }: StorePage["entries"][number]): Place => ({
      dueAt: dueBefore === undefined ? 0 : summary.dueAt ?? 0,
      key,
    });
    const end = cursor === undefined ? undefined : placeIn(cursor);
    const all = this.#listed(options);
    // The sort is stable: all of one `dueAt` stay in the order of their keys.
    const sorted = dueBefore === undefined
      ? all
      : [...all].sort((a, b) => placeOf(a).dueAt - placeOf(b).dueAt);
    const entries: StorePage["entries"][number][] = [];
    let last: Place | undefined;
    for (const entry of sorted) {
      const place = placeOf(entry);
      if (end && !isBehind(place, end)) continue;
      if (last && entries.length === limit) {
        return await Promise.resolve({ entries, cursor: `${last.dueAt} ${last.key}` });
      }
      entries.push(entry);
      last = place;
    }
    return { entries };
  }

  /**
   * Runs `run` while no other caller in this process runs with the same `key`: one after another, in the order of the calls.
   * A run that never ends keeps the lock.
   */
  async lock<T>(key: string, run: (fence: number) => Promise<T>): Promise<T> {
    const before = this.#queues.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#queues.set(key, promise);
    await before;
    const fence = (this.#fences.get(key) ?? 0) + 1;
    this.#fences.set(key, fence);
    try {
      return await run(fence);
    } finally {
      if (this.#queues.get(key) === promise) this.#queues.delete(key);
      resolve();
    }
  }

  /** What `options` ask for, in the order of keys. */
  *#listed(options: StoreListOptions): Iterable<StorePage["entries"][number]> {
    const { prefix = "" } = options;
    for (const key of this.#sortedKeys ??= [...this.#records.keys()].sort()) {
      const record = key.startsWith(prefix) && this.#living(key);
      if (record && isListed(record.summary, options)) yield { key, summary: record.summary };
    }
  }

  #living(key: string): StoredRecord | undefined {
    const record = this.#records.get(key);
    if (!record?.dropAt || record.dropAt > this.#now()) return record;
    this.#records.delete(key);
    return undefined;
  }
}

/** The place at which the page before ended. The next one begins behind it, whatever was written meanwhile. */
function placeIn(cursor: string): Place {
  const [, dueAt = "", key] = /^(-?[\d.e+-]+) ([^]*)$/.exec(cursor) ?? [];
  check(key !== undefined && !Number.isNaN(Number(dueAt)), "cursor must be one that list gave");
  return { dueAt: Number(dueAt), key };
}

function isBehind({ dueAt, key }: Place, end: Place): boolean {
  return dueAt > end.dueAt || dueAt === end.dueAt && key > end.key;
}
