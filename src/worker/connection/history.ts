import type { HistoryEntry } from "./connection_api.ts";
import type { Sql } from "../durable/lazy_sql.ts";

/** Entries kept. */
const KEPT = 50;

/** A connection's last events, in its object's SQLite. */
export class History {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS history (id INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT)");
  }

  /** Adds an entry and drops what is too old to keep. */
  add(entry: HistoryEntry): void {
    this.#sql.exec("INSERT INTO history (entry) VALUES (?)", JSON.stringify(entry));
    this.#sql.exec("DELETE FROM history WHERE id <= (SELECT MAX(id) FROM history) - ?", KEPT);
  }

  /** Every entry kept, newest first. */
  entries(): HistoryEntry[] {
    return this.#sql.exec("SELECT entry FROM history ORDER BY id DESC").toArray()
      .map(({ entry }) => JSON.parse(String(entry)));
  }
}
