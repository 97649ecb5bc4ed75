/** A value in a row. */
export type SqlValue = string | number | null;

/** What is used of the directory's SQLite. */
export interface DirectorySql {
  /** Runs one statement. */
  exec(query: string, ...values: readonly SqlValue[]): DirectoryRows;
}

/** What is used of a statement's result. */
export interface DirectoryRows {
  /** Every row. */
  toArray(): Record<string, unknown>[];
}
