import { createClient } from "@libsql/client";
import { SqlStore } from "../../../src/stores/sql_store.ts";
import type { OpenedStore } from "./opened_store.ts";

/** A SqlStore in the SQLite file `at`, by libSQL. */
export async function open(at: string, leaseMs: number): Promise<OpenedStore> {
  const client = createClient({ url: `file:${at}`, timeout: 5_000 });
  await client.execute("pragma journal_mode = wal");
  const store = new SqlStore({
    query: async (sql, args) => (await client.execute({ sql, args })).rows,
    dialect: "sqlite",
    leaseMs,
  });
  await store.migrate();
  return { store, close: () => client.close() };
}
