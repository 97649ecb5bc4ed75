import { equal, errorOf, ok } from "./expect.ts";
import {
  type ContractTest,
  keysOf,
  keysOfAllPages,
  type OpenStore,
  promisesOf,
  recordOf,
  START,
  type StorePromises,
} from "./promises_of.ts";

/** What lists promise: keys in order, in pages, filtered. */
export function listContract(open: OpenStore, { sortsByDue = false }: StorePromises): ContractTest[] {
  const { tests, promise } = promisesOf("lists", open);

  promise("a prefix selects keys that start with it, no others", async (store) => {
    for (const key of ["a/1", "a/2", "ab", "a", "b/1", "A/1"]) await store.put(key, recordOf(key));
    equal(keysOf(await store.list({ prefix: "a/" })), ["a/1", "a/2"]);
    equal(keysOf(await store.list({ prefix: "c" })), []);
    equal(keysOf(await store.list()), ["A/1", "a", "a/1", "a/2", "ab", "b/1"]);
  });

  promise("pages of 100 follow each other by cursor; the last one has none", async (store) => {
    const keys = Array.from({ length: 250 }, (_, i) => `app/location/${String(i).padStart(3, "0")}`);
    for (const key of keys.toReversed()) await store.put(key, recordOf(key));
    const sizes: number[] = [];
    const found = await keysOfAllPages(store, {}, ({ entries }) => void sizes.push(entries.length));
    equal(found, keys);
    equal(sizes, [100, 100, 50]);
  });

  promise("a page that ends with the last key has no cursor", async (store) => {
    for (const key of ["a", "b", "c", "d"]) await store.put(key, recordOf(key));
    const first = await store.list({ limit: 2 });
    const second = await store.list({ limit: 2, ...first.cursor !== undefined && { cursor: first.cursor } });
    equal([keysOf(first), keysOf(second)], [["a", "b"], ["c", "d"]]);
    equal(second.cursor, undefined);
  });

  promise("records may be deleted while they are paged", async (store) => {
    const keys = Array.from({ length: 20 }, (_, i) => `k${String(i).padStart(2, "0")}`);
    for (const key of keys) await store.put(key, recordOf(key));
    const seen = await keysOfAllPages(store, { limit: 3 }, async (page) => {
      for (const key of keysOf(page)) await store.delete(key);
    });
    equal(seen, keys);
    equal(await store.list(), { entries: [] });
  });

  promise("limits other than 1 to 1,000 are a TypeError", async (store) => {
    for (const limit of [0, -1, 1.5, 1001, NaN, Infinity]) {
      const error = await errorOf(store.list({ limit }));
      ok(
        error instanceof TypeError && error.message.includes("limit"),
        `a TypeError about the limit ${limit}`,
      );
    }
    equal(await store.list({ limit: 1000 }), { entries: [] });
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
      equal(found, ["k02", "k07", "k12", "k17", "k22"]);
    }
    equal(await keysOfAllPages(store, { status: "lost" }), []);
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
      equal(due, sortsByDue ? ["e", "b", "a"] : ["a", "b", "e"]);
      equal(await keysOfAllPages(store, { dueBefore: START + 3, prefix: "a" }), ["a"]);
      equal(await keysOfAllPages(store, { dueBefore: 0 }), []);
      await store.put("a", recordOf("")); // its work is done
      const left = await keysOfAllPages(store, { dueBefore: START + 3 });
      ok(!left.includes("a"), "what is not due any more is not listed");
    },
  );

  promise("what has been dropped is neither due nor of any status", async (store, clock) => {
    await store.put("k", { ...recordOf("", { dueAt: START }), dropAt: START + 60_000 });
    clock.now = START + 60_000;
    equal(await keysOfAllPages(store, { dueBefore: START + 120_000 }), []);
    equal(await keysOfAllPages(store, { status: "connected" }), []);
  });

  promise("of many that are due at one moment every one is listed once", async (store) => {
    const keys = Array.from({ length: 60 }, (_, i) => `k${String(i).padStart(2, "0")}`);
    for (const key of keys.toReversed()) await store.put(key, recordOf("", { dueAt: START }));
    for (const limit of [1, 7, 60, 100]) {
      equal(await keysOfAllPages(store, { dueBefore: START + 1, limit }), keys);
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
    equal(seen.toSorted(), keys);
    equal(await keysOfAllPages(store, options), []);
  });
  return tests;
}
