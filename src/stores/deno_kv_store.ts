import { check, checkWhole } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import type { DenoKvKey, DenoKvLike } from "./deno_kv_like.ts";
import { readRecord, recordFailed } from "./read_record.ts";
import { retryWhileLocked } from "./retry_while_locked.ts";
import type { StoredRecord, StoreListOptions, StorePage, TokenStore } from "./token_store.ts";
import { withLease } from "./with_lease.ts";

/** Options of {@linkcode DenoKvStore}. */
export interface DenoKvStoreOptions {
  /**
   * How long the lock of a process that died keeps others waiting, ms.
   * @default {30_000}
   */
  readonly leaseMs?: number;
  /**
   * The clock, ms since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/** After every key in use: the greatest code point. */
const LAST = "\u{10FFFF}";

/**
 * Keeps records in Deno KV, and brings the lock that lets processes share one file: two of them never refresh the
 * same connection twice. Records live under `["highlevel", key]`, leases under `["highlevel-lock", key]`.
 * Needs Deno's `--unstable-kv` (or `"unstable": ["kv"]` in deno.json). The store does not close `kv`.
 *
 * @example
 * ```ts
 * using kv = await Deno.openKv(":memory:");
 * const store = new DenoKvStore(kv);
 * const answer = await store.lock("app/location/l1C08ntBrFjLS0elLIYU", () => Promise.resolve(42));
 * if (answer !== 42) throw new Error("42 expected");
 * ```
 */
export class DenoKvStore implements TokenStore {
  readonly #kv: DenoKvLike;
  readonly #leaseMs: number;
  readonly #now: () => number;

  /**
   * A store over `kv`.
   *
   * @throws {TypeError} when `kv` is no `Deno.Kv`.
   */
  constructor(kv: DenoKvLike, { leaseMs = 30_000, now = Date.now }: DenoKvStoreOptions = {}) {
    check(
      typeof kv?.atomic === "function",
      "kv must be a Deno.Kv: with --unstable-kv, await Deno.openKv()",
    );
    this.#kv = kv;
    this.#leaseMs = leaseMs;
    this.#now = now;
  }

  /**
   * The record under `key`, or `undefined`.
   *
   * @throws {HighLevelError} `store_failed` when something else is kept there.
   */
  async get(key: string): Promise<StoredRecord | undefined> {
    const { value } = await retryWhileLocked(() => this.#kv.get(keyOf(key)));
    return readRecord(key, value, this.#now());
  }

  /**
   * Writes `record` under `key`.
   *
   * @throws {HighLevelError} `store_failed` when the record is larger than the 64 KiB that Deno KV takes.
   */
  async put(key: string, record: StoredRecord): Promise<void> {
    const { dropAt } = record;
    const expireIn = dropAt && Math.max(0, Math.ceil(dropAt - this.#now()));
    try {
      await retryWhileLocked(() => this.#kv.set(keyOf(key), record, defined({ expireIn })));
    } catch (error) {
      if (!(error instanceof TypeError && error.message.includes("too large"))) throw error;
      throw recordFailed(key, `is refused: ${error.message}`);
    }
  }

  /** Removes the record under `key`. */
  async delete(key: string): Promise<void> {
    await retryWhileLocked(() => this.#kv.delete(keyOf(key)));
  }

  /** One page of keys in ascending order. */
  async list({ prefix = "", limit = 100, cursor }: StoreListOptions = {}): Promise<StorePage> {
    checkWhole("limit", limit, 1000);
    const range = { start: keyOf(cursor === undefined ? prefix : `${cursor}\0`), end: keyOf(prefix + LAST) };
    const found = await retryWhileLocked(() => Array.fromAsync(this.#kv.list(range, { limit: limit + 1 })));
    const entries: StorePage["entries"][number][] = [];
    let last: string | undefined;
    for (const { key: [, name], value } of found.slice(0, limit)) {
      last = `${name}`;
      const record = readRecord(last, value, this.#now());
      if (record) entries.push({ key: last, summary: record.summary });
    }
    return defined({ entries, cursor: found[limit] && last });
  }

  /**
   * Runs `run` while no other caller, in this process or another on the same database, runs with the same `key`.
   * A holder that dies frees the lock within `leaseMs`; so does one that is suspended for that long, and it is not told.
   */
  lock<T>(key: string, run: () => Promise<T>): Promise<T> {
    return withLease(this.#kv, key, run, this.#leaseMs, this.#now);
  }
}

function keyOf(key: string): DenoKvKey {
  return ["highlevel", key];
}
