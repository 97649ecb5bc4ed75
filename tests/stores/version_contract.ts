import assert from "node:assert/strict";
import { type OpenStore, promisesOf, recordOf, START, unversioned, versionOf } from "./promises_of.ts";

/** What a store with versions promises: it writes only over what its caller has read. */
export function versionContract(name: string, open: OpenStore): void {
  const promise = promisesOf(name, open);

  promise("a write over the version that was read is done", async (store) => {
    await store.put("k", recordOf("1"));
    assert.equal(await store.put("k", recordOf("2"), { ifVersion: await versionOf(store, "k") }), true);
    assert.equal((await store.get("k"))?.body, "2");
  });

  promise("a write over another version is refused, and changes nothing", async (store) => {
    await store.put("k", recordOf("1"));
    const old = await versionOf(store, "k");
    await store.put("k", recordOf("2", { dueAt: START }));
    const before = await store.get("k");
    const lists = [await store.list(), await store.list({ dueBefore: START + 1 })];
    for (const ifVersion of [old, "", "0", "none such", `${before?.version} `]) {
      assert.equal(await store.put("k", recordOf("3"), { ifVersion }), false, ifVersion);
    }
    assert.deepEqual(await store.get("k"), before);
    assert.deepEqual([await store.list(), await store.list({ dueBefore: START + 1 })], lists);
  });

  promise("null writes only where nothing is", async (store) => {
    assert.equal(await store.put("k", recordOf("1"), { ifVersion: null }), true);
    assert.equal(await store.put("k", recordOf("2"), { ifVersion: null }), false);
    assert.equal((await store.get("k"))?.body, "1");
    await store.delete("k");
    assert.equal(await store.put("k", recordOf("3"), { ifVersion: null }), true);
    assert.equal(await store.put("never", recordOf("4"), { ifVersion: "1" }), false);
    assert.equal(await store.get("never"), undefined);
  });

  promise(
    "where the dropAt has come nothing is: null writes, the version it had does not",
    async (store, clock) => {
      for (const key of ["a", "b"]) await store.put(key, { ...recordOf("1"), dropAt: START + 60_000 });
      const version = await versionOf(store, "a");
      assert.equal(await store.put("b", recordOf("2"), { ifVersion: null }), false);
      clock.now = START + 60_000;
      assert.equal(await store.put("a", recordOf("2"), { ifVersion: version }), false);
      assert.equal(await store.get("a"), undefined);
      assert.equal(await store.put("b", recordOf("2"), { ifVersion: null }), true);
      assert.equal((await store.get("b"))?.body, "2");
      assert.equal(await store.put("b", recordOf("3"), { ifVersion: null }), false);
    },
  );

  promise("every write has a version of its own, also one of equal content", async (store) => {
    const versions = new Set<string>();
    for (let i = 0; i < 20; i++) {
      await store.put("k", recordOf("the same"));
      versions.add(await versionOf(store, "k"));
      if (i % 5 === 4) await store.delete("k");
    }
    assert.equal(versions.size, 20);
  });

  promise("a version stays until the next write", async (store) => {
    await store.put("k", recordOf("1"));
    const version = await versionOf(store, "k");
    await store.put("other", recordOf("2"));
    await store.list();
    assert.equal(await versionOf(store, "k"), version);
  });

  promise("a version from before a delete does not match what was put again", async (store) => {
    await store.put("k", recordOf("1"));
    const version = await versionOf(store, "k");
    await store.delete("k");
    assert.equal(await store.put("k", recordOf("2"), { ifVersion: version }), false);
    await store.put("k", recordOf("1"));
    assert.equal(await store.put("k", recordOf("2"), { ifVersion: version }), false);
    assert.equal((await store.get("k"))?.body, "1");
  });

  promise("the version on a record that is put is not read", async (store) => {
    await store.put("a", recordOf("1"));
    const read = await store.get("a");
    assert.ok(read);
    assert.equal(await store.put("a", read), true, "the very object that was read");
    assert.notEqual(await versionOf(store, "a"), read.version);
    await store.put("b", { ...read, version: "none such" });
    assert.notEqual(await versionOf(store, "b"), "none such");
    assert.deepEqual(unversioned(await store.get("b")), recordOf("1"));
  });

  for (const [sentence, isThere] of [["over one record", true], ["to an empty place", false]] as const) {
    promise(`of 50 racing writes ${sentence} one is done`, async (store) => {
      if (isThere) await store.put("k", recordOf("before"));
      const ifVersion = isThere ? await versionOf(store, "k") : null;
      const writes = Array.from({ length: 50 }, (_, i) => store.put("k", recordOf(`${i}`), { ifVersion }));
      const done = (await Promise.all(writes)).flatMap((isWritten, i) => isWritten ? [`${i}`] : []);
      assert.equal(done.length, 1);
      assert.equal((await store.get("k"))?.body, done[0]);
    });
  }
}

/** What a store without versions promises: it says so, and writes all the same. */
export function noVersionContract(name: string, open: OpenStore): void {
  promisesOf(name, open)("it has no versions, and writes whatever ifVersion says", async (store) => {
    for (const [i, ifVersion] of [null, null, "1"].entries()) {
      assert.equal(await store.put("k", { ...recordOf(`${i}`), version: "1" }, { ifVersion }), true);
      assert.deepEqual(await store.get("k"), recordOf(`${i}`));
    }
  });
}
