import postgres from "postgres";
import { startPgBouncer } from "../servers/pgbouncer.ts";
import { startPostgres } from "../servers/postgres.ts";
import { sqlContract } from "./sql_contract.ts";

// Some hosts make this the default: then any statement may be refused because of another one.
const server = await startPostgres("-c default_transaction_isolation=serializable");
const bouncer = server && await startPgBouncer(server);
Deno.test.afterAll(async () => {
  await bouncer?.stop();
  await server?.stop();
});

// `prepare: false` is what Supabase and Neon ask for with their poolers, which work as PgBouncer does.
const WAYS = [
  ["postgres on a serializable server", server?.url, {}],
  ["postgres through PgBouncer", bouncer?.url, {}],
  ["postgres through PgBouncer, as Supabase tells to", bouncer?.url, { prepare: false }],
] as const;

for (const [name, url, options] of WAYS) {
  const connect = () => {
    const sql = postgres(url ?? "", { ...options, max: 4, onnotice: () => {} });
    return Promise.resolve({
      query: (text: string, values: (string | number | null)[]) => sql.unsafe(text, values),
      end: () => sql.end(),
    });
  };
  sqlContract(`SqlStore by ${name}`, connect, { dialect: "postgres", ignore: url === undefined });
}
