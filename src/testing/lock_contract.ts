import { equal, errorOf, ok } from "./expect.ts";
import {
  type ContractTest,
  heldLock,
  locked,
  type OpenStore,
  promisesOf,
  recordOf,
  type StorePromises,
  versionOf,
} from "./promises_of.ts";

/** What a store that brings a lock promises: one holder at a time, and no writes of those before it. */
export function lockContract(open: OpenStore, { hasVersions }: StorePromises): ContractTest[] {
  const { tests, promise } = promisesOf("lock", open);

  promise("one key's lock runs one caller at a time; another key's runs beside it", async (store) => {
    const log: string[] = [];
    equal(await locked(store, "a", () => Promise.resolve(1)), 1);
    const first = await heldLock(store, "a");
    const second = locked(store, "a", () => Promise.resolve(log.push("second")));
    await locked(store, "b", () => Promise.resolve(log.push("other")));
    log.push("first out");
    first.leave();
    await first.holding;
    await second;
    equal(log, ["other", "first out", "second"]);
  });

  promise("who comes while the second of a queue is inside waits for it", async (store) => {
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const isSecondInside = Promise.withResolvers<void>();
    const log: string[] = [];
    const runs = [
      locked(store, "a", () => first.promise),
      locked(store, "a", async () => {
        isSecondInside.resolve();
        await second.promise;
        log.push("second");
      }),
    ];
    first.resolve();
    await isSecondInside.promise;
    runs.push(locked(store, "a", () => Promise.resolve(void log.push("third"))));
    await locked(store, "b", () => Promise.resolve()); // time enough to get in where nobody is waited for
    second.resolve();
    await Promise.all(runs);
    equal(log, ["second", "third"]);
  });

  promise("a lock whose run fails rejects with that error and is free again", async (store) => {
    const error = new Error("inside");
    equal(await errorOf(locked(store, "a", () => Promise.reject(error))), error);
    const thrown = locked(store, "a", () => {
      throw error;
    });
    equal(await errorOf(thrown), error);
    equal(await locked(store, "a", () => Promise.resolve("free")), "free");
  });

  promise("fences grow with every holder of a key, also after the lock was free", async (store) => {
    const fences: number[] = [];
    const note = (fence: number): Promise<number> => Promise.resolve(fences.push(fence));
    for (let i = 0; i < 3; i++) await locked(store, "a", note);
    await Promise.all(Array.from({ length: 5 }, () => locked(store, "a", note)));
    await store.delete("a");
    await locked(store, "a", note);
    equal(fences.length, 9);
    equal(fences, [...new Set(fences)].sort((a, b) => a - b));
    for (const fence of fences) ok(Number.isSafeInteger(fence) && fence > 0, `${fence} is a fence`);
  });

  promise(
    "the holder writes with its fence, and after the lock was given back until the next one holds it",
    async (store) => {
      const fence = await locked(store, "k", async (fence) => {
        equal(await store.put("k", recordOf("1"), { fence }), true);
        equal(await store.put("k", recordOf("2"), { fence }), true);
        return fence;
      });
      equal(await store.put("k", recordOf("3"), { fence }), true);
      equal((await store.get("k"))?.body, "3");
    },
  );

  promise("a late write with the fence of a former holder is refused, and changes nothing", async (store) => {
    const old = await locked(store, "k", async (fence) => {
      await store.put("k", recordOf("first"), { fence });
      return fence;
    });
    const fence = await locked(store, "k", async (fence) => {
      equal(
        await store.put("k", recordOf("late"), { fence: old }),
        false,
        "while the next one holds it",
      );
      equal((await store.get("k"))?.body, "first");
      equal(await store.put("k", recordOf("second"), { fence }), true);
      return fence;
    });
    equal(await store.put("k", recordOf("late"), { fence: old }), false, "and after it");
    await store.delete("k");
    equal(await store.put("k", recordOf("late"), { fence: old }), false, "also where nothing is");
    equal(await store.get("k"), undefined);
    equal(await store.put("k", recordOf("third"), { fence }), true);
  });

  promise("a write without a fence is allowed, whoever holds the lock", async (store) => {
    await locked(store, "k", async () => {
      equal(await store.put("k", recordOf("1")), true);
    });
    equal((await store.get("k"))?.body, "1");
  });

  promise("a fence counts for its own key only", async (store) => {
    for (let i = 0; i < 3; i++) await locked(store, "a", () => Promise.resolve());
    const fence = await locked(store, "a", (fence) => Promise.resolve(fence));
    equal(await store.put("b", recordOf("1"), { fence }), false, "where no lock was ever held");
    await locked(store, "b", () => Promise.resolve());
    equal(await store.put("b", recordOf("1"), { fence }), false, "where an other holder was");
    equal(await store.put("a", recordOf("1"), { fence }), true);
  });

  if (!hasVersions) return tests;
  promise("version and fence must both hold", async (store) => {
    await store.put("k", recordOf("1"));
    const version = await versionOf(store, "k");
    const old = await locked(store, "k", (fence) => Promise.resolve(fence));
    await locked(store, "k", async (fence) => {
      const cases = [
        { ifVersion: version, fence: old },
        { ifVersion: "none such", fence },
        { ifVersion: null, fence },
        { ifVersion: null, fence: old },
      ];
      for (const options of cases) {
        equal(await store.put("k", recordOf("2"), options), false, JSON.stringify(options));
        equal(await versionOf(store, "k"), version);
      }
      equal(await store.put("k", recordOf("2"), { ifVersion: version, fence }), true);
    });
    equal((await store.get("k"))?.body, "2");
  });
  return tests;
}
