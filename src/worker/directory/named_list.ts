import type { ConnectionTarget } from "../../oauth/mod.ts";
import { kindIn, targetOf } from "../kind_and_id.ts";
import type { RowKey } from "./connection_rows.ts";
import type { DirectoryRows, DirectorySql } from "./directory_sql.ts";

/**
 * The lists: refresh tokens that end, what HighLevel does not list, what is overdue, and of what of that people were told; and whose
 * name is to be asked for.
 */
export type ListName = "ending" | "unlisted" | "overdue" | "overdue_told" | "nameless";

/** Connections that people are told of once a sweep has ended, in the directory's SQLite. */
export class NamedList {
  readonly #sql: DirectorySql;
  readonly #name: ListName;

  /** The list `name` in `sql`. */
  constructor(sql: DirectorySql, name: ListName) {
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
    return targetsIn(this.#sql.exec("SELECT kind, id FROM named WHERE list = ? LIMIT ?", this.#name, limit));
  }

  /** Those that are not in `other`: how many, and the first `limit`. */
  beside(other: NamedList, limit: number): { readonly count: number; readonly first: ConnectionTarget[] } {
    const rest =
      "SELECT kind, id FROM named WHERE list = ?1 EXCEPT SELECT kind, id FROM named WHERE list = ?2";
    const [row] = this.#sql.exec(`SELECT count(*) AS n FROM (${rest})`, this.#name, other.#name).toArray();
    const first = this.#sql.exec(`${rest} LIMIT ?3`, this.#name, other.#name, limit);
    return { count: Number(row?.n), first: targetsIn(first) };
  }

  /** Becomes what `other` is, which is empty then. */
  take(other: NamedList): void {
    this.clear();
    this.#sql.exec("UPDATE named SET list = ? WHERE list = ?", this.#name, other.#name);
  }

  /** Empties it. */
  clear(): void {
    this.#sql.exec("DELETE FROM named WHERE list = ?", this.#name);
  }
}

function targetsIn(rows: DirectoryRows): ConnectionTarget[] {
  return rows.toArray().map(({ kind, id }) => targetOf({ kind: kindIn(kind), id: String(id) }));
}
