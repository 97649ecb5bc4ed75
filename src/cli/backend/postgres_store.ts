// @ts-types="npm:@types/pg@8.23.1"
import pg from "npm:pg@8.23.1";
import { SqlStore, type SqlValue } from "../../stores/sql_store.ts";
import type { OpenedStore } from "./sqlite_file.ts";

/** Opens the tables in the Postgres at `url`, and makes them where they are missing. `PGPASSWORD` keeps a password out of the flag. */
export async function openPostgres(url: string, leaseMs: number): Promise<OpenedStore> {
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  pool.on("error", () => {}); // an idle connection was cut: the pool opens another
  const query = async (text: string, values: SqlValue[]) => (await pool.query(text, values)).rows;
  const store = new SqlStore({ query, dialect: "postgres", leaseMs });
  try {
    await store.migrate();
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { store, close: () => void pool.end() };
}
