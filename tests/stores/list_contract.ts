import assert from "node:assert/strict";
import fc from "fast-check";
import {
  keysOf,
  keysOfAllPages,
  type OpenStore,
  promisesOf,
  recordOf,
  START,
  type StorePromises,
} from "./promises_of.ts";

/** What lists promise: keys in order, in pages, filtered. */
export function listContract(name: string, open: OpenStore, { sortsByDue = false }: StorePromises): void {
  const promise = promisesOf(name, open);

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
    const found = await keysOfAllPages(store, {}, ({ entries }) => void sizes.push(entries.length));
    assert.deepEqual(found, keys);
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
    const seen = await keysOfAllPages(store, { limit: 3 }, async (page) => {
      for (const key of keysOf(page)) await store.delete(key);
    });
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
        assert.deepEqual(await keysOfAllPages(store, { prefix, limit }), expected);
        for (const key of keys) await store.delete(key);
      }),
      { numRuns: 30 },
    );
  });

  promise("a status selects the records that have it, in pages of any size", async (store) => {
    const statuses = ["connected", "broken", "paused", "reauthorization_required", "forgotten"] as const;
    for (let i = 0; i < 25; i++) {
      const status = statuses[i % 5] ?? "connected";
      await store.put(`k${String(i).padStart(2, "0")}`, recordOf("", { status }));
    }
    await store.put("no-status", { format: 1, summary: { updatedAt: 1 }, body: "" });
    for (const limit of [1, 3, 5, 100]) {
      const found = await keysOfAllPages(store, { status: "paused", limit });
      assert.deepEqual(found, ["k02", "k07", "k12", "k17", "k22"]);
    }
    assert.deepEqual(await keysOfAllPages(store, { status: "lost" }), []);
  });

  promise(
    "dueBefore selects what is due before that moment, and nothing that is never due",
    async (store) => {
      await store.put("a", recordOf("", { dueAt: START + 2 }));
      await store.put("b", recordOf("", { dueAt: START + 1 }));
      await store.put("c", recordOf(""));
      await store.put("d", recordOf("", { dueAt: START + 3 }));
      await store.put("e", recordOf("", { dueAt: 0 }));
      const due = await keysOfAllPages(store, { dueBefore: START + 3, limit: 2 });
      assert.deepEqual(due, sortsByDue ? ["e", "b", "a"] : ["a", "b", "e"]);
      assert.deepEqual(await keysOfAllPages(store, { dueBefore: START + 3, prefix: "a" }), ["a"]);
      assert.deepEqual(await keysOfAllPages(store, { dueBefore: 0 }), []);
      await store.put("a", recordOf("")); // its work is done
      assert.ok(!(await keysOfAllPages(store, { dueBefore: START + 3 })).includes("a"));
    },
  );

  promise("what has been dropped is neither due nor of any status", async (store, clock) => {
    await store.put("k", { ...recordOf("", { dueAt: START }), dropAt: START + 60_000 });
    clock.now = START + 60_000;
    assert.deepEqual(await keysOfAllPages(store, { dueBefore: START + 120_000 }), []);
    assert.deepEqual(await keysOfAllPages(store, { status: "connected" }), []);
  });

  promise("of many that are due at one moment every one is listed once", async (store) => {
    const keys = Array.from({ length: 60 }, (_, i) => `k${String(i).padStart(2, "0")}`);
    for (const key of keys.toReversed()) await store.put(key, recordOf("", { dueAt: START }));
    for (const limit of [1, 7, 60, 100]) {
      assert.deepEqual(await keysOfAllPages(store, { dueBefore: START + 1, limit }), keys);
    }
  });

  promise("what is due is listed once each while the pages before it are put off", async (store) => {
    const keys = Array.from({ length: 40 }, (_, i) => `k${String(i).padStart(2, "0")}`);
    for (const [i, key] of keys.entries()) {
      await store.put(key, recordOf("", { dueAt: START + (i * 7) % 40 % 5 }));
    }
    const options = { dueBefore: START + 10, limit: 6 };
    const seen = await keysOfAllPages(store, options, async (page) => {
      for (const key of keysOf(page)) await store.put(key, recordOf("done", { dueAt: START + 3_600_000 }));
      await store.put("new", recordOf("", { dueAt: START + 3_600_000 }));
    });
    assert.deepEqual(seen.toSorted(), keys);
    assert.deepEqual(await keysOfAllPages(store, options), []);
  });

  promise(
    "any records, asked for in any way and in pages of any size, are those asked for",
    async (store) => {
      const status = fc.constantFrom("connected", "paused", "broken" as const);
      const dueAt = fc.option(
        fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: 0, max: 5, noNaN: true })),
        { nil: undefined },
      );
      const key = fc.stringMatching(/^[ab][A-Z 0-9/]{0,4}[a-z]$/);
      const records = fc.uniqueArray(fc.record({ key, status, dueAt }), {
        maxLength: 25,
        selector: ({ key }) => key,
      });
      const query = fc.record({
        prefix: fc.constantFrom("", "a"),
        status,
        dueBefore: fc.integer({ min: 0, max: 6 }),
        limit: fc.integer({ min: 1, max: 9 }),
      }, { requiredKeys: ["limit"] });
      const check = fc.asyncProperty(records, query, async (records, query) => {
        for (const { key, status, dueAt } of records) {
          await store.put(key, recordOf("", { status, ...dueAt !== undefined && { dueAt } }));
        }
        const { prefix = "", dueBefore } = query;
        const expected = records.filter(({ key, status, dueAt = Infinity }) =>
          key.startsWith(prefix) && status === (query.status ?? status) &&
          (dueBefore === undefined || dueAt < dueBefore)
        );
        const isByDue = sortsByDue && dueBefore !== undefined;
        expected.sort((a, b) => (isByDue && (a.dueAt ?? 0) - (b.dueAt ?? 0)) || (a.key < b.key ? -1 : 1));
        assert.deepEqual(await keysOfAllPages(store, query), expected.map(({ key }) => key));
        for (const { key } of records) await store.delete(key);
      });
      await fc.assert(check, { numRuns: 30 });
    },
  );
}
