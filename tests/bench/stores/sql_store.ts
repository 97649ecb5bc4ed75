import { DatabaseSync } from "node:sqlite";
// @ts-types="@types/pg"
import pg from "pg";
import { SqlStore, type SqlStoreOptions } from "../../../src/stores/sql_store.ts";
import { startPostgres } from "../../stores/servers/postgres.ts";
import { unmeasured } from "../row.ts";
import type { Row } from "../section.ts";
import { askedBy, type Sent } from "./asked_by.ts";
import { livingOn } from "./living_on.ts";

/** So many times the bare query. */
const GOAL = 1.3;

/** SqlStore on SQLite and on Postgres, each by the driver that most people have. */
export async function sqlStore(): Promise<Row[]> {
  return [...await onSqlite(), ...await onPostgres()];
}

async function onSqlite(): Promise<Row[]> {
  const folder = await Deno.makeTempDir({ prefix: "highlevel-bench-" });
  const database = new DatabaseSync(`${folder}/bench.sqlite`);
  try {
    database.exec("pragma journal_mode = wal");
    const query: SqlStoreOptions["query"] = (text, values) => database.prepare(text).all(...values);
    return await measured("SqlStore on SQLite", { query, dialect: "sqlite" }, "node:sqlite");
  } finally {
    database.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function onPostgres(): Promise<Row[]> {
  const what = "SqlStore on Postgres";
  const server = await startPostgres();
  if (!server) return [unmeasured(what, "there is no Postgres on this machine")];
  const pool = new pg.Pool({ connectionString: server.url, max: 4 });
  try {
    const query: SqlStoreOptions["query"] = async (text, values) => (await pool.query(text, values)).rows;
    return await measured(what, { query, dialect: "postgres" }, "pg");
  } finally {
    await pool.end();
    await server.stop();
  }
}

async function measured(what: string, options: SqlStoreOptions, driver: string): Promise<Row[]> {
  const { query } = options;
  const sent: Sent = { asked: 0, given: 0 };
  const counted = new SqlStore({
    ...options,
    query: async (text, values) => {
      sent.asked++;
      const rows = await query(text, values);
      sent.given += rows.length;
      return rows;
    },
  });
  await counted.migrate();
  let read = "";
  const shown = new SqlStore({ ...options, query: (text, values) => query(read = text, values) });
  await shown.get("any");
  return [
    await livingOn({
      what,
      store: new SqlStore(options),
      against: `the bare query by ${driver}`,
      again: async (key) => await query(read, [key, Date.now()]),
      goal: GOAL,
    }),
    ...await askedBy(what, { store: counted, sent, each: "statements" }),
  ];
}
