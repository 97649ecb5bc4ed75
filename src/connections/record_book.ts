import { HighLevelError } from "../oauth/highlevel_error.ts";
import { backoffMs } from "../oauth/retry.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { StoredRecord, TokenStore } from "../stores/token_store.ts";
import { type ConnectionRecord, decodeRecord, encodeRecord } from "./connection_record.ts";
import { standsAgainst } from "./next_record.ts";
import { storeFailed } from "./store_failed.ts";

/** Times the store is asked before its trouble counts. */
const ATTEMPTS = 3;

/** What a {@linkcode RecordBook} needs from its host. */
export interface RecordBookHost {
  /** Where records live. */
  readonly store: TokenStore;
  /** Waits, ms. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Told when a record could not be written. */
  readonly onUnsaved: (target: ConnectionTarget, error: HighLevelError) => void;
}

/** What became of a write. */
export type Written =
  /** The record is in the store. */
  | { readonly end: "saved" }
  /** The store is in trouble: the record is kept in memory. */
  | { readonly end: "unsaved" }
  /** Somebody else's record stands: a tombstone, or newer tokens. */
  | { readonly end: "overtaken"; readonly by: ConnectionRecord };

/** A record that the store may not have, and the one it came after. */
interface Unsaved {
  readonly record: ConnectionRecord;
  readonly before: ConnectionRecord | undefined;
}

/**
 * The records of a store, read and written so that none is lost: what fails is repeated, and a record that still cannot
 * be written is kept in memory until the next call for that connection writes it. Forgetting wins over a write that
 * began before it.
 */
export class RecordBook {
  readonly #host: RecordBookHost;
  /** Decoded records by the identity of their stored form: a store that keeps objects pays for decoding once. */
  readonly #decoded = new WeakMap<StoredRecord, ConnectionRecord>();
  readonly #unsaved = new Map<string, Unsaved>();

  constructor(host: RecordBookHost) {
    this.#host = host;
  }

  /**
   * What is known under `key`, tombstones included; a record kept in memory counts as known.
   *
   * @throws {HighLevelError} `store_failed`.
   */
  async read(key: string): Promise<ConnectionRecord | undefined> {
    const kept = this.#unsaved.get(key);
    return kept ? kept.record : await this.#look(key);
  }

  /** Whether the record under `key` is in memory only. */
  isUnsaved(key: string): boolean {
    return this.#unsaved.has(key);
  }

  /**
   * Writes a record kept in memory, unless another stands in the store by now. For the holder of the connection's lock:
   * anybody else could overwrite what a flight stores meanwhile.
   */
  async flush(key: string): Promise<void> {
    const kept = this.#unsaved.get(key);
    if (!kept) return;
    try {
      const current = await this.#get(key);
      if (!standsAgainst(current, kept.record, kept.before)) {
        await this.#host.store.put(key, encodeRecord(kept.record));
      }
    } catch {
      return; // what is in memory serves, and the next call tries again
    }
    if (this.#unsaved.get(key) === kept) this.#unsaved.delete(key);
  }

  /** Writes `record`, made after `before`, unless another stands in the store by now. For the lock's holder. */
  async write(
    key: string,
    record: ConnectionRecord,
    before: ConnectionRecord | undefined,
  ): Promise<Written> {
    let trouble: HighLevelError | undefined;
    try {
      const current = await this.#look(key);
      if (current && standsAgainst(current, record, before)) return { end: "overtaken", by: current };
    } catch (error) {
      trouble = storeFailed("read", error); // no reason to drop tokens that exist nowhere else
    }
    try {
      await this.#put(key, record);
    } catch (error) {
      trouble = storeFailed("written", error);
    }
    if (!trouble) return { end: "saved" };
    this.#unsaved.set(key, { record, before });
    this.#host.onUnsaved(record.target, trouble);
    return { end: "unsaved" };
  }

  /**
   * Writes `record` whatever stood there: an import, a tombstone.
   *
   * @throws {HighLevelError} `store_failed`; what stood there, also in memory, stands on.
   */
  async replace(key: string, record: ConnectionRecord): Promise<void> {
    await this.#put(key, record);
  }

  /** One page of the store. */
  async list(options: Parameters<TokenStore["list"]>[0]): Promise<Awaited<ReturnType<TokenStore["list"]>>> {
    return await this.#attempt("listed", () => this.#host.store.list(options));
  }

  #look(key: string): Promise<ConnectionRecord | undefined> {
    return this.#attempt("read", () => this.#get(key));
  }

  async #get(key: string): Promise<ConnectionRecord | undefined> {
    const stored = await this.#host.store.get(key);
    if (!stored) return undefined;
    let record = this.#decoded.get(stored);
    if (!record) this.#decoded.set(stored, record = decodeRecord(stored));
    return record;
  }

  async #put(key: string, record: ConnectionRecord): Promise<void> {
    const stored = encodeRecord(record);
    await this.#attempt("written", () => this.#host.store.put(key, stored));
    this.#unsaved.delete(key);
  }

  /** Does `work`, again where the store throws. A coded error is a store's last word. */
  async #attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1;; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof HighLevelError || attempt >= ATTEMPTS) throw storeFailed(what, error);
        await this.#host.sleep(backoffMs(attempt));
      }
    }
  }
}
