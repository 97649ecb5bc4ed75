import type { HistoryEntry } from "./connection_api.ts";
import type { Sql } from "../durable/object_sql.ts";

/** Entries kept. */
export const HISTORY_ENTRIES = 50;

/** A connection's last events, in its object's SQLite: a ring, so that an entry costs one row. */
export class History {
  readonly #sql: Sql;

  /** That in `sql`. */
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Adds an entry in the place of the oldest one. */
  add(entry: HistoryEntry): void {
    const [last] = this.#sql.exec("SELECT MAX(seq) AS seq FROM history").toArray();
    const seq = Number(last?.seq ?? 0) + 1;
    this.#sql.exec(
      `INSERT INTO history VALUES (?, ?, ?) ON CONFLICT (slot)
       DO UPDATE SET seq = excluded.seq, entry = excluded.entry`,
      seq % HISTORY_ENTRIES,
      seq,
      JSON.stringify(entry),
    );
  }

  /** Every entry kept, newest first. */
  entries(): HistoryEntry[] {
    return this.#sql.exec("SELECT entry FROM history ORDER BY seq DESC").toArray()
      .map(({ entry }) => JSON.parse(String(entry)));
  }
}
