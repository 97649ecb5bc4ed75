import type { Sql } from "./object_sql.ts";

/** The table of {@linkcode KeyValues}, for an object's schema. */
export const KEY_VALUES_TABLE =
  "CREATE TABLE key_values (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID";

/** Texts in an object's SQLite, under names that are known to the compiler. */
export class KeyValues<Name extends string> {
  readonly #sql: Sql;

  /** Those in `sql`. */
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The text under `name`. */
  get(name: Name): string | undefined {
    const [row] = this.#sql.exec("SELECT value FROM key_values WHERE name = ?", name).toArray();
    return row && String(row.value);
  }

  /** The number under `name`, 0 where there is none. */
  number(name: Name): number {
    return Number(this.get(name) ?? 0);
  }

  /** Sets or, with `undefined`, removes the text under `name`. What stands there already is not written again. */
  set(name: Name, value: string | number | undefined): void {
    const text = value === undefined ? undefined : String(value);
    if (text === this.get(name)) return;
    if (text === undefined) this.#sql.exec("DELETE FROM key_values WHERE name = ?", name);
    else {
      this.#sql.exec(
        "INSERT INTO key_values VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        text,
      );
    }
  }
}
