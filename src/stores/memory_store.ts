import { checkWhole } from "../oauth/check.ts";
import { dueCursor, placeAfter } from "./due_cursor.ts";
import { isListed } from "./is_listed.ts";
import type { PutOptions, StoredRecord, StoreListOptions, StorePage, TokenStore } from "./token_store.ts";
export type { PutOptions, StoredRecord, StoreListOptions, StorePage, TokenStore } from "./token_store.ts";
export type { RecordSummary } from "./token_store.ts";
export type { ConnectionStatus } from "./status.ts";

/** Options of {@linkcode MemoryStore}. */
export interface MemoryStoreOptions {
  /**
   * The clock, ms since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
}

type Entry = StorePage["entries"][number];

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
  /** See {@linkcode TokenStore.answersAtOnce}. */
  readonly answersAtOnce = true;
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
    const isByDue = dueBefore !== undefined;
    const entries: Entry[] = [];
    let last: Entry | undefined;
    for (const entry of isByDue ? byDue(this.#listed(options), cursor) : this.#listed(options, cursor)) {
      if (last && entries.length === limit) {
        return await Promise.resolve({
          entries,
          cursor: isByDue ? dueCursor(dueAtOf(last), last.key) : last.key,
        });
      }
      entries.push(last = entry);
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

  /** What `options` ask for behind the key `after`, in the order of keys. */
  *#listed(options: StoreListOptions, after = ""): Iterable<Entry> {
    const { prefix = "" } = options;
    for (const key of this.#sortedKeys ??= [...this.#records.keys()].sort()) {
      const record = key > after && key.startsWith(prefix) && this.#living(key);
      if (record && isListed(record.summary, options)) yield { key, summary: record.summary };
    }
  }

  #living(key: string): StoredRecord | undefined {
    const record = this.#records.get(key);
    if (!record || (record.dropAt ?? Infinity) > this.#now()) return record;
    this.#records.delete(key);
    return undefined;
  }
}

/**
 * `entries`, which come in the order of keys, in that of `dueAt` and then of keys, from behind the place that `cursor` names.
 * That place stands, whatever was written meanwhile.
 */
function byDue(entries: Iterable<Entry>, cursor: string | undefined): readonly Entry[] {
  const sorted = [...entries].sort((a, b) => dueAtOf(a) - dueAtOf(b));
  if (cursor === undefined) return sorted;
  const end = placeAfter(cursor);
  return sorted.filter((entry) =>
    dueAtOf(entry) > end.dueAt || dueAtOf(entry) === end.dueAt && entry.key > end.key
  );
}

function dueAtOf({ summary: { dueAt = 0 } }: Entry): number {
  return dueAt;
}
