import type { ConnectionTarget } from "../../oauth/mod.ts";
import { targetOf } from "../kind_and_id.ts";
import type { RowKey } from "./connection_rows.ts";
import type { DirectorySql } from "./directory_sql.ts";

/** Connections that people are told of once a sweep has ended, in the directory's SQLite. */
export class NamedList {
  readonly #sql: DirectorySql;
  readonly #name: "ending" | "unlisted";

  /** The list `name` in `sql`. */
  constructor(sql: DirectorySql, name: "ending" | "unlisted") {
    this.#sql = sql;
    this.#name = name;
  }

  /** Adds a connection; once is enough. */
  add({ kind, id }: RowKey): void {
    this.#sql.exec("INSERT OR IGNORE INTO named VALUES (?, ?, ?)", this.#name, kind, id);
  }

  /** How many there are. */
  count(): number {
    const [row] = this.#sql.exec("SELECT count(*) AS n FROM named WHERE list = ?", this.#name).toArray();
    return Number(row?.n);
  }

  /** The first `limit`. */
  first(limit: number): ConnectionTarget[] {
    const rows = this.#sql.exec("SELECT kind, id FROM named WHERE list = ? LIMIT ?", this.#name, limit);
    return rows.toArray().map(({ kind, id }) =>
      targetOf({ kind: kind === "company" ? kind : "location", id: String(id) })
    );
  }

  /** Empties it. */
  clear(): void {
    this.#sql.exec("DELETE FROM named WHERE list = ?", this.#name);
  }
}
