import { deepEqual, equal } from "node:assert/strict";
import { MemoryStore, type StoredRecord } from "../../../src/stores/mod.ts";
import { ObjectStore } from "../../../src/worker/connection/object_store.ts";
import { ObjectSql } from "../../../src/worker/durable/object_sql.ts";
import { connectionSchema } from "../../../src/worker/connection/schema.ts";
import { memoryStorage } from "../durable/memory_storage.ts";

const KEY = "6637ae/location/loc";
const RECORD: StoredRecord = {
  format: 1,
  summary: { status: "connected", expiresAt: Date.now() + 60_000, updatedAt: 1 },
  body: "as it is",
};

Deno.test("a copy that is changed while the one before is on its way to KV is the one that KV has in the end", async () => {
  const sql = new ObjectSql(memoryStorage().host, connectionSchema);
  const kv = new MemoryStore();
  const first = Promise.withResolvers<void>();
  const bodies: string[] = [];
  let isChanged = false;
  const store = new ObjectStore({
    sql,
    kv: {
      get: (key) => kv.get(key),
      delete: (key) => kv.delete(key),
      list: (options) => kv.list(options),
      put: async (key, record) => {
        bodies.push(record.body);
        if (bodies.length === 1) await first.promise;
        return await kv.put(key, record);
      },
    },
    copyOf: (_, record) => Promise.resolve(isChanged ? { ...record, body: "changed" } : record),
    onWrite: () => Promise.resolve(),
    onRefused: () => {},
    onCopied: () => Promise.resolve(),
  });
  await store.put(KEY, RECORD);
  isChanged = true;
  const changing = store.changeCopy(KEY);
  equal(store.isCopied(), false, "it is written down at once");
  first.resolve();
  await changing;
  deepEqual(bodies, ["as it is", "changed"]);
  equal((await kv.get(KEY))?.body, "changed");
  equal(store.isCopied(), true);
  equal((await store.get(KEY))?.body, "as it is", "what is held here stays as it is");
});
