import { deepEqual, equal } from "node:assert/strict";
import { ConnectionRows } from "../../../src/worker/directory/connection_rows.ts";
import { migrate } from "../../../src/worker/directory/schema.ts";
import { emptyDatabase, rowOf } from "./directory_database.ts";

Deno.test("after a rollback the directory keeps the version of its tables: the next upgrade finds nothing to do twice", () => {
  const sql = emptyDatabase();
  migrate(sql);
  const version = (): number => Number(sql.exec("SELECT version FROM schema").toArray()[0]?.version);
  const newer = version() + 1;
  sql.exec("UPDATE schema SET version = ?", newer); // a newer release was here
  migrate(sql);
  equal(version(), newer);
});

Deno.test("names of before are ordered by the numbers in them from the upgrade on", () => {
  const sql = emptyDatabase();
  migrate(sql);
  const rows = new ConnectionRows(sql);
  for (const name of ["Clinic 10", "Clinic 2", undefined]) {
    rows.put(rowOf(`L${name}`, { ...name !== undefined && { name } }), 1, 0);
  }
  sql.exec("UPDATE connections SET sortName = lower(name) WHERE name IS NOT NULL");
  sql.exec("DROP INDEX byStatusAndName"); // of a later version
  sql.exec("UPDATE schema SET version = 6");
  migrate(sql);
  const sorted = sql.exec("SELECT name FROM connections ORDER BY sortName").toArray();
  deepEqual(sorted.map(({ name }) => name), ["Clinic 2", "Clinic 10", null]);
});
