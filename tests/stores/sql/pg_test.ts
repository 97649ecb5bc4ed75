// @ts-types="@types/pg"
import pg from "pg";
import { startPgBouncer } from "../servers/pgbouncer.ts";
import { startPostgres } from "../servers/postgres.ts";
import { sqlContract } from "./sql_contract.ts";

const server = await startPostgres();
const bouncer = server && await startPgBouncer(server);
Deno.test.afterAll(async () => {
  await bouncer?.stop();
  await server?.stop();
});

for (const [name, url] of [["pg", server?.url], ["pg through PgBouncer", bouncer?.url]] as const) {
  const connect = () => {
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    return Promise.resolve({
      query: async (text: string, values: unknown[]) => (await pool.query(text, values)).rows,
      end: () => pool.end(),
    });
  };
  sqlContract(`SqlStore by ${name}`, connect, { dialect: "postgres", ignore: url === undefined });
}
