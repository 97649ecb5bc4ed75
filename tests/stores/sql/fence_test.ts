import assert from "node:assert/strict";
// @ts-types="@types/pg"
import pg from "pg";
import { SqlStore, type SqlValue } from "../../../src/stores/sql_store.ts";
import { recordOf } from "../../../src/testing/promises_of.ts";
import { startPostgres } from "../servers/postgres.ts";
import { until } from "../../until.ts";

const server = await startPostgres();
Deno.test.afterAll(() => server?.stop());

Deno.test({
  name:
    "a write that Postgres is still at when the next holder comes keeps him waiting, and is not what stands at last",
  ignore: server === undefined,
  fn: async () => {
    const pool = new pg.Pool({ connectionString: server?.url, max: 5 });
    const query = async (text: string, values: SqlValue[]) => (await pool.query(text, values)).rows;
    const store = new SqlStore({ query, dialect: "postgres" });
    await store.migrate();
    await store.put("k", recordOf("first"));
    // A late write stands still between its look at the lease and the row that it writes.
    await pool.query(`create function stand_still() returns trigger language plpgsql as $$
      begin if new.body = 'late' then perform pg_advisory_xact_lock(7); end if; return new; end $$`);
    await pool.query(
      "create trigger stand_still before insert on highlevel_records for each row execute function stand_still()",
    );
    const gate = await pool.connect();
    await gate.query("select pg_advisory_lock(7)");
    const waiting = async (): Promise<number> => {
      const { rows } = await pool.query(
        "select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'",
      );
      return Number(rows[0].n);
    };

    const fence = await store.lock("k", (fence) => Promise.resolve(fence));
    const late = store.put("k", recordOf("late"), { fence });
    await until(async () => await waiting() === 1, "the late write stands still");
    let hasNext = false;
    const next = store.lock("k", async (fence) => {
      hasNext = true;
      return await store.put("k", recordOf("next"), { fence });
    });
    await until(async () => hasNext || await waiting() === 2, "the next holder waits, or has come");
    assert.equal(hasNext, false, "the lease is held as long as the write looks at it");

    await gate.query("select pg_advisory_unlock(7)");
    gate.release();
    assert.deepEqual([await late, await next], [true, true]);
    assert.equal((await store.get("k"))?.body, "next");
    assert.equal(await store.put("k", recordOf("late"), { fence }), false);
    await pool.end();
  },
});
