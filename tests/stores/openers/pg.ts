// @ts-types="@types/pg"
import pg from "pg";
import { SqlStore, type SqlValue } from "../../../src/stores/sql_store.ts";
import type { OpenedStore } from "./opened_store.ts";

/** A SqlStore in the Postgres `at`. */
export async function open(at: string, leaseMs: number): Promise<OpenedStore> {
  const pool = new pg.Pool({ connectionString: at, max: 4 });
  pool.on("error", () => {}); // an idle connection was cut: the pool opens another
  const query = async (text: string, values: SqlValue[]) => (await pool.query(text, values)).rows;
  const store = new SqlStore({ query, dialect: "postgres", leaseMs });
  await store.migrate();
  return { store, close: () => pool.end() };
}
