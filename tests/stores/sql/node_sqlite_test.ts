import { DatabaseSync } from "node:sqlite";
import type { SqlValue } from "../../../src/stores/sql_store.ts";
import { sqlContract } from "./sql_contract.ts";

const folder = await Deno.makeTempDir();
Deno.test.afterAll(() => Deno.remove(folder, { recursive: true }));

const connect = () => {
  const database = new DatabaseSync(`${folder}/a.db`, { timeout: 5_000 });
  database.exec("pragma journal_mode = wal");
  return Promise.resolve({
    query: (text: string, values: SqlValue[]) => database.prepare(text).all(...values),
    end: () => database.close(),
  });
};
sqlContract("SqlStore by node:sqlite in a file", connect, { dialect: "sqlite" });
