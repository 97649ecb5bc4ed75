import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { SqlStore, type SqlStoreOptions, type SqlValue } from "../../src/stores/sql_store.ts";
import { recordOf } from "../../src/testing/promises_of.ts";

/** A store in memory, what it was asked, and its clock. */
async function opened(around: (text: string) => void = () => {}) {
  const database = new DatabaseSync(":memory:");
  const clock = { now: 1_000 };
  const query: SqlStoreOptions["query"] = (text: string, values: SqlValue[]) => {
    around(text);
    return database.prepare(text).all(...values);
  };
  const store = new SqlStore({ query, dialect: "sqlite", now: () => clock.now });
  await store.migrate();
  return { database, store, clock, query };
}

Deno.test("SqlStore names an option that is missing or wrong", () => {
  const query = () => [];
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /^query must be a function/],
    [{ dialect: "sqlite" }, /^query must be a function/],
    [{ query }, /^dialect must be one of postgres, sqlite/],
    [{ query, dialect: "mysql" }, /^dialect must be/],
    [{ query, dialect: "sqlite", leaseMs: 999 }, /^leaseMs must be/],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => Reflect.construct(SqlStore, [options]), { name: "TypeError", message });
  }
  assert.throws(() => Reflect.apply(SqlStore.migrations, undefined, ["mysql"]), { name: "TypeError" });
});

Deno.test("migrations can be run again, keep what is there, and say their version", async () => {
  const { database, store } = await opened();
  await store.put("k", recordOf("1"));
  for (const text of SqlStore.migrations("sqlite")) database.exec(text);
  await store.migrate();
  assert.equal((await store.get("k"))?.body, "1");
  assert.deepEqual(
    database.prepare("select version from highlevel_schema").all().map(({ version }) => version),
    [1],
  );
});

Deno.test("tables that a newer version of this module made are told, not used", async () => {
  const { database, store } = await opened();
  database.exec("insert into highlevel_schema (version) values (99)");
  await assert.rejects(store.migrate(), {
    code: "store_failed",
    message:
      "The tables are of version 99, made by a newer version of this module, which knows 1: update it.",
  });
});

Deno.test("SqlStore says when its tables are missing", async () => {
  const database = new DatabaseSync(":memory:");
  const errors = [
    () => database.prepare("select * from highlevel_records").all(),
    () => {
      throw Object.assign(new Error('relation "highlevel_records" does not exist'), { code: "42P01" });
    },
  ];
  for (const query of errors) {
    const store = new SqlStore({ query, dialect: "sqlite" });
    const calls = [
      () => store.get("k"),
      () => store.put("k", recordOf("1")),
      () => store.list(),
      () => store.lock("k", () => Promise.resolve()),
    ];
    for (const call of calls) {
      await assert.rejects(call(), {
        code: "store_failed",
        message: /^The tables are missing: call migrate\(\)/,
      });
    }
  }
});

Deno.test("a query that does not give the rows is told, with what it must give", async () => {
  for (const answer of [undefined, null, { rows: [], rowCount: 0 }, { results: [] }, [["a", "b"]], [null]]) {
    const store: SqlStore = Reflect.construct(SqlStore, [{ query: () => answer, dialect: "postgres" }]);
    const calls = [
      () => store.migrate(),
      () => store.get("k"),
      () => store.put("k", recordOf("1")),
      () => store.list(),
      () => store.lock("k", () => Promise.resolve()),
    ];
    for (const call of calls) {
      await assert.rejects(call(), {
        code: "store_failed",
        message:
          "query must give the rows, a list of objects with a column under its name: see the driver's line in docs/STORES.md.",
      });
    }
  }
  const blind = new SqlStore({ query: () => [], dialect: "sqlite" }); // as with a driver's run() instead of its all()
  await assert.rejects(blind.migrate(), { code: "store_failed", message: /^query must give the rows/ });
});

Deno.test("SqlStore says which key holds something foreign, and lists the others", async () => {
  const { database, store } = await opened();
  await store.put("a", recordOf("1"));
  await store.put("b", recordOf("2"));
  database.exec("update highlevel_records set summary = 'MARK' where key = 'a'");
  await assert.rejects(store.get("a"), {
    code: "store_failed",
    reason: "unreadable",
    message: /^The record under a is none of this module/,
  });
  assert.deepEqual((await store.list()).entries.map(({ key }) => key), ["b"]);
});

Deno.test("records that were to be dropped leave the table as others come, though each process writes one", async () => {
  const { database, query } = await opened();
  const count = (): unknown => database.prepare("select count(*) as n from highlevel_records").get()?.n;
  const put = async (key: string, now: number, dropAt?: number): Promise<void> => {
    const store = new SqlStore({ query, dialect: "sqlite", now: () => now });
    await store.put(key, dropAt === undefined ? recordOf("1") : { ...recordOf(""), dropAt });
  };
  await put("stays", 1_000);
  for (let i = 0; i < 20; i++) await put(`webhook/${i}`, 1_000, 2_000);
  // One in a hundred sweeps. That of 5,000 none does is as likely as that a key is guessed.
  for (let i = 0; i < 5_000 && count() !== 2; i++) await put("webhook/next", 2_000, 3_000);
  assert.equal(count(), 2);
});

Deno.test("a statement that another one was in the way of is tried again, another error is not", async () => {
  const conflicts = [
    Object.assign(new Error("could not serialize access"), { code: "40001" }),
    Object.assign(new Error("deadlock detected"), { code: "40P01" }),
    new Error("database is locked"),
    Object.assign(new Error("busy"), { code: "SQLITE_BUSY" }),
  ];
  const waiting: Error[] = [];
  let calls = 0;
  const { store } = await opened((text) => {
    if (!/^(insert into highlevel_records|update highlevel_records)/.test(text)) return;
    calls++;
    const error = waiting.shift();
    if (error) throw error;
  });
  for (const error of conflicts) {
    waiting.push(error, error);
    calls = 0;
    assert.equal(await store.put("k", recordOf("1")), true);
    assert.equal(calls, 3, error.message);
  }
  waiting.push(new Error("disk I/O error"));
  await assert.rejects(store.put("k", recordOf("1")), /disk I\/O error/);
});

Deno.test("a lock that a conflict kept from being taken counts as held, and is asked for again", async () => {
  let refusals = 25; // more than a statement is tried
  const { store } = await opened((text) => {
    if (text.startsWith("insert into highlevel_leases") && refusals-- > 0) {
      throw Object.assign(new Error("could not serialize access"), { code: "40001" });
    }
  });
  assert.equal(await store.lock("k", (fence) => Promise.resolve(fence)), 1);
  assert.equal(refusals, -1);
});

Deno.test("no text of a statement has a value in it", async () => {
  const texts: string[] = [];
  const { store } = await opened((text) => void texts.push(text));
  await store.put("MARK'1", { ...recordOf("MARK", { name: "MARK", status: "paused" }), dropAt: 9_999 });
  await store.put("MARK'1", recordOf("MARK"), { ifVersion: "MARK", fence: 777 });
  await store.put("MARK'1", recordOf("MARK"), { ifVersion: null, fence: 777 });
  await store.get("MARK'1");
  await store.list({ prefix: "MARK'", status: "MARK", dueBefore: 777, cursor: "777 MARK" });
  await store.lock("MARK'1", () => store.delete("MARK'1"));
  assert.ok(texts.length > 10);
  for (const text of texts) assert.doesNotMatch(text, /MARK|777|9999/);
});
