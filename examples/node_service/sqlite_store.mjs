// A token store of one's own: records in SQLite, which Node brings along (22.13 and later).
// deno-lint-ignore-file require-await -- async, so that what SQLite throws rejects
import { DatabaseSync } from "node:sqlite";

/** @implements {import("@reconnect/highlevel").TokenStore} */
export class SqliteStore {
  #database;
  #now;

  /** `path` is a file, or ":memory:"; `now` is the clock, ms since the epoch. */
  constructor(path, now = Date.now) {
    this.#now = now;
    this.#database = new DatabaseSync(path);
    this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000");
    this.#database.exec(
      "CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, dropAt REAL, record TEXT)",
    );
  }

  async get(key) {
    const row = this.#database
      .prepare("SELECT record FROM records WHERE key = ? AND dropAt > ?")
      .get(key, this.#now());
    return row && JSON.parse(String(row.record));
  }

  async put(key, read) {
    const { version: _, ...record } = read; // a version is another store's: this one compares none
    this.#database
      .prepare("INSERT OR REPLACE INTO records VALUES (?, ?, ?)")
      .run(key, record.dropAt ?? Infinity, JSON.stringify(record));
    return true;
  }

  async delete(key) {
    this.#database.prepare("DELETE FROM records WHERE key = ?").run(key);
  }

  async list({ prefix = "", limit = 100, cursor = "", status, dueBefore } = {}) {
    if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
      throw new TypeError("limit must be 1 to 1,000");
    }
    const rows = this.#database
      .prepare(
        "SELECT key, record FROM records WHERE key > ? AND substr(key, 1, ?) = ? AND dropAt > ? ORDER BY key LIMIT ?",
      )
      .all(cursor, prefix.length, prefix, this.#now(), limit + 1);
    const page = rows.slice(0, limit).map(({ key, record }) => ({
      key: String(key),
      summary: JSON.parse(String(record)).summary,
    }));
    // A page may be short: the cursor is that of the last record looked at.
    const entries = page.filter(({ summary }) =>
      (status === undefined || summary.status === status) &&
      (dueBefore === undefined || summary.dueAt < dueBefore)
    );
    return rows.length > limit ? { entries, cursor: page[limit - 1].key } : { entries };
  }
}
