import { defined } from "../../oauth/host.ts";
import { kindIn } from "../kind_and_id.ts";
import { textIn } from "../durable/cells.ts";
import type { RowKey } from "./connection_rows.ts";
import type { DirectorySql } from "./directory_sql.ts";

/**
 * What a sweep found to be done with one connection, one call each.
 *
 * - `"read"`: its key has lost its metadata; the value tells. `"look"`: its object knows what KV does not tell.
 * - `"wake"`: its object is to look after it. `"install"`: HighLevel lists it, and nobody here knows it.
 * - `"erase"`: its tombstone goes from KV. `"name"`: its object notes the name that a list told, else asks for it.
 */
export const TODOS = ["read", "look", "wake", "install", "erase", "name"] as const;

/** One of {@linkcode TODOS}. */
export type Todo = (typeof TODOS)[number];

/** Something to be done with one connection. */
export interface TodoItem {
  /** What. */
  readonly what: Todo;
  /** Which connection. */
  readonly key: RowKey;
  /** Its agency, of what is to be installed. */
  readonly companyId?: string;
  /** Its name, as a list told it. */
  readonly name?: string;
}

/** What sweeps found to be done, in the directory's SQLite. */
export class TodoList {
  readonly #sql: DirectorySql;

  /** A list in `sql`. */
  constructor(sql: DirectorySql) {
    this.#sql = sql;
  }

  /** Adds `what` for a connection; once is enough. */
  add(what: Todo, { kind, id }: RowKey, told: Pick<TodoItem, "companyId" | "name"> = {}): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO todo (kind, id, what, companyId, name) VALUES (?, ?, ?, ?, ?)",
      kind,
      id,
      what,
      told.companyId ?? null,
      told.name ?? null,
    );
  }

  /** Adds the names of the list `nameless`, which is empty then. */
  addNames(): void {
    this.#sql.exec(
      "INSERT OR IGNORE INTO todo (kind, id, what) SELECT kind, id, 'name' FROM named WHERE list = 'nameless'",
    );
    this.#sql.exec("DELETE FROM named WHERE list = 'nameless'");
  }

  /** The first `limit` items. */
  first(limit: number): TodoItem[] {
    return this.#sql.exec("SELECT kind, id, what, companyId, name FROM todo LIMIT ?", limit).toArray()
      .flatMap(
        (row) => {
          const what = TODOS.find((known) => known === row.what);
          const told = defined({ companyId: textIn(row.companyId), name: textIn(row.name) });
          return what ? [{ what, key: { kind: kindIn(row.kind), id: String(row.id) }, ...told }] : [];
        },
      );
  }

  /** Takes an item off. */
  done({ what, key: { kind, id } }: TodoItem): void {
    this.#sql.exec("DELETE FROM todo WHERE kind = ? AND id = ? AND what = ?", kind, id, what);
  }
}
