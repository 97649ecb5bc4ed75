import { equal } from "node:assert/strict";
import { migrate } from "../../../src/worker/directory/schema.ts";
import { emptyDatabase } from "./directory_database.ts";

Deno.test("after a rollback the directory keeps the version of its tables: the next upgrade finds nothing to do twice", () => {
  const sql = emptyDatabase();
  migrate(sql);
  const version = (): number => Number(sql.exec("SELECT version FROM schema").toArray()[0]?.version);
  const newer = version() + 1;
  sql.exec("UPDATE schema SET version = ?", newer); // a newer release was here
  migrate(sql);
  equal(version(), newer);
});
