import type { StoredRecord, TokenStore } from "../../stores/mod.ts";
import type { DirectorySql } from "./directory_sql.ts";

/** The methods of the directory for notes that all objects of an app share, as that HighLevel removed an endpoint. */
export interface SharedNotesApi {
  /** The note under `key`; `undefined` where there is none, or its time is over. */
  note(key: string): Promise<StoredRecord | undefined>;
  /** Writes the note under `key`. */
  putNote(key: string, record: StoredRecord): Promise<void>;
  /** Removes the note under `key`. */
  dropNote(key: string): Promise<void>;
}

/** The table of {@linkcode SharedNotes}. */
export const NOTES_TABLE =
  "CREATE TABLE notes (key TEXT PRIMARY KEY, value TEXT NOT NULL, dropAt INTEGER) WITHOUT ROWID";

/** Notes in the directory's SQLite. One object has them, so that what one connection found out all others know at once. */
export class SharedNotes {
  readonly #sql: DirectorySql;

  /** Over `sql`, which has the table {@linkcode NOTES_TABLE}. */
  constructor(sql: DirectorySql) {
    this.#sql = sql;
  }

  /** See {@linkcode SharedNotesApi.note}. */
  get(key: string, now: number): StoredRecord | undefined {
    const [row] = this.#sql.exec(
      "SELECT value FROM notes WHERE key = ? AND (dropAt IS NULL OR dropAt > ?)",
      key,
      now,
    ).toArray();
    return row && JSON.parse(String(row.value));
  }

  /** Whether there is a note under `key`, were its time over. */
  has(key: string): boolean {
    return this.#sql.exec("SELECT 1 FROM notes WHERE key = ?", key).toArray().length > 0;
  }

  /** See {@linkcode SharedNotesApi.putNote}. */
  put(key: string, { version: _, ...record }: StoredRecord): void {
    const value = JSON.stringify(record);
    this.#sql.exec("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", key, value, record.dropAt ?? null);
  }

  /** See {@linkcode SharedNotesApi.dropNote}. */
  drop(key: string): void {
    this.#sql.exec("DELETE FROM notes WHERE key = ?", key);
  }
}

/**
 * `store` for connections, with the notes of the app in the directory: KV answers for a minute and longer that a key does not
 * exist which was written meanwhile, so that each of many connections would find out by itself.
 */
export function withSharedNotes(store: TokenStore, notes: () => SharedNotesApi): TokenStore {
  return {
    get: (key) => isNote(key) ? notes().note(key) : store.get(key),
    put: async (key, record, options) => {
      if (!isNote(key)) return await store.put(key, record, options);
      await notes().putNote(key, record);
      return true;
    },
    delete: (key) => isNote(key) ? notes().dropNote(key) : store.delete(key),
    list: (options) => store.list(options),
  };
}

/** Whether `key` is about the app and not about one connection. */
function isNote(key: string): boolean {
  return key.startsWith("app/");
}
