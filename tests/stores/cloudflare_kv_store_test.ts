import type { KVNamespace } from "@cloudflare/workers-types";
import assert from "node:assert/strict";
import { CloudflareKvStore, type KvNamespaceLike } from "../../src/stores/cloudflare_kv_store.ts";
import type { StoredRecord } from "../../src/stores/token_store.ts";
import { FakeKvNamespace } from "./fake_kv_namespace.ts";
import { recordOf } from "../../src/testing/promises_of.ts";

// Fails to type-check if a real binding could not be given.
const _realNamespaceIsAccepted: (kv: KVNamespace) => KvNamespaceLike = (kv) => kv;

Deno.test("a list reads metadata only", async () => {
  const kv = new FakeKvNamespace();
  const store = new CloudflareKvStore(kv);
  for (const key of ["a", "b", "c"]) await store.put(key, recordOf(key));
  kv.calls.length = 0;
  assert.equal((await store.list()).entries.length, 3);
  assert.deepEqual(kv.calls, ["list"]);
});

Deno.test("a key whose metadata was lost is listed from its value", async () => {
  const kv = new FakeKvNamespace();
  await kv.put("t:a", JSON.stringify(recordOf("1")));
  const { entries } = await new CloudflareKvStore(kv, { prefix: "t:" }).list();
  assert.deepEqual(entries, [{ key: "a", summary: recordOf("1").summary }]);
});

Deno.test("a name too long for metadata is left out of lists, not out of the record", async () => {
  const store = new CloudflareKvStore(new FakeKvNamespace());
  const record: StoredRecord = {
    format: 1,
    summary: { status: "connected", updatedAt: 1, companyId: "c".repeat(128), name: "漢".repeat(400) },
    body: "{}",
  };
  await store.put("a", record);
  assert.deepEqual(await store.get("a"), record);
  const { name: _, ...nameless } = record.summary;
  assert.deepEqual((await store.list()).entries, [{ key: "a", summary: nameless }]);
});

Deno.test("a dropAt becomes a TTL of whole seconds, at least the minute that KV takes", async () => {
  const ttls: unknown[] = [];
  const kv = new FakeKvNamespace(() => 1000);
  const store = new CloudflareKvStore({
    get: (key, options) => kv.get(key, options),
    put: (key, value, options) => {
      ttls.push(options.expirationTtl);
      return kv.put(key, value, options);
    },
    delete: (key) => kv.delete(key),
    list: (options) => kv.list(options),
  }, { now: () => 1000 });
  for (const dropAt of [-5000, 1000, 61_000, 61_001, 3_601_000]) {
    await store.put("k", { ...recordOf(""), dropAt });
  }
  await store.put("k", recordOf(""));
  assert.deepEqual(ttls, [60, 60, 60, 61, 3600, undefined]);
});

Deno.test("a stale read is an older record, never a broken one", async () => {
  const kv = new FakeKvNamespace();
  const store = new CloudflareKvStore(kv);
  await store.put("k", recordOf("old"));
  kv.goStale();
  await store.put("k", recordOf("new"));
  assert.equal((await store.get("k"))?.body, "old");
  kv.settle();
  assert.equal((await store.get("k"))?.body, "new");
});

Deno.test("a value that is no record is reported by its key, without content", async () => {
  const kv = new FakeKvNamespace();
  const store = new CloudflareKvStore(kv, { prefix: "t:" });
  const values = [
    "MARK",
    "",
    "null",
    '"MARK"',
    "[]",
    "{}",
    '{"format":1,"body":"MARK"}',
    JSON.stringify({ ...recordOf("MARK"), format: 2 }),
    JSON.stringify({ ...recordOf("MARK"), body: 5 }),
    JSON.stringify({ ...recordOf("MARK"), dropAt: "soon" }),
    JSON.stringify({ ...recordOf("MARK"), summary: { status: "MARK", updatedAt: 1 } }),
    JSON.stringify({ ...recordOf("MARK"), summary: { status: "constructor", updatedAt: 1 } }),
    JSON.stringify({ ...recordOf("MARK"), summary: { status: ["connected"], updatedAt: 1 } }),
  ];
  for (const value of values) {
    await kv.put("t:k", value);
    const failure = { code: "store_failed", message: /^The record under k is none of this module[^M]*$/ };
    await assert.rejects(store.get("k"), failure, value);
    await assert.rejects(store.list(), failure, value);
  }
});

Deno.test("a key over 512 bytes, prefix included, is a TypeError before any request", async () => {
  const kv = new FakeKvNamespace();
  const store = new CloudflareKvStore(kv, { prefix: "t:" });
  await store.put("k".repeat(510), recordOf("1"));
  kv.calls.length = 0;
  for (const key of ["k".repeat(511), "é".repeat(256)]) {
    await assert.rejects(store.put(key, recordOf("1")), { name: "TypeError", message: /512 bytes/ });
    await assert.rejects(store.get(key), TypeError);
    await assert.rejects(store.delete(key), TypeError);
  }
  assert.deepEqual(kv.calls, []);
});

Deno.test("no namespace, or a cacheTtl that KV would refuse, is a TypeError at once", () => {
  assert.throws(() => Reflect.construct(CloudflareKvStore, [undefined]), {
    name: "TypeError",
    message: /wrangler\.toml/,
  });
  for (const cacheTtl of [29, 0, NaN]) {
    assert.throws(() => new CloudflareKvStore(new FakeKvNamespace(), { cacheTtl }), TypeError);
  }
});

Deno.test("what was written here is read here, though KV answers an older value for a while", async () => {
  let now = 1_000_000;
  const values = new Map<string, string>();
  const stale = new Map<string, string>();
  const store = new CloudflareKvStore({
    get: (key) => Promise.resolve(stale.get(key) ?? null),
    put: (key, value) => Promise.resolve(void values.set(key, value)),
    delete: (key) => Promise.resolve(void values.delete(key)),
    list: () => Promise.resolve({ keys: [], list_complete: true }),
  }, { now: () => now });
  const record = (updatedAt: number) =>
    ({ format: 1, summary: { updatedAt }, body: `${updatedAt}` }) as const;
  await store.put("a", record(1));
  assert.equal((await store.get("a"))?.body, "1", "KV knows of no value yet");
  stale.set("a", values.get("a") ?? "");
  await store.put("a", record(2));
  assert.equal((await store.get("a"))?.body, "2");
  stale.set("a", JSON.stringify(record(3)));
  assert.equal((await store.get("a"))?.body, "3", "another writer's newer one");
  stale.set("a", JSON.stringify(record(1)));
  now += 120_001;
  assert.equal((await store.get("a"))?.body, "1", "by now KV is right");
  await store.put("a", record(4));
  await store.delete("a");
  stale.delete("a");
  assert.equal(await store.get("a"), undefined);
});
