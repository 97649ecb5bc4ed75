import type { ConnectionStatus } from "./status.ts";

/** What a store may show of a record without opening it: enough for a list, never a token. */
export interface RecordSummary {
  /** Where the connection stands; `"forgotten"` marks a tombstone. Absent on a record that is no connection. */
  readonly status?: ConnectionStatus | "forgotten";
  /** When the access token expires, ms since the epoch. Absent where no token is held. */
  readonly expiresAt?: number;
  /** When the refresh token was issued, ms since the epoch; it lives a year. */
  readonly refreshTokenIssuedAt?: number;
  /**
   * The note that the refresh token is being spent: since when, ms since the epoch. It is for this store's next reader alone, so a
   * store that is copied elsewhere leaves it out there.
   */
  readonly spendingSince?: number;
  /** The agency of a location, where it is known. */
  readonly companyId?: string;
  /** A name for people, where one is known. */
  readonly name?: string;
  /** When work on this connection is due, ms since the epoch: a refresh, or another try. Absent where none is. */
  readonly dueAt?: number;
  /** When this record was written, ms since the epoch. */
  readonly updatedAt: number;
}

/**
 * One record as a store keeps it: a plain JSON value made by one codec.
 * `summary` is public; `body` is the rest, readable or sealed, and a store never looks into it.
 */
export interface StoredRecord {
  /** Version of this outer form. */
  readonly format: 1;
  /** What lists need. */
  readonly summary: RecordSummary;
  /** JSON text, or an envelope of {@linkcode sealed}. */
  readonly body: string;
  /** From this moment on (ms since the epoch) a store may drop the record by itself. */
  readonly dropAt?: number;
  /** Set by a store that has versions, on what it reads: another one with every write. Opaque; not read by `put`. */
  readonly version?: string;
}

/** Under what condition {@linkcode TokenStore.put} writes. */
export interface PutOptions {
  /**
   * Write only where the record there has this version; `null`: only where nothing is there, or its `dropAt` has come. A store
   * without versions writes all the same.
   */
  readonly ifVersion?: string | null;
  /** The fence of the lock under which this is written. Refused once a later holder of that lock has been given another. */
  readonly fence?: number;
}

/** Options of {@linkcode TokenStore.list}. */
export interface StoreListOptions {
  /**
   * Only keys that start with this text.
   * @default {""}
   */
  readonly prefix?: string;
  /**
   * Records on one page, 1 to 1,000.
   * @default {100}
   */
  readonly limit?: number;
  /** Only records with this status. A page may then be short, even empty, and still have a `cursor`. */
  readonly status?: string;
  /**
   * Only records whose `dueAt` is before this moment, ms since the epoch: in the order of `dueAt` where the store can, else of
   * the keys. A page may then be short, even empty, and still have a `cursor`.
   */
  readonly dueBefore?: number;
  /** The `cursor` of the page before, asked with the same options. */
  readonly cursor?: string;
}

/** One page of {@linkcode TokenStore.list}. */
export interface StorePage {
  /** Keys with what they show of their records. */
  readonly entries: readonly { readonly key: string; readonly summary: RecordSummary }[];
  /** Asks for the next page; absent on the last one. */
  readonly cursor?: string;
}

/**
 * Where connections keep their records. Every method is async and rejects when the store cannot do its work.
 * A write that resolved is durable for this store's readers.
 */
export interface TokenStore {
  /** The record under `key`, or `undefined`. */
  get(key: string): Promise<StoredRecord | undefined>;
  /**
   * Writes the record under `key`, replacing what was there. Tells whether it was written: `false` where `ifVersion` did not
   * hold, or the `fence` is not the newest one. Condition and write are one step.
   */
  put(key: string, record: StoredRecord, options?: PutOptions): Promise<boolean>;
  /** Removes the record under `key`; nothing happens where there is none. */
  delete(key: string): Promise<void>;
  /** One page of keys, in ascending order where nothing else is said. */
  list(options?: StoreListOptions): Promise<StorePage>;
  /**
   * Runs `run` while nobody else, in this process or another that shares the store, runs with the same `key`.
   * The lock outlives slow calls (it is renewed) and ends with its holder's process. `run` is given a fence, greater with every
   * holder of this `key`, for the writes it makes: one that slept past its lease cannot write over what a later holder wrote.
   */
  lock?<T>(key: string, run: (fence?: number) => Promise<T>): Promise<T>;
  /**
   * Whether a note is safe with this store that is written before a refresh token is spent, and read after a crash: it is
   * durable, and read by whoever holds the lock next.
   * @default {false}
   */
  readonly keepsNotes?: boolean;
  /**
   * Whether reads may show older values for a while, as those of Workers KV do.
   * @default {false}
   */
  readonly readsLag?: boolean;
  /** Whether reads are answered out of this process's memory and never hang: then they have no deadline, which would cost more. */
  readonly answersAtOnce?: boolean;
}
