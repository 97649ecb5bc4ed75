import { neon, neonConfig } from "@neondatabase/serverless";
import type { SqlValue } from "../../../src/stores/sql_store.ts";
import { startNeon } from "../servers/neon.ts";
import { startPostgres } from "../servers/postgres.ts";
import { sqlContract } from "./sql_contract.ts";

const server = await startPostgres();
const stand = server && startNeon(server);
Deno.test.afterAll(async () => {
  await stand?.stop();
  await server?.stop();
});
neonConfig.fetchEndpoint = stand?.endpoint ?? "";

const connect = () => {
  const sql = neon("postgres://user:password@ep-stand-in.neon.example/postgres");
  return Promise.resolve({
    query: (text: string, values: SqlValue[]) => sql.query(text, values),
    end: () => {},
  });
};
sqlContract("SqlStore by Neon's HTTP driver", connect, { dialect: "postgres", ignore: stand === undefined });
