import { HighLevelError } from "../oauth/highlevel_error.ts";
import { resultOrError } from "../oauth/result_or_error.ts";
import { backoffMs, retrying } from "../oauth/request/retry.ts";
import type { StoredRecord, StoreListOptions, StorePage, TokenStore } from "../stores/token_store.ts";
import { type ConnectionRecord, decodeRecord, encodeRecord } from "./record.ts";
import { standsAgainst } from "./transitions.ts";
import { storeFailed } from "./store_failed.ts";

/** Times the store is asked before its trouble counts. */
const ATTEMPTS = 3;

/** What became of a write: where both are missing, the record is in the store. */
export interface Written {
  /** Somebody else's record stands instead: a tombstone, or newer tokens. */
  readonly by?: ConnectionRecord;
  /** Why the record is in memory only. */
  readonly trouble?: HighLevelError;
}

/** The records of a store; see {@linkcode recordBook}. */
export interface RecordBook {
  /**
   * What is known under `key`, tombstones included; a record kept in memory counts as known.
   *
   * @throws {HighLevelError} `store_failed`.
   */
  read(key: string): Promise<ConnectionRecord | undefined>;
  /** The record in its stored form. Decoded once per object, for stores that keep objects. */
  decode(stored: StoredRecord | undefined): ConnectionRecord | undefined;
  /** Whether the record under `key` is in memory only. */
  isUnsaved(key: string): boolean;
  /**
   * Writes a record kept in memory, unless another stands in the store by now. For the holder of the connection's lock:
   * anybody else could overwrite what a flight stores meanwhile.
   */
  flush(key: string): Promise<void>;
  /** Writes `record`, made after `before`, unless another stands in the store by now. For the lock's holder. */
  write(key: string, record: ConnectionRecord, before: ConnectionRecord | undefined): Promise<Written>;
  /**
   * Writes `record` whatever stood there: an import, a tombstone.
   *
   * @throws {HighLevelError} `store_failed`; what stood there, also in memory, stands on.
   */
  replace(key: string, record: ConnectionRecord): Promise<void>;
  /** One page of the store. */
  list(options: StoreListOptions): Promise<StorePage>;
}

/**
 * The records of a store, read and written so that none is lost: what fails is repeated, and a record that still cannot
 * be written is kept in memory until the next call for that connection writes it; `onUnsaved` is told. Forgetting wins
 * over a write that began before it.
 */
export function recordBook(
  store: TokenStore,
  sleep: (ms: number) => Promise<void>,
  onUnsaved: (record: ConnectionRecord, error: HighLevelError) => void,
): RecordBook {
  const decoded = new WeakMap<StoredRecord, ConnectionRecord>();
  /** Records that the store may not have, each with the one it came after. */
  const unsaved = new Map<
    string,
    { readonly record: ConnectionRecord; readonly before: ConnectionRecord | undefined }
  >();

  /** Does `work`, again where the store throws. A coded error is a store's last word. */
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await retrying(
        work,
        (error, attempts) =>
          error instanceof HighLevelError || attempts >= ATTEMPTS ? undefined : backoffMs(attempts),
        sleep,
      );
    } catch (error) {
      throw storeFailed(what, error);
    }
  };
  const decode = (stored: StoredRecord | undefined): ConnectionRecord | undefined => {
    let record = stored && decoded.get(stored);
    if (stored && !record) decoded.set(stored, record = decodeRecord(stored));
    return record;
  };
  const get = async (key: string): Promise<ConnectionRecord | undefined> => decode(await store.get(key));
  const look = (key: string): Promise<ConnectionRecord | undefined> => attempt("read", () => get(key));
  const replace = async (key: string, record: ConnectionRecord): Promise<void> => {
    await attempt("written", () => store.put(key, encodeRecord(record)));
    unsaved.delete(key);
  };

  return {
    decode,
    replace,
    read: async (key) => unsaved.get(key)?.record ?? await look(key),
    isUnsaved: (key) => unsaved.has(key),
    list: (options) => attempt("listed", () => store.list(options)),
    flush: async (key) => {
      const kept = unsaved.get(key);
      if (!kept) return;
      try {
        const current = await get(key);
        if (!standsAgainst(current, kept.record, kept.before)) {
          await store.put(key, encodeRecord(kept.record));
        }
      } catch {
        return; // what is in memory serves, and the next call tries again
      }
      if (unsaved.get(key) === kept) unsaved.delete(key);
    },
    write: async (key, record, before) => {
      // A store that cannot be read is no reason to drop tokens that exist nowhere else.
      const current = await resultOrError(look(key));
      const isRead = !(current instanceof HighLevelError);
      if (isRead && current && standsAgainst(current, record, before)) {
        unsaved.delete(key); // or what was found out about it would be lost with this write
        return { by: current };
      }
      const trouble = await resultOrError(replace(key, record)) ?? (isRead ? undefined : current);
      if (!trouble) return {};
      unsaved.set(key, { record, before });
      onUnsaved(record, trouble);
      return { trouble };
    },
  };
}
