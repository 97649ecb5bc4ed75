import { check, checkWhole } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import type { DenoKvEntry, DenoKvKey, DenoKvLike } from "./deno_kv_like.ts";
import { isListed } from "./is_listed.ts";
import { leaseIn, leaseKeyOf } from "./lease.ts";
import { checkLeaseMs } from "./lease_length.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { isRecord, readRecord } from "./read_record.ts";
import { retryWhileLocked } from "./retry_while_locked.ts";
import type { PutOptions, StoredRecord, StoreListOptions, StorePage, TokenStore } from "./token_store.ts";
import { withLease } from "./with_lease.ts";
export type { PutOptions, StoredRecord, StoreListOptions, StorePage, TokenStore } from "./token_store.ts";
export type { RecordSummary } from "./token_store.ts";
export type { ConnectionStatus } from "./status.ts";

/** Options of {@linkcode DenoKvStore}. */
export interface DenoKvStoreOptions {
  /**
   * How long the lock of a process that died keeps others waiting, ms, from 1,000 to 3,600,000; they wait a tenth longer, to be
   * sure. Processes may use different ones.
   * @default {20_000}
   */
  readonly leaseMs?: number;
  /**
   * The clock, ms since the epoch. Decides what is dropped, nothing about locks.
   * @default {Date.now}
   */
  readonly now?: () => number;
  /**
   * A clock that nobody sets, ms since any moment: by it a caller waits for somebody else's lock.
   * @default {performance.now}
   */
  readonly monotonicNow?: () => number;
}

/** After every key in use: the greatest code point. */
const LAST = "\u{10FFFF}";

/**
 * Keeps records in Deno KV, and brings the lock that lets processes share one database: two of them never refresh the
 * same connection twice. Records live under `["highlevel", key]`, leases under `["highlevel-lock", key]`.
 * Needs Deno's `--unstable-kv` (or `"unstable": ["kv"]` in deno.json). The store does not close `kv`.
 *
 * @example
 * ```ts
 * using kv = await Deno.openKv(":memory:");
 * const store = new DenoKvStore(kv);
 * const key = "app/location/l1C08ntBrFjLS0elLIYU";
 * const record = { format: 1, summary: { status: "connected", updatedAt: Date.now() }, body: "{}" } as const;
 * const late = await store.lock(key, (fence) => Promise.resolve(fence)); // writes only after it gave the lock back
 * await store.lock(key, async (fence) => {
 *   if (!await store.put(key, record, { fence })) throw new Error("the holder may write");
 *   if (await store.put(key, record, { fence: late })) throw new Error("a former holder may not");
 * });
 * ```
 */
export class DenoKvStore implements TokenStore {
  /** Deno KV is durable, and whoever holds a lock next reads what was written before. */
  readonly keepsNotes = true;
  readonly #kv: DenoKvLike;
  readonly #leaseMs: number;
  readonly #now: () => number;
  readonly #monotonicNow: () => number;

  /**
   * A store over `kv`.
   *
   * @throws {TypeError} when `kv` is no `Deno.Kv`, or `leaseMs` no whole number from 1,000 to 3,600,000.
   */
  constructor(
    kv: DenoKvLike,
    { leaseMs = 20_000, now = Date.now, monotonicNow = () => performance.now() }: DenoKvStoreOptions = {},
  ) {
    check(
      typeof kv?.atomic === "function",
      "kv must be a Deno.Kv: with --unstable-kv, await Deno.openKv()",
    );
    checkLeaseMs(leaseMs);
    this.#kv = kv;
    this.#leaseMs = leaseMs;
    this.#now = now;
    this.#monotonicNow = monotonicNow;
  }

  /**
   * The record under `key`, or `undefined`.
   *
   * @throws {HighLevelError} `store_failed` when something else is kept there.
   */
  async get(key: string): Promise<StoredRecord | undefined> {
    return this.#recordIn(key, await retryWhileLocked(() => this.#kv.get(keyOf(key))));
  }

  /**
   * Writes `record` under `key`. Tells whether it was written: `ifVersion` and `fence` are checked in the same atomic operation.
   *
   * @throws {HighLevelError} `store_failed` when the record is larger than the 64 KiB that Deno KV takes.
   */
  async put(key: string, record: StoredRecord, options: PutOptions = {}): Promise<boolean> {
    try {
      return await retryWhileLocked(() => this.#put(key, record, options));
    } catch (error) {
      if (!(error instanceof TypeError && error.message.includes("too large"))) throw error;
      throw new HighLevelError("store_failed", `The record under ${key} is refused: ${error.message}`);
    }
  }

  /** Removes the record under `key`. */
  async delete(key: string): Promise<void> {
    await retryWhileLocked(() => this.#kv.delete(keyOf(key)));
  }

  /**
   * One page of keys in ascending order, also with `dueBefore`. `limit` records are looked at, so that a page is short where
   * few of them are asked for.
   */
  async list(options: StoreListOptions = {}): Promise<StorePage> {
    const { prefix = "", limit = 100, cursor } = options;
    checkWhole("limit", limit, 1000);
    const range = { start: keyOf(cursor === undefined ? prefix : `${cursor}\0`), end: keyOf(prefix + LAST) };
    const found = await retryWhileLocked(() => Array.fromAsync(this.#kv.list(range, { limit: limit + 1 })));
    const entries: StorePage["entries"][number][] = [];
    let last: string | undefined;
    for (const { key: [, name], value } of found.slice(0, limit)) {
      last = `${name}`;
      const record = isRecord(value) ? readRecord(last, value, this.#now()) : undefined;
      if (record && isListed(record.summary, options)) entries.push({ key: last, summary: record.summary });
    }
    return defined({ entries, cursor: found[limit] && last });
  }

  /**
   * Runs `run` while no other caller, in this process or another on the same database, runs with the same `key`, and gives it a
   * fence for its writes. A holder that dies frees the lock: whoever waits watches it for `leaseMs` and a tenth. So does one that
   * is suspended for that long. It is not told, but what it writes with its fence is refused.
   */
  lock<T>(key: string, run: (fence: number) => Promise<T>): Promise<T> {
    return withLease(this.#kv, key, run, { leaseMs: this.#leaseMs, monotonicNow: this.#monotonicNow });
  }

  async #put(
    key: string,
    { version: _read, ...record }: StoredRecord,
    { ifVersion, fence }: PutOptions,
  ): Promise<boolean> {
    const { dropAt } = record;
    const expireIn = dropAt === undefined ? undefined : Math.max(0, Math.ceil(dropAt - this.#now()));
    for (;;) {
      const operation = this.#kv.atomic();
      if (ifVersion !== undefined) {
        const entry = await this.#kv.get(keyOf(key));
        if ((this.#recordIn(key, entry)?.version ?? null) !== ifVersion) return false;
        operation.check({ key: keyOf(key), versionstamp: entry.versionstamp });
      }
      if (fence !== undefined) {
        const { value, versionstamp } = await this.#kv.get(leaseKeyOf(key));
        if (leaseIn(value).fence !== fence) return false;
        operation.check({ key: leaseKeyOf(key), versionstamp });
      }
      const { ok } = await operation.set(keyOf(key), record, defined({ expireIn })).commit();
      if (ok) return true;
      // The lease was renewed meanwhile, or something was written: another look tells.
    }
  }

  #recordIn(key: string, { value, versionstamp }: DenoKvEntry): StoredRecord | undefined {
    const record = readRecord(key, value, this.#now());
    return record && defined({ ...record, version: versionstamp ?? undefined });
  }
}

function keyOf(key: string): DenoKvKey {
  return ["highlevel", key];
}
