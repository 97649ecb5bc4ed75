import assert from "node:assert/strict";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import { recordOf } from "./promises_of.ts";

Deno.test("MemoryStore gives back the very object that was put, frozen", async () => {
  const store = new MemoryStore();
  const record = recordOf("{}");
  await store.put("k", record);
  assert.equal(await store.get("k"), record);
  assert.ok(Object.isFrozen(record) && Object.isFrozen(record.summary));
});

Deno.test("MemoryStore lists no record whose dropAt is over", async () => {
  let now = 0;
  const store = new MemoryStore({ now: () => now });
  await store.put("a", { ...recordOf("1"), dropAt: 10 });
  await store.put("b", recordOf("2"));
  await store.put("c", { ...recordOf("3"), dropAt: 10 });
  now = 10;
  const page = await store.list({ limit: 1 });
  assert.deepEqual(page.entries.map(({ key }) => key), ["b"]);
  assert.equal(page.cursor, undefined);
});

Deno.test("MemoryStore pages 20,000 records, writing each, without sorting them for each page", async () => {
  const store = new MemoryStore();
  const keys = Array.from({ length: 20_000 }, (_, i) => `app/location/${(i * 7919) % 20_000}`);
  for (const key of keys) await store.put(key, recordOf(key));
  const sort = Array.prototype.sort;
  let sorts = 0;
  Array.prototype.sort = function (compare) {
    sorts++;
    return sort.call(this, compare);
  };
  try {
    let count = 0;
    let cursor: string | undefined;
    do {
      const page = await store.list({ limit: 100, ...cursor !== undefined && { cursor } });
      for (const { key } of page.entries) await store.put(key, recordOf("again"));
      count += page.entries.length;
      cursor = page.cursor;
    } while (cursor !== undefined);
    assert.equal(count, 20_000);
    assert.equal(sorts, 1);
  } finally {
    Array.prototype.sort = sort;
  }
});
