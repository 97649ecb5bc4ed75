import { DatabaseSync } from "node:sqlite";

/** An object's SQLite, in memory, with `tables`. */
export function objectSqlite(tables: readonly string[]): {
  readonly exec: (query: string, ...values: readonly (string | number | null)[]) => {
    toArray(): Record<string, unknown>[];
  };
} {
  const database = new DatabaseSync(":memory:");
  for (const table of tables) database.exec(table);
  return {
    exec: (query, ...values) => {
      const rows = database.prepare(query).all(...values);
      return { toArray: () => rows.map((row) => ({ ...row })) };
    },
  };
}
