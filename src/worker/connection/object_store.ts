import type { PutOptions, StoredRecord, StorePage, TokenStore } from "../../stores/token_store.ts";
import type { Sql } from "../durable/lazy_sql.ts";

/** KV is given this long for one write, ms; then the copy is made later. Only a tombstone waits for it. */
const LONGEST_COPY_MS = 3_000;
/** A caller waits this long for KV at most, ms. */
const MOMENT_MS = 1_000;

/** What an {@linkcode ObjectStore} needs of its object. */
export interface ObjectStoreHost {
  /** The object's SQLite. */
  readonly sql: Sql;
  /** The copy for readers. */
  readonly kv: TokenStore;
  /** Called with every write, before anything is awaited: puts the copy, and whatever follows, on the agenda. */
  readonly onWrite: () => Promise<void>;
  /** Called when KV has everything. */
  readonly onCopied: () => void;
}

/**
 * The store inside a connection's object: its own record in SQLite, authoritative, and a copy of every write through to
 * KV. What KV refuses is written later by {@linkcode ObjectStore.flush}, which is on the agenda from the moment of the
 * write. Keys of other things (what is known of the Reconnect endpoint) live elsewhere: `kv` knows where.
 */
export class ObjectStore implements TokenStore {
  readonly #host: ObjectStoreHost;
  #flushing: Promise<boolean> | undefined;
  /** Writes to KV whose end is not known, also those given up: they may still land. */
  #pending = 0;

  /** A store in the object of `host`. */
  constructor(host: ObjectStoreHost) {
    this.#host = host;
    host.sql.exec(
      "CREATE TABLE IF NOT EXISTS record (key TEXT PRIMARY KEY, value TEXT, version INTEGER, copied INTEGER)",
    );
  }

  /** The record under `key`. One of its own has a version. */
  async get(key: string): Promise<StoredRecord | undefined> {
    if (isShared(key)) return await this.#host.kv.get(key);
    const row = this.#row(key);
    return row && { ...row.record, version: `${row.version}` };
  }

  /**
   * Writes the record here, then to KV. Resolves once it is durable here, so that what follows a write does not get lost
   * where the object ends while KV is slow. A tombstone waits for KV, which must not go on serving its token.
   * Tells whether `ifVersion` allowed it, which counts for the object's own record only.
   */
  async put(
    key: string,
    { version: _read, ...record }: StoredRecord,
    options: PutOptions = {},
  ): Promise<boolean> {
    const { sql, kv, onWrite } = this.#host;
    if (isShared(key)) return await kv.put(key, record, options);
    const row = this.#row(key);
    const { ifVersion } = options;
    if (ifVersion !== undefined && ifVersion !== (row ? `${row.version}` : null)) return false;
    // A version does not come again, not even after the record was deleted.
    const version = Math.max(Date.now(), (row?.version ?? 0) + 1);
    sql.exec("INSERT OR REPLACE INTO record VALUES (?, ?, ?, 0)", key, JSON.stringify(record), version);
    await onWrite();
    const copying = this.flush().catch(() => false); // it is on the agenda
    if (record.summary.status === "forgotten") await copying;
    return true;
  }

  /** Removes the record here and in KV. */
  async delete(key: string): Promise<void> {
    const { sql, kv } = this.#host;
    if (!isShared(key)) sql.exec("DELETE FROM record WHERE key = ?", key);
    await kv.delete(key);
  }

  /** Every record here: one at most. */
  list(): Promise<StorePage> {
    const rows = this.#host.sql.exec("SELECT key FROM record").toArray();
    const entries = rows.flatMap(({ key }) => {
      const row = this.#row(String(key));
      return row ? [{ key: String(key), summary: row.record.summary }] : [];
    });
    return Promise.resolve({ entries });
  }

  /** Shows the connection as broken in lists, without touching its tokens. */
  async showBroken(key: string): Promise<void> {
    const row = this.#row(key);
    if (!row || row.record.summary.status !== "connected") return;
    await this.put(key, { ...row.record, summary: { ...row.record.summary, status: "broken" } });
  }

  /** Waits a moment for the copy under way: a caller who is answered then finds in KV what was done for him. */
  async settled(): Promise<void> {
    if (this.#flushing) await isDoneInTime(this.#flushing, MOMENT_MS);
  }

  /** Copies to KV what it lacks; tells whether it has everything. One copy is under way at a time. */
  async flush(): Promise<boolean> {
    while (this.#flushing) await this.#flushing;
    this.#flushing = this.#copy();
    try {
      return await this.#flushing;
    } finally {
      this.#flushing = undefined;
    }
  }

  async #copy(): Promise<boolean> {
    const { sql, kv, onCopied } = this.#host;
    for (const { key } of sql.exec("SELECT key FROM record WHERE copied = 0").toArray()) {
      const row = this.#row(String(key));
      if (!row) continue;
      // A former write may land after this one. Until it ended nothing counts as copied, and the agenda writes again; it
      // also does where the object is evicted meanwhile and forgets the former write.
      const isAlone = this.#pending++ === 0;
      const write = kv.put(String(key), row.record).finally(() => this.#pending--);
      if (!await isDoneInTime(write, LONGEST_COPY_MS) || !isAlone) return false;
      sql.exec("UPDATE record SET copied = 1 WHERE key = ? AND version = ?", key, row.version);
    }
    const isWhole = sql.exec("SELECT 1 FROM record WHERE copied = 0").toArray().length === 0;
    if (isWhole) onCopied();
    return isWhole;
  }

  #row(key: string): { readonly record: StoredRecord; readonly version: number } | undefined {
    const [row] = this.#host.sql.exec("SELECT value, version FROM record WHERE key = ?", key).toArray();
    return row && { record: JSON.parse(String(row.value)), version: Number(row.version) };
  }
}

/** Whether `work` ends well, and within `ms`. What it throws is KV's trouble of the moment: the copy is made later. */
async function isDoneInTime(work: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  try {
    return await Promise.race([work.then(() => true, () => false), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether `key` is about the app and not about one connection. */
function isShared(key: string): boolean {
  return key.startsWith("app/");
}
