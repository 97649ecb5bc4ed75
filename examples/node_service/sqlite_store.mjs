// deno-lint-ignore-file require-await -- async, so that what SQLite throws rejects
// A token store of one's own: records in SQLite, which Node brings along (22.13 and later).
import { DatabaseSync } from "node:sqlite";

/** @implements {import("@reconnect/highlevel").TokenStore} */
export class SqliteStore {
  #database;

  /** @param {string} path a file, or ":memory:" */
  constructor(path) {
    this.#database = new DatabaseSync(path);
    this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000");
    this.#database.exec(
      "CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, record TEXT) WITHOUT ROWID",
    );
  }

  async get(key) {
    const row = this.#database.prepare("SELECT record FROM records WHERE key = ?").get(key);
    return row && JSON.parse(row.record);
  }

  async put(key, record) {
    this.#database.prepare("INSERT OR REPLACE INTO records VALUES (?, ?)").run(key, JSON.stringify(record));
  }

  async delete(key) {
    this.#database.prepare("DELETE FROM records WHERE key = ?").run(key);
  }

  async list({ prefix = "", limit = 100, cursor = "" } = {}) {
    const rows = this.#database
      .prepare(
        "SELECT key, record FROM records WHERE key > ? AND substr(key, 1, length(?2)) = ?2 ORDER BY key LIMIT ?",
      )
      .all(cursor, prefix, limit + 1);
    const entries = rows.slice(0, limit).map(({ key, record }) => ({
      key,
      summary: JSON.parse(record).summary,
    }));
    return rows.length > limit ? { entries, cursor: entries.at(-1).key } : { entries };
  }
}
