import postgres from "postgres";
import { SqlStore, type SqlValue } from "../../../src/stores/sql_store.ts";
import type { OpenedStore } from "./opened_store.ts";

/** A SqlStore in the Postgres `at`. */
export async function open(at: string, leaseMs: number): Promise<OpenedStore> {
  const sql = postgres(at, { max: 4, onnotice: () => {} });
  const query = (text: string, values: SqlValue[]) => sql.unsafe(text, values);
  const store = new SqlStore({ query, dialect: "postgres", leaseMs });
  await store.migrate();
  return { store, close: () => sql.end() };
}
