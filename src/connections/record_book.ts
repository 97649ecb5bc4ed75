import { HighLevelError } from "../oauth/highlevel_error.ts";
import { backoffMs } from "../oauth/retry.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { StoredRecord, TokenStore } from "../stores/token_store.ts";
import { type ConnectionRecord, decodeRecord, encodeRecord } from "./connection_record.ts";

/** Times a write is tried before the record stays in memory. */
const WRITE_ATTEMPTS = 3;

/** What a {@linkcode RecordBook} needs from its host. */
export interface RecordBookHost {
  /** Where records live. */
  readonly store: TokenStore;
  /** Waits, ms. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Told when a record could not be written. */
  readonly onUnsaved: (target: ConnectionTarget, error: HighLevelError) => void;
}

/**
 * The records of a store, read and written so that none is lost: a write that fails is repeated, and then kept in
 * memory until the next call for that connection writes it. Forgetting wins over a write that began before it.
 */
export class RecordBook {
  readonly #host: RecordBookHost;
  /** Decoded records by the identity of their stored form: a store that keeps objects pays for decoding once. */
  readonly #decoded = new WeakMap<StoredRecord, ConnectionRecord>();
  readonly #unsaved = new Map<string, ConnectionRecord>();

  constructor(host: RecordBookHost) {
    this.#host = host;
  }

  /**
   * What is known under `key`, tombstones included.
   *
   * @throws {HighLevelError} `store_failed`.
   */
  async read(key: string): Promise<ConnectionRecord | undefined> {
    if (this.#unsaved.size > 0 && this.#unsaved.has(key)) return await this.#readUnsaved(key);
    try {
      const stored = await this.#host.store.get(key);
      return stored && this.#decode(stored);
    } catch (error) {
      throw storeFailed("read", error);
    }
  }

  /**
   * Writes `record` if nobody forgot the connection since `before` was read; tells whether it stands, in the store or
   * in memory.
   */
  async write(
    key: string,
    record: ConnectionRecord,
    before: ConnectionRecord | undefined,
  ): Promise<"saved" | "unsaved" | "forgotten"> {
    // Not being able to look is no reason to drop tokens that exist nowhere else.
    const current = await this.read(key).catch(() => before);
    if (current?.status === "forgotten" && current.updatedAt !== before?.updatedAt) return "forgotten";
    const failure = await this.#put(key, record);
    if (!failure) return "saved";
    this.#unsaved.set(key, record);
    this.#host.onUnsaved(record.target, failure);
    return "unsaved";
  }

  /**
   * Writes `record` whatever stood there: an installation, an import, a tombstone.
   *
   * @throws {HighLevelError} `store_failed`; nothing is kept in memory.
   */
  async replace(key: string, record: ConnectionRecord): Promise<void> {
    this.#unsaved.delete(key);
    const failure = await this.#put(key, record);
    if (failure) throw failure;
  }

  /** One page of the store. */
  async list(options: Parameters<TokenStore["list"]>[0]): Promise<Awaited<ReturnType<TokenStore["list"]>>> {
    try {
      return await this.#host.store.list(options);
    } catch (error) {
      throw storeFailed("listed", error);
    }
  }

  #decode(stored: StoredRecord): ConnectionRecord {
    let record = this.#decoded.get(stored);
    if (!record) this.#decoded.set(stored, record = decodeRecord(stored));
    return record;
  }

  /** Reads a record whose write failed, and writes it now unless the store has something newer. */
  async #readUnsaved(key: string): Promise<ConnectionRecord | undefined> {
    const kept = this.#unsaved.get(key);
    if (!kept) return undefined;
    try {
      const stored = await this.#host.store.get(key);
      const current = stored && this.#decode(stored);
      if (current && current.updatedAt > kept.updatedAt) {
        this.#unsaved.delete(key);
        return current;
      }
      await this.#host.store.put(key, encodeRecord(kept));
      if (this.#unsaved.get(key) === kept) this.#unsaved.delete(key);
    } catch {
      // Still failing: what is in memory serves, and the next call tries again.
    }
    return kept;
  }

  async #put(key: string, record: ConnectionRecord): Promise<HighLevelError | undefined> {
    const stored = encodeRecord(record);
    for (let attempt = 1;; attempt++) {
      try {
        await this.#host.store.put(key, stored);
        this.#unsaved.delete(key);
        return undefined;
      } catch (error) {
        if (attempt >= WRITE_ATTEMPTS) return storeFailed("written", error);
        await this.#host.sleep(backoffMs(attempt));
      }
    }
  }
}

/** The store's trouble as a coded error. A store's own words may hold anything, so only coded ones are kept. */
function storeFailed(what: string, error: unknown): HighLevelError {
  if (error instanceof HighLevelError) return error;
  const kind = error instanceof Error ? error.name : typeof error;
  return new HighLevelError("store_failed", `A record could not be ${what}: the store threw ${kind}.`);
}
