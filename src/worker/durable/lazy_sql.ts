/** What objects use of their SQLite. */
export type Sql = Pick<SqlStorage, "exec">;

/**
 * An object's SQLite whose tables are made by its first write: an object that was only looked at keeps nothing, so that
 * asking for ids that do not exist fills no storage. Until then every table is empty.
 */
export class LazySql implements Sql {
  readonly #sql: SqlStorage;
  /** Statements that make the tables. */
  readonly #tables: string[] = [];

  /** Over `sql`. */
  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** As `SqlStorage` does it. */
  exec<T extends Record<string, SqlStorageValue>>(
    query: string,
    ...values: readonly SqlStorageValue[]
  ): SqlStorageCursor<T> {
    if (query.startsWith("CREATE")) {
      this.#tables.push(query);
    } else if (query.startsWith("SELECT")) {
      try {
        return this.#sql.exec(query, ...values);
      } catch (error) {
        if (!/no such table/.test(String(error))) throw error;
      }
    } else {
      for (const table of this.#tables) this.#sql.exec(table);
      this.#tables.length = 0;
      return this.#sql.exec(query, ...values);
    }
    return this.#sql.exec("SELECT 1 WHERE 0");
  }
}
