import type { Sql } from "./lazy_sql.ts";

/** Named texts in an object's SQLite. */
export class KeyValues {
  readonly #sql: Sql;

  /** KeyValues in `sql`. */
  constructor(sql: Sql) {
    this.#sql = sql;
    this.createTable();
  }

  /** Makes the table where it is missing: at first, and after everything was deleted. */
  createTable(): void {
    this.#sql.exec("CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT)");
  }

  /** The text under `name`. */
  get(name: string): string | undefined {
    const [row] = this.#sql.exec("SELECT value FROM facts WHERE name = ?", name).toArray();
    return row && String(row.value);
  }

  /** The number under `name`, 0 where there is none. */
  number(name: string): number {
    return Number(this.get(name) ?? 0);
  }

  /** Sets or, with `undefined`, removes the text under `name`. */
  set(name: string, value: string | number | undefined): void {
    if (value === undefined) this.#sql.exec("DELETE FROM facts WHERE name = ?", name);
    else this.#sql.exec("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, String(value));
  }

  /** Adds to the number under `name` and returns the sum. */
  add(name: string, amount: number): number {
    const sum = this.number(name) + amount;
    this.set(name, sum);
    return sum;
  }
}
