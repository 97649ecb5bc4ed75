import { DatabaseSync } from "node:sqlite";
import type { ListedRow } from "../../../src/worker/directory/directory_api.ts";
import type { DirectorySql } from "../../../src/worker/directory/directory_sql.ts";
import { migrate } from "../../../src/worker/directory/schema.ts";

/** A directory's SQLite in memory, with its tables. */
export function directoryDatabase(): DirectorySql {
  const sql = emptyDatabase();
  migrate(sql);
  sql.exec("BEGIN"); // as an object has it: nothing is written until a turn ends
  return sql;
}

/** A SQLite in memory. */
export function emptyDatabase(): DirectorySql {
  const database = new DatabaseSync(":memory:");
  const statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  return {
    exec: (query, ...values) => {
      const statement = statements.get(query) ?? database.prepare(query);
      if (/^\s*(SELECT|INSERT|UPDATE|DELETE)/.test(query)) statements.set(query, statement);
      const rows = statement.all(...values);
      return { toArray: () => rows };
    },
  };
}

/** A connected location's row. */
export function rowOf(id: string, row: Partial<ListedRow> = {}): ListedRow {
  return { kind: "location", id, status: "connected", since: 1_000, updatedAt: 0, ...row };
}
