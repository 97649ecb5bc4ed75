import { createClient } from "@libsql/client";
import { sqlContract } from "./sql_contract.ts";

const folder = await Deno.makeTempDir();
Deno.test.afterAll(() => Deno.remove(folder, { recursive: true }));

const connect = async () => {
  const client = createClient({ url: `file:${folder}/libsql.db` });
  await client.execute("pragma busy_timeout = 5000");
  return {
    query: async (sql: string, args: (string | number | null)[]) =>
      (await client.execute({ sql, args })).rows,
    end: () => client.close(),
  };
};
sqlContract("SqlStore by @libsql/client", connect, { dialect: "sqlite" });
