import type { StoredRecord, StorePage, TokenStore } from "../../stores/token_store.ts";

/**
 * The store inside a connection's object: its own record in SQLite, authoritative, and a copy of every write through to
 * KV. What KV refuses is marked and written later by {@linkcode ObjectStore.flush}. Keys of other things (what is known
 * of the Reconnect endpoint) live in KV alone.
 */
export class ObjectStore implements TokenStore {
  readonly #sql: SqlStorage;
  readonly #kv: TokenStore;
  readonly #onBehind: () => Promise<void>;
  #flushing: Promise<boolean> | undefined;

  /** A store over `sql` and `kv`; `onBehind` is called when KV refused a write. */
  constructor(sql: SqlStorage, kv: TokenStore, onBehind: () => Promise<void>) {
    this.#sql = sql;
    this.#kv = kv;
    this.#onBehind = onBehind;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS record (key TEXT PRIMARY KEY, value TEXT, version INTEGER, copied INTEGER)",
    );
  }

  /** The record under `key`. */
  async get(key: string): Promise<StoredRecord | undefined> {
    if (isShared(key)) return await this.#kv.get(key);
    return this.#row(key)?.record;
  }

  /** Writes the record here, then to KV. Resolves once it is durable here. */
  async put(key: string, record: StoredRecord): Promise<void> {
    if (isShared(key)) return await this.#kv.put(key, record);
    const version = (this.#row(key)?.version ?? 0) + 1;
    this.#sql.exec("INSERT OR REPLACE INTO record VALUES (?, ?, ?, 0)", key, JSON.stringify(record), version);
    if (!await this.flush()) await this.#onBehind();
  }

  /** Removes the record here and in KV. */
  async delete(key: string): Promise<void> {
    if (!isShared(key)) this.#sql.exec("DELETE FROM record WHERE key = ?", key);
    await this.#kv.delete(key);
  }

  /** Every record here: one at most. */
  list(): Promise<StorePage> {
    const rows = this.#sql.exec("SELECT key FROM record").toArray();
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
    for (const { key } of this.#sql.exec("SELECT key FROM record WHERE copied = 0").toArray()) {
      const row = this.#row(String(key));
      if (!row) continue;
      try {
        await this.#kv.put(String(key), row.record);
      } catch {
        return false; // KV takes it later
      }
      this.#sql.exec("UPDATE record SET copied = 1 WHERE key = ? AND version = ?", key, row.version);
    }
    return true;
  }

  #row(key: string): { readonly record: StoredRecord; readonly version: number } | undefined {
    const [row] = this.#sql.exec("SELECT value, version FROM record WHERE key = ?", key).toArray();
    return row && { record: JSON.parse(String(row.value)), version: Number(row.version) };
  }
}

/** Whether `key` is about the app and not about one connection. */
function isShared(key: string): boolean {
  return key.startsWith("app/");
}
