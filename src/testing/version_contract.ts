import { equal, notEqual, ok } from "./expect.ts";
import {
  type ContractTest,
  type OpenStore,
  promisesOf,
  recordOf,
  START,
  unversioned,
  versionOf,
} from "./promises_of.ts";

/** What a store with versions promises: it writes only over what its caller has read. */
export function versionContract(open: OpenStore): ContractTest[] {
  const { tests, promise } = promisesOf("versions", open);

  promise("a write over the version that was read is done", async (store) => {
    await store.put("k", recordOf("1"));
    equal(await store.put("k", recordOf("2"), { ifVersion: await versionOf(store, "k") }), true);
    equal((await store.get("k"))?.body, "2");
  });

  promise("a write over another version is refused, and changes nothing", async (store) => {
    await store.put("k", recordOf("1"));
    const old = await versionOf(store, "k");
    await store.put("k", recordOf("2", { dueAt: START }));
    const before = await store.get("k");
    const lists = [await store.list(), await store.list({ dueBefore: START + 1 })];
    for (const ifVersion of [old, "", "0", "none such", `${before?.version} `]) {
      equal(await store.put("k", recordOf("3"), { ifVersion }), false, ifVersion);
    }
    equal(await store.get("k"), before);
    equal([await store.list(), await store.list({ dueBefore: START + 1 })], lists);
  });

  promise("null writes only where nothing is", async (store) => {
    equal(await store.put("k", recordOf("1"), { ifVersion: null }), true);
    equal(await store.put("k", recordOf("2"), { ifVersion: null }), false);
    equal((await store.get("k"))?.body, "1");
    await store.delete("k");
    equal(await store.put("k", recordOf("3"), { ifVersion: null }), true);
    equal(await store.put("never", recordOf("4"), { ifVersion: "1" }), false);
    equal(await store.get("never"), undefined);
  });

  promise(
    "where the dropAt has come nothing is: null writes, the version it had does not",
    async (store, clock) => {
      for (const key of ["a", "b"]) await store.put(key, { ...recordOf("1"), dropAt: START + 60_000 });
      const version = await versionOf(store, "a");
      equal(await store.put("b", recordOf("2"), { ifVersion: null }), false);
      clock.now = START + 60_000;
      equal(await store.put("a", recordOf("2"), { ifVersion: version }), false);
      equal(await store.get("a"), undefined);
      equal(await store.put("b", recordOf("2"), { ifVersion: null }), true);
      equal((await store.get("b"))?.body, "2");
      equal(await store.put("b", recordOf("3"), { ifVersion: null }), false);
    },
  );

  promise("every write has a version of its own, also one of equal content", async (store) => {
    const versions = new Set<string>();
    for (let i = 0; i < 20; i++) {
      await store.put("k", recordOf("the same"));
      versions.add(await versionOf(store, "k"));
      if (i % 5 === 4) await store.delete("k");
    }
    equal(versions.size, 20);
  });

  promise("a version stays until the next write", async (store) => {
    await store.put("k", recordOf("1"));
    const version = await versionOf(store, "k");
    await store.put("other", recordOf("2"));
    await store.list();
    equal(await versionOf(store, "k"), version);
  });

  promise("a version from before a delete does not match what was put again", async (store) => {
    await store.put("k", recordOf("1"));
    const version = await versionOf(store, "k");
    await store.delete("k");
    equal(await store.put("k", recordOf("2"), { ifVersion: version }), false);
    await store.put("k", recordOf("1"));
    equal(await store.put("k", recordOf("2"), { ifVersion: version }), false);
    equal((await store.get("k"))?.body, "1");
  });

  promise("the version on a record that is put is not read", async (store) => {
    await store.put("a", recordOf("1"));
    const read = await store.get("a");
    ok(read !== undefined, "the record is read");
    equal(await store.put("a", read), true, "the very object that was read");
    notEqual(await versionOf(store, "a"), read.version);
    await store.put("b", { ...read, version: "none such" });
    notEqual(await versionOf(store, "b"), "none such");
    equal(unversioned(await store.get("b")), recordOf("1"));
  });

  for (const [sentence, isThere] of [["over one record", true], ["to an empty place", false]] as const) {
    promise(`of 50 racing writes ${sentence} one is done`, async (store) => {
      if (isThere) await store.put("k", recordOf("before"));
      const ifVersion = isThere ? await versionOf(store, "k") : null;
      const writes = Array.from({ length: 50 }, (_, i) => store.put("k", recordOf(`${i}`), { ifVersion }));
      const done = (await Promise.all(writes)).flatMap((isWritten, i) => isWritten ? [`${i}`] : []);
      equal(done.length, 1);
      equal((await store.get("k"))?.body, done[0]);
    });
  }
  return tests;
}

/** What a store without versions promises: it says so, and writes all the same. */
export function noVersionContract(open: OpenStore): ContractTest[] {
  const { tests, promise } = promisesOf("versions", open);
  promise("it has no versions, and writes whatever ifVersion says", async (store) => {
    for (const [i, ifVersion] of [null, null, "1"].entries()) {
      equal(await store.put("k", { ...recordOf(`${i}`), version: "1" }, { ifVersion }), true);
      equal(await store.get("k"), recordOf(`${i}`));
    }
  });
  return tests;
}
