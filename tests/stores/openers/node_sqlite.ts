import { DatabaseSync } from "node:sqlite";
import { SqlStore, type SqlValue } from "../../../src/stores/sql_store.ts";
import type { OpenedStore } from "./opened_store.ts";

/** A SqlStore in the SQLite file `at`. */
export async function open(at: string, leaseMs: number): Promise<OpenedStore> {
  const database = new DatabaseSync(at, { timeout: 5_000 });
  database.exec("pragma journal_mode = wal; pragma synchronous = full");
  const query = (text: string, values: SqlValue[]) => database.prepare(text).all(...values);
  const store = new SqlStore({ query, dialect: "sqlite", leaseMs });
  await store.migrate();
  return { store, close: () => database.close() };
}
