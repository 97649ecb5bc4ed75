import type { ConnectionStatus } from "../connections/status.ts";

/** What a store may show of a record without opening it: enough for a list, never a token. */
export interface RecordSummary {
  /** Where the connection stands; `"forgotten"` marks a tombstone. Absent on a record that is no connection. */
  readonly status?: ConnectionStatus | "forgotten";
  /** When the access token expires, ms since the epoch. Absent where no token is held. */
  readonly expiresAt?: number;
  /** When the refresh token was issued, ms since the epoch; it lives a year. */
  readonly refreshTokenIssuedAt?: number;
  /** The agency of a location, where it is known. */
  readonly companyId?: string;
  /** A name for people, where one is known. */
  readonly name?: string;
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
  /** The `cursor` of the page before. */
  readonly cursor?: string;
}

/** One page of {@linkcode TokenStore.list}, in ascending order of keys. */
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
  /** Writes the record under `key`, replacing what was there. */
  put(key: string, record: StoredRecord): Promise<void>;
  /** Removes the record under `key`; nothing happens where there is none. */
  delete(key: string): Promise<void>;
  /** One page of keys in ascending order. */
  list(options?: StoreListOptions): Promise<StorePage>;
  /**
   * Runs `run` while nobody else, in this process or another that shares the store, runs with the same `key`.
   * The lock outlives slow calls (it is renewed) and ends with its holder's process.
   */
  lock?<T>(key: string, run: () => Promise<T>): Promise<T>;
}
