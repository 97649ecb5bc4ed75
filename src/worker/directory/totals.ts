import type { DirectorySql } from "./directory_sql.ts";

/** What is summed up from the directory's first day on. */
export type TotalName = "changes" | "refreshes" | "failures" | "answers";

/** One sum. */
export interface Total {
  /** Of what. */
  readonly name: TotalName;
  /** Which of them: a type of change, a code, a status; `""` where there is one. */
  readonly label: string;
  /** How many. */
  readonly n: number;
}

/** The table of {@linkcode Totals}, and the index that counts jobs by status. */
export const TOTALS_TABLES: readonly string[] = [
  "CREATE TABLE totals (name TEXT, label TEXT, n INTEGER NOT NULL, PRIMARY KEY (name, label)) WITHOUT ROWID",
  "CREATE INDEX jobsByStatus ON jobs (progress ->> 'status')",
];

/** Sums in the directory's SQLite, which only grow: a row each. */
export class Totals {
  readonly #sql: DirectorySql;

  /** Those in `sql`, which has {@linkcode TOTALS_TABLES}. */
  constructor(sql: DirectorySql) {
    this.#sql = sql;
  }

  /** Adds `n`. */
  add(name: TotalName, label: string, n: number): void {
    if (n === 0) return;
    this.#sql.exec(
      "INSERT INTO totals VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
      name,
      label,
      n,
    );
  }

  /** Adds how often each of `labels` is there: one write for each that differs. */
  addEach(name: TotalName, labels: readonly string[]): void {
    for (const [label, same] of Map.groupBy(labels, (label) => label)) this.add(name, label, same.length);
  }
}
