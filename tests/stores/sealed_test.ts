import assert from "node:assert/strict";
import fc from "fast-check";
import { CloudflareKvStore } from "../../src/stores/cloudflare_kv_store.ts";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import { generateSealingKey, sealed } from "../../src/stores/sealed.ts";
import type { StoredRecord, TokenStore } from "../../src/stores/token_store.ts";
import { FakeKvNamespace } from "./fake_kv_namespace.ts";
import { recordOf, unversioned, versionOf } from "../../src/testing/promises_of.ts";

const SECRET = "refresh-token-MARK";
const KEY = "app/location/l1C08ntBrFjLS0elLIYU";

Deno.test("a sealed record shows its summary and neither body nor key", async () => {
  const { inner, store, keys } = openSealed();
  await store.put(KEY, recordOf(SECRET));
  const kept = await inner.get(KEY);
  assert.match(kept?.body ?? "", /^s1\.[0-9a-f]{8}\.[A-Za-z0-9+/]+=*$/);
  assert.ok(!JSON.stringify(kept).includes("MARK"));
  assert.deepEqual(kept?.summary, recordOf(SECRET).summary);
  for (const shown of [Deno.inspect(store, { depth: 9, showHidden: true }), JSON.stringify(store)]) {
    assert.ok(!shown.includes(keys[0] ?? "?"), shown);
  }
});

Deno.test("sealing the same record twice gives two envelopes", async () => {
  const { inner, store } = openSealed();
  await store.put("a", recordOf(SECRET));
  const first = await inner.get("a");
  await store.put("a", recordOf(SECRET));
  assert.notEqual((await inner.get("a"))?.body, first?.body);
});

Deno.test("a record copied to another key does not open there, in the same process or another", async () => {
  const { inner, store, keys } = openSealed();
  await store.put("a", recordOf(SECRET));
  const kept = await inner.get("a");
  assert.ok(kept);
  await inner.put("b", kept); // the very object, which `store` has opened before
  await inner.put("c", { ...kept }); // the same text
  for (const reader of [store, sealed(inner, { keys })]) {
    assert.equal((await reader.get("a"))?.body, SECRET);
    await rejectsClosed(reader.get("b"), /under b does not open/);
    await rejectsClosed(reader.get("c"), /under c does not open/);
  }
});

Deno.test("an envelope altered in any character, or cut, does not open", async () => {
  const { inner, store, keys } = openSealed();
  await store.put(KEY, recordOf(SECRET));
  const kept = await inner.get(KEY);
  assert.ok(kept);
  const { body } = kept;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 3, max: body.length - 1 }),
      fc.constantFrom(..."Aa0+/=.-_ \u0000é"),
      async (at, character) => {
        const altered = body.slice(0, at) + character + body.slice(at + 1);
        fc.pre(altered !== body);
        await inner.put(KEY, { ...kept, body: altered });
        await rejectsClosed(sealed(inner, { keys }).get(KEY), /does not open|not among the given keys/);
      },
    ),
    { numRuns: 300 },
  );
  for (const extra of [".", ".AAAA", "\n", " ", "A", "="]) {
    await inner.put(KEY, { ...kept, body: body + extra });
    await rejectsClosed(store.get(KEY), /does not open/);
  }
  for (const length of [3, 11, 12, 20, 28, body.length - 4]) {
    await inner.put(KEY, { ...kept, body: body.slice(0, length) });
    await rejectsClosed(store.get(KEY), /does not open/);
  }
});

Deno.test("any body under any key opens to itself", async () => {
  const { inner, keys, store } = openSealed();
  const text = fc.string({ unit: "grapheme", maxLength: 300 });
  const check = fc.asyncProperty(fc.string({ minLength: 1 }), text, async (key, body) => {
    await store.put(key, recordOf(body));
    assert.equal((await sealed(inner, { keys }).get(key))?.body, body);
  });
  await fc.assert(check, { numRuns: 100 });
});

Deno.test("keys are changed by putting the new one first", async () => {
  const [older, newer] = [generateSealingKey(), generateSealingKey()];
  const inner = new MemoryStore();
  await sealed(inner, { keys: [older] }).put("a", recordOf(SECRET));
  const both = sealed(inner, { keys: [newer, older] });
  const found = await both.get("a");
  assert.equal(found?.body, SECRET);

  await rejectsClosed(
    sealed(inner, { keys: [newer] }).get("a"),
    /^The record under a is sealed with key [0-9a-f]{8}, which is not among the given keys\./,
  );
  await both.put("a", found);
  assert.equal((await sealed(inner, { keys: [newer] }).get("a"))?.body, SECRET);
  await rejectsClosed(sealed(inner, { keys: [older] }).get("a"), /not among the given keys/);
});

Deno.test("a plain record is read as it is, and sealed by its next put", async () => {
  const { inner, store } = openSealed();
  await inner.put("a", recordOf(SECRET));
  const plain = await store.get("a");
  assert.equal(plain?.body, SECRET);
  await store.put("a", plain);
  assert.match((await inner.get("a"))?.body ?? "", /^s1\./);
  assert.equal((await store.get("a"))?.body, SECRET);
});

Deno.test("the same inner record opens to the same frozen object, also for concurrent readers", async () => {
  const { inner, keys, store } = openSealed();
  await store.put("a", recordOf(SECRET));
  assert.equal(await store.get("a"), await store.get("a"));
  const reader = sealed(inner, { keys });
  const opened = await Promise.all(Array.from({ length: 20 }, () => reader.get("a")));
  assert.equal(new Set(opened).size, 1);
  assert.equal(await reader.get("a"), opened[0]);
  assert.ok(Object.isFrozen(opened[0]));
  await store.put("a", recordOf("newer"));
  assert.equal((await reader.get("a"))?.body, "newer");
});

Deno.test("an equal envelope in a new object keeps its own summary", async () => {
  const { inner, store } = openSealed();
  await store.put("a", recordOf(SECRET));
  const kept = await inner.get("a");
  assert.ok(kept);
  await inner.put("a", { ...kept, summary: { status: "paused", updatedAt: 2 } });
  assert.deepEqual(unversioned(await store.get("a")), {
    ...recordOf(SECRET),
    summary: { status: "paused", updatedAt: 2 },
  });
});

Deno.test("more records than are remembered still open", async () => {
  const records = new Map<string, StoredRecord>();
  const copying: TokenStore = {
    get: (key) => Promise.resolve(structuredClone(records.get(key))), // a new object each time, as Workers KV gives
    put: (key, record) => Promise.resolve(records.set(key, record).has(key)),
    delete: (key) => Promise.resolve(void records.delete(key)),
    list: () => Promise.resolve({ entries: [] }),
  };
  const store = sealed(copying, { keys: [generateSealingKey()] });
  const keys = Array.from({ length: 1200 }, (_, i) => `k${i}`);
  await Promise.all(keys.map((key) => store.put(key, recordOf(key))));
  const bodies = await Promise.all(keys.map(async (key) => (await store.get(key))?.body));
  assert.deepEqual(bodies, keys);
});

Deno.test("two opened at the same version are one object, also where the inner store reads anew each time", async () => {
  using kv = await Deno.openKv(":memory:");
  const inner = new DenoKvStore(kv);
  const keys = [generateSealingKey()];
  for (const store of [sealed(inner, { keys }), sealed(inner, { keys })]) {
    await store.put("a", recordOf("1"));
    const first = await store.get("a");
    assert.equal(first?.version, (await inner.get("a"))?.version);
    assert.equal(await store.get("a"), first);
    assert.equal(await store.put("a", recordOf("2"), { ifVersion: "another" }), false);
    assert.equal(await store.get("a"), first, "a write that was refused changes nothing");
    const kept = await inner.get("a");
    assert.ok(kept);
    await inner.put("a", { ...kept, summary: { updatedAt: 3 } });
    const second = await store.get("a");
    assert.deepEqual(unversioned(second), { ...recordOf("1"), summary: { updatedAt: 3 } });
    assert.notEqual(second?.version, first?.version);
    assert.equal(await store.get("a"), second);
  }
});

Deno.test("of two writers of a sealed record the one that read an older version is told so", async () => {
  const { store, inner, keys } = openSealed();
  const other = sealed(inner, { keys });
  await store.put("a", recordOf("1"));
  const ifVersion = await versionOf(other, "a");
  assert.equal(await store.put("a", recordOf("2"), { ifVersion }), true);
  assert.equal(await other.put("a", recordOf("3"), { ifVersion }), false);
  for (const reader of [store, other]) assert.equal((await reader.get("a"))?.body, "2");
});

Deno.test("a record that changes while it is written is opened as it stands", async () => {
  const { store, inner, keys } = openSealed();
  const writes = Array.from({ length: 20 }, (_, i) => store.put("a", recordOf(`${i}`)));
  const reads = Array.from({ length: 20 }, () => store.get("a"));
  await Promise.all([...writes, ...reads]);
  const last = await store.get("a");
  assert.equal(last?.version, (await inner.get("a"))?.version);
  assert.equal(last?.body, (await sealed(inner, { keys }).get("a"))?.body);
  assert.equal(await store.get("a"), last);
});

Deno.test("the store has a lock, and keeps notes, only if the inner one does", async () => {
  const keys = [generateSealingKey()];
  const plain = sealed(new CloudflareKvStore(new FakeKvNamespace()), { keys });
  assert.ok(!("lock" in plain) && !("keepsNotes" in plain));
  assert.ok(!("keepsNotes" in sealed(new MemoryStore(), { keys })));
  using kv = await Deno.openKv(":memory:");
  const durable = sealed(new DenoKvStore(kv), { keys });
  assert.ok("lock" in durable && durable.keepsNotes);
});

Deno.test("a wrong key is a TypeError at once that names it and does not show it", () => {
  const good = generateSealingKey();
  const bad = ["", "MARK", "MARK-not base64!", btoa("MARK".repeat(7)), btoa("MARK".repeat(9)), `${good}AAAA`];
  for (const key of bad) {
    assert.throws(() => sealed(new MemoryStore(), { keys: [good, key] }), (error: unknown) => {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, /^keys\[1\] must be 32 bytes in base64/);
      assert.ok(!Deno.inspect(error).includes("MARK:") && !error.message.includes("MARK"));
      return true;
    });
  }
  for (const options of [undefined, {}, { keys: [] }, { keys: good }]) {
    assert.throws(() => Reflect.apply(sealed, undefined, [new MemoryStore(), options]), {
      name: "TypeError",
      message: /^keys must be a list of keys: generateSealingKey/,
    });
  }
  assert.throws(() => Reflect.apply(sealed, undefined, [undefined, { keys: [good] }]), {
    name: "TypeError",
    message: "store must be a TokenStore",
  });
});

Deno.test("generated keys are 32 bytes and never the same", () => {
  const keys = Array.from({ length: 50 }, generateSealingKey);
  assert.equal(new Set(keys).size, 50);
  for (const key of keys) assert.equal(atob(key).length, 32);
});

function openSealed(): { inner: MemoryStore; store: TokenStore; keys: string[] } {
  const inner = new MemoryStore();
  const keys = [generateSealingKey()];
  return { inner, store: sealed(inner, { keys }), keys };
}

async function rejectsClosed(result: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(result, (error: unknown) => {
    assert.ok(error instanceof Error && "code" in error);
    assert.equal(error.code, "store_failed");
    assert.match(error.message, message);
    assert.ok(!Deno.inspect(error).includes("MARK"));
    return true;
  });
}
