import { defined } from "../oauth/defined.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { resultOrError } from "../oauth/result_or_error.ts";
import type { StoredRecord, StoreListOptions, StorePage, TokenStore } from "../stores/token_store.ts";
import { decodeRecord, encodeRecord } from "./codec.ts";
import { storeCalls, withDeadline } from "./deadline.ts";
import type { ConnectionRecord } from "./record.ts";
import { isNewerThan } from "./transitions.ts";

const MAX_CONFLICTS = 10;

/** What became of a write: where both are missing, the record is in the store. */
export interface Written {
  /** Somebody else's record stands instead: a tombstone, or newer tokens. */
  readonly by?: ConnectionRecord;
  /** Why the record is in memory only. */
  readonly trouble?: HighLevelError;
}

/** What {@linkcode createRecordStore} needs of its host. */
export interface RecordStoreHost {
  /** Where records are kept. */
  readonly store: TokenStore;
  /** Longest wait for one call of the store, ms. */
  readonly timeoutMs: number;
  /** Waits, ms. */
  readonly sleep: (ms: number) => Promise<void>;
  /** When work on `record` is due, ms. */
  readonly dueAt: (key: string, record: ConnectionRecord) => number | undefined;
  /** Told of a record that is in memory only. */
  readonly onUnsaved: (record: ConnectionRecord, error: HighLevelError) => void;
}

/** The records of a store; see {@linkcode createRecordStore}. */
export interface RecordStore {
  /** What stands under `key` in the store, asked once: for callers that know what to do without it. */
  peek(key: string): Promise<ConnectionRecord | undefined>;
  /**
   * What is known under `key`, tombstones included; a record kept in memory counts as known.
   *
   * @throws {HighLevelError} `store_failed`; its `reason` is `unreadable` where something stands there that cannot be read.
   */
  read(key: string): Promise<ConnectionRecord | undefined>;
  /** Whether the record under `key` is in memory only. */
  isUnsaved(key: string): boolean;
  /** The keys of records that are in memory only. */
  unsavedKeys(): readonly string[];
  /** Writes a record kept in memory, unless another stands in the store by now. For the holder of the connection's lock. */
  flush(key: string, fence?: number): Promise<void>;
  /**
   * Writes `record`, made after `before`, unless another stands in the store by now. For the lock's holder, with its fence.
   * What cannot be written is kept in memory until the next call for that connection writes it.
   */
  write(
    key: string,
    record: ConnectionRecord,
    before: ConnectionRecord | undefined,
    fence?: number,
  ): Promise<Written>;
  /** What stands in the store against `record`, which was made after `before`; nothing where the store cannot be read. */
  newer(
    key: string,
    record: ConnectionRecord,
    before: ConnectionRecord | undefined,
  ): Promise<ConnectionRecord | undefined>;
  /**
   * Writes `record`, made after `before`, unless another stands in the store by now: that one is given.
   *
   * @throws {HighLevelError} `store_failed`; what stood there stands on, and nothing is kept in memory.
   */
  writeThrough(
    key: string,
    record: ConnectionRecord,
    before: ConnectionRecord | undefined,
    fence?: number,
  ): Promise<ConnectionRecord | undefined>;
  /**
   * Writes what `make` gives, whatever stands there: it is told that, for every record is later than the one it replaced.
   *
   * @throws {HighLevelError} `store_failed`; what stood there, also in memory, stands on.
   */
  supersede(
    key: string,
    make: (current: ConnectionRecord | undefined) => ConnectionRecord,
  ): Promise<ConnectionRecord>;
  /**
   * Writes `record` whatever stands there: a tombstone, or an import over what cannot be read.
   *
   * @throws {HighLevelError} `store_failed`; what stood there, also in memory, stands on.
   */
  replace(key: string, record: ConnectionRecord, fence?: number): Promise<void>;
  /** Removes what is under `key`, also in memory. */
  erase(key: string): Promise<void>;
  /** One page of the store. */
  list(options: StoreListOptions): Promise<StorePage>;
}

/**
 * The records of a store, read and written so that none is lost: what fails is repeated, a write stands on what was read just
 * before it, and a record that still cannot be written is kept in memory; `onUnsaved` is told. Forgetting wins over a write that
 * began before it. Every call of the store has a deadline.
 */
export function createRecordStore(
  { store, timeoutMs, sleep, dueAt, onUnsaved }: RecordStoreHost,
): RecordStore {
  const decoded = new WeakMap<StoredRecord, ConnectionRecord>();
  /** Records that the store may not have, each with the one it came after. */
  const unsaved = new Map<
    string,
    { readonly record: ConnectionRecord; readonly before: ConnectionRecord | undefined }
  >();

  const call = storeCalls(timeoutMs, sleep);
  const decode = (stored: StoredRecord | undefined): ConnectionRecord | undefined => {
    let record = stored && decoded.get(stored);
    if (stored && !record) decoded.set(stored, record = decodeRecord(stored));
    return record;
  };
  /** Whether the store has versions, once it has shown a record. */
  let hasVersions: boolean | undefined;
  const get = async (key: string): Promise<StoredRecord | undefined> => {
    const stored = await call("read", () => store.get(key));
    if (stored) hasVersions = stored.version !== undefined;
    return stored;
  };
  const put = async (
    key: string,
    record: ConnectionRecord,
    options: Parameters<TokenStore["put"]>[2],
  ): Promise<boolean> => {
    const stored = encodeRecord(record, dueAt(key, record));
    // A store of somebody's that does not tell whether it wrote has written.
    return await call("written", () => store.put(key, stored, options)) !== false;
  };
  const keep = (
    key: string,
    record: ConnectionRecord,
    before: ConnectionRecord | undefined,
    trouble: HighLevelError,
  ): Written => {
    unsaved.set(key, { record, before });
    onUnsaved(record, trouble);
    return { trouble };
  };
  /** `before` where it stood in the store; of a record that is in memory only the one that it came after. */
  const storedBefore = (key: string, before?: ConnectionRecord): ConnectionRecord | undefined => {
    const kept = unsaved.get(key);
    return kept && kept.record.updatedAt === before?.updatedAt ? kept.before : before;
  };
  /** What stands under `key`, and the version to write over. */
  const look = async (key: string) => {
    const stored = await get(key);
    return { current: decode(stored), ifVersion: stored ? stored.version : null };
  };
  /** Writes `record` over what it is newer than; between look and write nobody comes in a store with versions. */
  const writeOver = async (
    key: string,
    record: ConnectionRecord,
    before: ConnectionRecord | undefined,
    fence?: number,
  ): Promise<Written> => {
    for (let conflict = 0; conflict < MAX_CONFLICTS; conflict++) {
      const { current, ifVersion } = await look(key);
      if (current && isNewerThan(current, record, before, !store.readsLag)) return { by: current };
      // A record that waited in memory is later than what it replaces, too: its place in time is that of this write.
      const updatedAt = Math.max(record.updatedAt, (current?.updatedAt ?? 0) + 1);
      if (await put(key, { ...record, updatedAt }, defined({ ifVersion, fence }))) return {};
    }
    return { trouble: unwritten("the lock was lost") };
  };

  return {
    peek: async (key) => {
      const work = Promise.resolve(store.get(key));
      return decode(await (store.answersAtOnce ? work : withDeadline(work, timeoutMs, "read")));
    },
    read: async (key) => unsaved.get(key)?.record ?? decode(await get(key)),
    isUnsaved: (key) => unsaved.has(key),
    unsavedKeys: () => [...unsaved.keys()],
    list: (options) => call("listed", () => store.list(options)),
    flush: async (key, fence) => {
      const kept = unsaved.get(key);
      if (!kept) return;
      const written = await resultOrError(writeOver(key, kept.record, kept.before, fence));
      // What is in memory serves where that failed, and the next call tries again.
      const isDone = !(written instanceof HighLevelError) && !written.trouble;
      if (isDone && unsaved.get(key) === kept) unsaved.delete(key);
    },
    write: async (key, record, latest, fence) => {
      const isGrant = record.tokens?.accessToken !== latest?.tokens?.accessToken;
      const before = storedBefore(key, latest);
      let written = await resultOrError(writeOver(key, record, before, fence));
      const isUnreadable = written instanceof HighLevelError && written.reason === "unreadable";
      // Tokens that exist nowhere else are worth asking a store in trouble once more.
      if (isGrant && written instanceof HighLevelError && !isUnreadable) {
        written = await resultOrError(writeOver(key, record, before, fence));
      }
      if (!(written instanceof HighLevelError)) {
        if (written.trouble) return keep(key, record, before, written.trouble);
        unsaved.delete(key); // or what was found out about it would be lost with this write
        return written;
      }
      // One that cannot be read is no reason to risk them either, where no version could tell what is written over. What is
      // unreadable itself cannot stand against anything; where that is not known, the next call looks again.
      const isWritten = (isGrant && !hasVersions || isUnreadable) &&
        await resultOrError(put(key, record, defined({ fence }))) === true;
      // Where it was written it is looked after all the same: whatever came after it stands.
      if (!isWritten || !isUnreadable) return keep(key, record, isWritten ? record : before, written);
      unsaved.delete(key);
      return {};
    },
    newer: async (key, record, latest) => {
      const current = await resultOrError(get(key).then(decode));
      if (current instanceof HighLevelError) return undefined;
      return isNewerThan(current, record, storedBefore(key, latest), !store.readsLag) ? current : undefined;
    },
    writeThrough: async (key, record, latest, fence) => {
      const { by, trouble } = await writeOver(key, record, storedBefore(key, latest), fence);
      if (trouble) throw trouble;
      if (!by) unsaved.delete(key);
      return by;
    },
    supersede: async (key, make) => {
      const kept = unsaved.get(key)?.record;
      for (let conflict = 0; conflict < MAX_CONFLICTS; conflict++) {
        // A store that cannot be read may still be written.
        const seen = await resultOrError(look(key));
        const { current, ifVersion } = seen instanceof HighLevelError ? {} : seen;
        const record = make((kept?.updatedAt ?? 0) > (current?.updatedAt ?? 0) ? kept : current);
        if (!await put(key, record, defined({ ifVersion }))) continue;
        unsaved.delete(key);
        return record;
      }
      throw unwritten("others write all the time");
    },
    replace: async (key, record, fence) => {
      const isWritten = await put(key, record, defined({ fence }));
      if (!isWritten) throw unwritten("the lock was lost");
      unsaved.delete(key);
    },
    erase: async (key) => {
      await call("deleted", () => store.delete(key));
      unsaved.delete(key);
    },
  };
}

/** The error of a write that was not carried out, and why. */
export function unwritten(why: string): HighLevelError {
  return new HighLevelError("store_failed", `A record could not be written: ${why}.`);
}
