import { createClient } from "@libsql/client";
import { sqlContract } from "./sql_contract.ts";

const folder = await Deno.makeTempDir();
Deno.test.afterAll(() => Deno.remove(folder, { recursive: true }));

const connect = async () => {
  const client = createClient({ url: `file:${folder}/libsql.db`, timeout: 5_000 });
  await client.execute("pragma journal_mode = wal");
  return {
    query: async (sql: string, args: (string | number | null)[]) =>
      (await client.execute({ sql, args })).rows,
    end: () => client.close(),
  };
};
sqlContract("SqlStore by @libsql/client", connect, { dialect: "sqlite" });
