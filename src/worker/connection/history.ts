import type { HistoryEntry } from "./connection_api.ts";
import type { Sql } from "../durable/object_sql.ts";
import { NO_TALLY, type Tally, tallyWith } from "./tally.ts";

/** Entries kept. */
export const HISTORY_ENTRIES = 50;

/** An entry as it is kept: with the sums up to it, which so cost no row of their own. */
interface KeptEntry extends HistoryEntry {
  readonly tally?: Tally;
}

/** A connection's last events, in its object's SQLite: a ring, so that an entry costs one row. */
export class History {
  readonly #sql: Sql;

  /** That in `sql`. */
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** How often things happened in all, also what is not among the entries any more. */
  get tally(): Tally {
    return this.#newest()?.entry.tally ?? NO_TALLY;
  }

  /** Adds an entry in the place of the oldest one. */
  add(entry: HistoryEntry): void {
    const newest = this.#newest();
    const seq = (newest?.seq ?? 0) + 1;
    const kept: KeptEntry = { ...entry, tally: tallyWith(newest?.entry.tally ?? NO_TALLY, entry) };
    this.#sql.exec(
      `INSERT INTO history VALUES (?, ?, ?) ON CONFLICT (slot)
       DO UPDATE SET seq = excluded.seq, entry = excluded.entry`,
      seq % HISTORY_ENTRIES,
      seq,
      JSON.stringify(kept),
    );
  }

  /** Every entry kept, newest first. */
  entries(): HistoryEntry[] {
    return this.#sql.exec("SELECT entry FROM history ORDER BY seq DESC").toArray().map(({ entry }) => {
      const { tally: _, ...told }: KeptEntry = JSON.parse(String(entry));
      return told;
    });
  }

  #newest(): { readonly seq: number; readonly entry: KeptEntry } | undefined {
    const [row] = this.#sql.exec("SELECT seq, entry FROM history ORDER BY seq DESC LIMIT 1").toArray();
    return row && { seq: Number(row.seq), entry: JSON.parse(String(row.entry)) };
  }
}
