// As main.ts, with every connection in a SqlStore over node:sqlite, and with the contract of that store.
import { DatabaseSync } from "node:sqlite";
import { SqlStore, type SqlValue } from "../../src/stores/sql_store.ts";
import { storeContract } from "../../src/testing/mod.ts";
import { type ConformanceResult, runConformance } from "./suite.ts";
import { useStore } from "./world.ts";

function openStore(now: () => number): SqlStore {
  const database = new DatabaseSync(":memory:");
  for (const statement of SqlStore.migrations("sqlite")) database.exec(statement);
  const query = (text: string, values: SqlValue[]) => database.prepare(text).all(...values);
  return new SqlStore({ query, dialect: "sqlite", now });
}

useStore(openStore);
const results: ConformanceResult[] = await runConformance();
const promises = { hasVersions: true, hasLock: true, sortsByDue: true, keepsNotes: true };
for (const { name, run } of storeContract((now) => Promise.resolve({ store: openStore(now) }), promises)) {
  const error = await run().then(() => undefined, (error: unknown) => `${error}`);
  results.push({ name: `SqlStore: ${name}`, ok: error === undefined, ...error !== undefined && { error } });
}
console.log(JSON.stringify(results));
