// The connections of this service, in Postgres: every process and the cron job share them, and none of them refreshes what another
// one does. Nobody but this service ever sees a token. Node 22 or later; `.env` has DATABASE_URL, SEALING_KEYS, HIGHLEVEL_CLIENT_ID
// and HIGHLEVEL_CLIENT_SECRET.
import { Connections, sealed, SqlStore } from "@reconnect/highlevel";
import pg from "pg";

const { env } = process;
const pool = new pg.Pool({ connectionString: env.DATABASE_URL }); // the primary, or a pooler before it; never a read replica
pool.on("error", (error) => console.error(error.message)); // an idle connection was cut: the pool opens another

const database = new SqlStore({
  dialect: "postgres",
  query: async (text, values) => (await pool.query(text, values)).rows,
});
await database.migrate(); // or put SqlStore.migrations("postgres") into your migration tool

export const store = sealed(database, { keys: (env.SEALING_KEYS ?? "").split(",") }); // generateSealingKey() makes one

export const connections = new Connections({
  app: {
    clientId: env.HIGHLEVEL_CLIENT_ID,
    clientSecret: env.HIGHLEVEL_CLIENT_SECRET,
    baseUrl: env.HIGHLEVEL_BASE_URL ?? "https://services.leadconnectorhq.com",
  },
  store, // brings the lock that all processes share
  onEvent: ({ type, target, by }) => console.error(type, target.locationId ?? target.companyId, by ?? ""),
});

/** Writes what is in memory only, and lets go of the database: at the end of a process. */
export async function close() {
  await connections.flush();
  await pool.end();
}
