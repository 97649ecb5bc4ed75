import assert from "node:assert/strict";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import { recordOf } from "../../src/testing/promises_of.ts";

Deno.test("MemoryStore gives the same frozen object until the next write, and leaves the caller's as it is", async () => {
  const store = new MemoryStore();
  const record = recordOf("{}");
  await store.put("k", record);
  const read = await store.get("k");
  assert.ok(read && Object.isFrozen(read) && Object.isFrozen(read.summary));
  assert.ok(!Object.isFrozen(record) && !Object.isFrozen(record.summary) && !("version" in record));
  await store.put("other", record);
  await store.list();
  assert.equal(await store.put("k", record, { ifVersion: null }), false);
  assert.equal(await store.get("k"), read);
  await store.put("k", record);
  assert.notEqual(await store.get("k"), read);
});

Deno.test("MemoryStore's lock is given in the order of the calls, whatever fails in between", async () => {
  const store = new MemoryStore();
  const log: number[] = [];
  const runs = Array.from({ length: 50 }, (_, i) =>
    store.lock("k", async () => {
      log.push(i);
      await Promise.resolve();
      if (i % 3 === 0) throw new Error("inside");
    }));
  await Promise.allSettled(runs);
  assert.deepEqual(log, Array.from({ length: 50 }, (_, i) => i));
});

Deno.test("MemoryStore refuses a cursor that it did not give", async () => {
  for (const cursor of ["", "k", "x k", "1e+ k", "--1 k"]) {
    await assert.rejects(new MemoryStore().list({ dueBefore: 1, cursor }), {
      name: "TypeError",
      message: /^cursor/,
    });
  }
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
