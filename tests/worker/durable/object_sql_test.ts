import { deepEqual, equal, throws } from "node:assert/strict";
import { ObjectSql, type Schema } from "../../../src/worker/durable/object_sql.ts";
import { connectionSchema } from "../../../src/worker/connection/schema.ts";
import fixture from "../connection/first_edition.json" with { type: "json" };
import { memoryStorage } from "./memory_storage.ts";

const first: Schema = { tables: ["CREATE TABLE one (a INTEGER)"], upgrades: [() => {}] };
const second: Schema = {
  tables: ["CREATE TABLE one (a INTEGER, b INTEGER)"],
  upgrades: [() => {}, (sql) => void sql.exec("ALTER TABLE one ADD COLUMN b INTEGER")],
};

Deno.test("tables are made by the first row that is written, and by nothing else", () => {
  const { host, tables } = memoryStorage();
  const sql = new ObjectSql(host, first);
  deepEqual(sql.exec("SELECT a FROM one").toArray(), []);
  sql.exec("DELETE FROM one");
  sql.exec("UPDATE one SET a = 1");
  deepEqual([sql.isEmpty, tables()], [true, []]);
  sql.exec("INSERT INTO one VALUES (1)");
  deepEqual([sql.isEmpty, tables()], [false, ["one", "schema_version"]]);
  deepEqual(sql.exec("SELECT a FROM one").toArray().length, 1);
});

Deno.test("a first write that is refused leaves no table behind", () => {
  const { host, tables, refuse } = memoryStorage();
  const sql = new ObjectSql(host, first);
  refuse();
  throws(() => sql.exec("INSERT INTO one VALUES (1)"), /SQLITE_FULL/);
  deepEqual([sql.isEmpty, tables()], [true, []]);
});

Deno.test("tables of an older version are brought up to date at the start, with their rows, once", () => {
  const { host } = memoryStorage();
  new ObjectSql(host, first).exec("INSERT INTO one VALUES (1)");
  for (let start = 0; start < 2; start++) {
    const [row] = new ObjectSql(host, second).exec("SELECT a, b FROM one").toArray();
    deepEqual({ ...row }, { a: 1, b: null });
  }
  const [version] = host.sql.exec("SELECT version FROM schema_version").toArray();
  equal(version?.version, 2);
});

Deno.test("an upgrade that is refused leaves the older tables whole, and is made at another start", () => {
  const storage = memoryStorage();
  new ObjectSql(storage.host, first).exec("INSERT INTO one VALUES (1)");
  const failing: Schema = {
    ...second,
    upgrades: [() => {}, (sql) => {
      sql.exec("ALTER TABLE one ADD COLUMN b INTEGER");
      throw new Error("database or disk is full: SQLITE_FULL");
    }],
  };
  throws(() => new ObjectSql(storage.host, failing), /SQLITE_FULL/);
  equal(new ObjectSql(storage.host, second).exec("SELECT a, b FROM one").toArray().length, 1);
});

Deno.test("a connection's tables are the same, made now or brought there from the first edition", () => {
  const made = memoryStorage();
  new ObjectSql(made.host, connectionSchema).exec("INSERT INTO received_webhooks VALUES ('w', 1)");
  const [object] = Object.values(fixture.objects);
  const old = memoryStorage();
  for (const table of object?.tables ?? []) old.host.sql.exec(table);
  const sql = new ObjectSql(old.host, connectionSchema);
  equal(sql.isEmpty, false);
  const own = (tables: string[]): string[] => tables.filter((name) => !name.startsWith("sqlite_"));
  deepEqual(own(old.tables()), own(made.tables()));
  for (const table of own(made.tables())) {
    const columns = (storage: typeof made): unknown[] =>
      storage.host.sql.exec(`SELECT name, type, pk FROM pragma_table_info('${table}')`).toArray()
        .map((row) => ({ ...row }));
    deepEqual(columns(old), columns(made), table);
  }
});

Deno.test("tables that a refused transaction made are not taken for made", () => {
  const { host, tables } = memoryStorage();
  const sql = new ObjectSql(host, first);
  const moveIn = (): void =>
    sql.transactionSync(() => {
      sql.exec("INSERT INTO one VALUES (1)");
      throw new Error("database or disk is full: SQLITE_FULL");
    });
  throws(moveIn, /SQLITE_FULL/);
  deepEqual([sql.isEmpty, tables()], [true, []]);
  sql.exec("INSERT INTO one VALUES (2)");
  deepEqual([sql.isEmpty, tables()], [false, ["one", "schema_version"]]);
});
