import assert from "node:assert/strict";
import fc from "fast-check";
import type { StoredRecord, StorePage, TokenStore } from "../../src/stores/token_store.ts";

/** Makes an empty store that tells the time by `now`. */
export type OpenStore = (now: () => number) => Promise<{ store: TokenStore; close?: () => void }>;

const START = Date.UTC(2026, 10, 24);

/** What a store promises to its callers, as tests. */
export function storeContract(
  name: string,
  open: (now: () => number) => Promise<{ store: TokenStore; close?: () => void }>,
): void {
  const START = Date.UTC(2026, 10, 24);

  function promise(
    sentence: string,
    check: (store: TokenStore, clock: { now: number }) => Promise<void>,
  ): void {
    Deno.test(`${name}: ${sentence}`, async () => {
      const clock = { now: START };
      const { store, close } = await open(() => clock.now);
      try {
        await check(store, clock);
      } finally {
        close?.();
      }
    });
  }

  promise("a key never written has no record, and deleting it does nothing", async (store) => {
    await store.delete("app/location/none");
    assert.equal(await store.get("app/location/none"), undefined);
    assert.deepEqual(await store.list(), { entries: [] });
  });

  promise("a record comes back as it was put", async (store) => {
    const record: StoredRecord = {
      format: 1,
      summary: {
        status: "paused",
        updatedAt: START,
        expiresAt: START + 1,
        refreshTokenIssuedAt: START - 1,
        companyId: "ve9EPM428h8vShlRW1KT",
        name: "Café 서울 🦉",
      },
      body: JSON.stringify({ text: 'é 漢字 "quoted" \n \u0000', size: "x".repeat(5000) }),
      dropAt: START + 120_000,
    };
    await store.put("app/location/a", record);
    assert.deepEqual(await store.get("app/location/a"), record);
    assert.deepEqual((await store.list()).entries, [{ key: "app/location/a", summary: record.summary }]);
  });

  promise("a record that is no connection has no status", async (store) => {
    const record: StoredRecord = { format: 1, summary: { updatedAt: START }, body: "" };
    await store.put("webhook/a", record);
    assert.deepEqual(await store.get("webhook/a"), record);
  });

  promise("the last put wins", async (store) => {
    await store.put("k", recordOf("first"));
    await store.put("k", recordOf("second"));
    assert.equal((await store.get("k"))?.body, "second");
    assert.equal((await store.list()).entries.length, 1);
  });

  promise("a deleted record is gone from get and list, and can be put again", async (store) => {
    await store.put("a", recordOf("1"));
    await store.put("b", recordOf("2"));
    await store.delete("a");
    assert.equal(await store.get("a"), undefined);
    assert.deepEqual(keysOf(await store.list()), ["b"]);
    await store.put("a", recordOf("3"));
    assert.deepEqual(keysOf(await store.list()), ["a", "b"]);
  });

  promise("a record is not read after its dropAt, and without one it stays", async (store, clock) => {
    await store.put("short", { ...recordOf("1"), dropAt: START + 1000 });
    await store.put("long", recordOf("2"));
    clock.now = START + 999;
    assert.equal((await store.get("short"))?.body, "1");
    clock.now = START + 1000;
    assert.equal(await store.get("short"), undefined);
    clock.now = START + 10 * 365 * 86_400_000;
    assert.equal((await store.get("long"))?.body, "2");
  });

  promise("a put without dropAt lets a record stay that was to be dropped", async (store, clock) => {
    await store.put("k", { ...recordOf("1"), dropAt: START + 60_000 });
    await store.put("k", recordOf("2"));
    clock.now = START + 86_400_000;
    assert.equal((await store.get("k"))?.body, "2");
  });

  promise("a record whose dropAt is already over can be put", async (store) => {
    await store.put("k", { ...recordOf("1"), dropAt: START - 1 });
    assert.equal(await store.get("k"), undefined);
  });

  promise("a prefix selects keys that start with it, no others", async (store) => {
    for (const key of ["a/1", "a/2", "ab", "a", "b/1", "A/1"]) await store.put(key, recordOf(key));
    assert.deepEqual(keysOf(await store.list({ prefix: "a/" })), ["a/1", "a/2"]);
    assert.deepEqual(keysOf(await store.list({ prefix: "c" })), []);
    assert.deepEqual(keysOf(await store.list()), ["A/1", "a", "a/1", "a/2", "ab", "b/1"]);
  });

  promise("pages of 100 follow each other by cursor; the last one has none", async (store) => {
    const keys = Array.from({ length: 250 }, (_, i) => `app/location/${String(i).padStart(3, "0")}`);
    for (const key of keys.toReversed()) await store.put(key, recordOf(key));
    const sizes: number[] = [];
    assert.deepEqual(await keysOfAllPages(store, {}, sizes), keys);
    assert.deepEqual(sizes, [100, 100, 50]);
  });

  promise("a page that ends with the last key has no cursor", async (store) => {
    for (const key of ["a", "b", "c", "d"]) await store.put(key, recordOf(key));
    const first = await store.list({ limit: 2 });
    const second = await store.list({ limit: 2, ...first.cursor !== undefined && { cursor: first.cursor } });
    assert.deepEqual([keysOf(first), keysOf(second)], [["a", "b"], ["c", "d"]]);
    assert.equal(second.cursor, undefined);
  });

  promise("records may be deleted while they are paged", async (store) => {
    const keys = Array.from({ length: 20 }, (_, i) => `k${String(i).padStart(2, "0")}`);
    for (const key of keys) await store.put(key, recordOf(key));
    const seen: string[] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await store.list({ limit: 3, ...cursor !== undefined && { cursor } });
      for (const { key } of page.entries) {
        seen.push(key);
        await store.delete(key);
      }
      cursor = page.cursor;
    }
    assert.deepEqual(seen, keys);
    assert.deepEqual(await store.list(), { entries: [] });
  });

  promise("limits other than 1 to 1,000 are a TypeError", async (store) => {
    for (const limit of [0, -1, 1.5, 1001, NaN, Infinity]) {
      await assert.rejects(store.list({ limit }), { name: "TypeError", message: /limit/ });
    }
    assert.deepEqual(await store.list({ limit: 1000 }), { entries: [] });
  });

  promise("any keys in pages of any size are listed once and in order", async (store) => {
    const part = fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/);
    const keys = fc.uniqueArray(fc.tuple(part, part).map((parts) => parts.join("/")), { maxLength: 30 });
    const prefix = fc.oneof(fc.constant(""), fc.stringMatching(/^[A-Za-z0-9_-]{1,2}\/?$/));
    await fc.assert(
      fc.asyncProperty(keys, prefix, fc.integer({ min: 1, max: 12 }), async (keys, prefix, limit) => {
        for (const key of keys) await store.put(key, recordOf(key));
        const expected = keys.filter((key) => key.startsWith(prefix)).sort();
        assert.deepEqual(await keysOfAllPages(store, { prefix, limit }, []), expected);
        for (const key of keys) await store.delete(key);
      }),
      { numRuns: 30 },
    );
  });
}

/** What a store that brings a lock promises besides. */
export function lockContract(name: string, open: OpenStore): void {
  const promise = promisesOf(name, open);

  promise("one key's lock runs one caller at a time; another key's runs beside it", async (store) => {
    assert.ok(store.lock);
    const log: string[] = [];
    const inside = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const first = store.lock("a", async () => {
      log.push("first in");
      inside.resolve();
      await finish.promise;
      log.push("first out");
      return 1;
    });
    await inside.promise;
    const second = store.lock("a", () => Promise.resolve(log.push("second")));
    await store.lock("b", () => Promise.resolve(log.push("other")));
    finish.resolve();
    assert.equal(await first, 1);
    await second;
    assert.deepEqual(log, ["first in", "other", "first out", "second"]);
  });

  promise("a lock whose run fails rejects with that error and is free again", async (store) => {
    assert.ok(store.lock);
    const error = new Error("inside");
    await assert.rejects(store.lock("a", () => Promise.reject(error)), error);
    assert.equal(await store.lock("a", () => Promise.resolve("free")), "free");
  });
}

/** A small record. */
export function recordOf(body: string): StoredRecord {
  return { format: 1, summary: { status: "connected", updatedAt: 1 }, body };
}

function keysOf(page: StorePage): string[] {
  return page.entries.map(({ key }) => key);
}

async function keysOfAllPages(
  store: TokenStore,
  options: { prefix?: string; limit?: number },
  sizes: number[],
): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ ...options, ...cursor !== undefined && { cursor } });
    assert.ok(page.entries.length <= (options.limit ?? 100));
    keys.push(...keysOf(page));
    sizes.push(page.entries.length);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return keys;
}

type Check = (store: TokenStore, clock: { now: number }) => Promise<void>;

function promisesOf(name: string, open: OpenStore): (sentence: string, check: Check) => void {
  return (sentence, check) =>
    Deno.test(`${name}: ${sentence}`, async () => {
      const clock = { now: START };
      const { store, close } = await open(() => clock.now);
      try {
        await check(store, clock);
      } finally {
        close?.();
      }
    });
}
