import { DatabaseSync } from "node:sqlite";
import { CloudflareKvStore } from "../../src/stores/cloudflare_kv_store.ts";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import { SqlStore, type SqlValue } from "../../src/stores/sql_store.ts";
import type { OpenStore, StorePromises } from "../../src/testing/mod.ts";
import { contractTests } from "./contract_tests.ts";
import { SQL_PROMISES } from "./sql/sql_contract.ts";
import { FakeKvNamespace } from "./fake_kv_namespace.ts";

// Adding a store: its file and a line here, with what it promises beyond what all do.
const STORES: Record<string, readonly [OpenStore, StorePromises?]> = {
  MemoryStore: [openMemoryStore, { hasVersions: true, hasLock: true, sortsByDue: true }],
  CloudflareKvStore: [openKvStore({})],
  "CloudflareKvStore with a prefix": [openKvStore({ prefix: "t:", cacheTtl: 30 })],
  DenoKvStore: [openDenoKvStore, { hasVersions: true, hasLock: true, keepsNotes: true }],
  "SqlStore by node:sqlite in memory": [openSqlStore, SQL_PROMISES],
};

for (const [name, [open, promises]] of Object.entries(STORES)) contractTests(name, open, promises);

function openMemoryStore(now: () => number): ReturnType<OpenStore> {
  return Promise.resolve({ store: new MemoryStore({ now }) });
}

function openKvStore(options: { prefix?: string; cacheTtl?: number }): OpenStore {
  return (now) =>
    Promise.resolve({ store: new CloudflareKvStore(new FakeKvNamespace(now), { ...options, now }) });
}

async function openDenoKvStore(now: () => number): ReturnType<OpenStore> {
  const kv = await Deno.openKv(":memory:");
  return { store: new DenoKvStore(kv, { now }), close: () => kv.close() };
}

async function openSqlStore(now: () => number): ReturnType<OpenStore> {
  const database = new DatabaseSync(":memory:");
  const query = (text: string, values: SqlValue[]) => database.prepare(text).all(...values);
  const store = new SqlStore({ query, dialect: "sqlite", now });
  await store.migrate();
  return { store, close: () => database.close() };
}
