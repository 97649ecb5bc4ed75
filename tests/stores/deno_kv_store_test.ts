import assert from "node:assert/strict";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { leaseKeyOf } from "../../src/stores/lease.ts";
import { standIn } from "./kv_stand_in.ts";
import { recordOf } from "../../src/testing/promises_of.ts";

Deno.test("DenoKvStore without a Deno.Kv says how to get one", () => {
  for (const kv of [undefined, null, {}]) {
    assert.throws(() => Reflect.construct(DenoKvStore, [kv]), {
      name: "TypeError",
      message: /--unstable-kv.*Deno\.openKv/,
    });
  }
});

Deno.test("DenoKvStore refuses a record over 64 KiB, naming its key and none of it", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new DenoKvStore(kv);
  await store.put("fits", recordOf("x".repeat(64_000)));
  await assert.rejects(store.put("app/company/big", recordOf("MARK".repeat(17_000))), (error: unknown) => {
    assert.ok(error instanceof Error && "code" in error);
    assert.equal(error.code, "store_failed");
    assert.match(error.message, /app\/company\/big.*65536 bytes/);
    assert.ok(!error.message.includes("MARK"));
    return true;
  });
});

Deno.test("C14: DenoKvStore says which key holds something foreign, and keeps to its own part of the database", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new DenoKvStore(kv);
  await kv.set(["other", "a"], "MARK");
  await kv.set(["highlevel-lock", "a"], "MARK");
  assert.deepEqual(await store.list(), { entries: [] });
  await kv.set(["highlevel", "a"], { token: "MARK" });
  const foreign = { code: "store_failed", message: /^The record under a is none of this module: delete it/ };
  await assert.rejects(store.get("a"), foreign);
  assert.deepEqual(await store.list(), { entries: [] }, "one odd entry does not hide the others");
});

Deno.test("DenoKvStore takes leases from a second to an hour, in whole milliseconds", async () => {
  using kv = await Deno.openKv(":memory:");
  for (const leaseMs of [1_000, 30_000, 3_600_000]) new DenoKvStore(kv, { leaseMs });
  for (const leaseMs of [0, 999, 1_000.5, 3_600_001, NaN, Infinity]) {
    assert.throws(() => new DenoKvStore(kv, { leaseMs }), { name: "TypeError", message: /^leaseMs must be/ });
  }
});

Deno.test("DenoKvStore keeps no version in its value: the entry's is the record's", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new DenoKvStore(kv);
  await store.put("k", { ...recordOf("1"), version: "another store's" });
  const { value, versionstamp } = await kv.get(["highlevel", "k"]);
  assert.deepEqual(value, recordOf("1"));
  assert.equal((await store.get("k"))?.version, versionstamp);
});

/** A store whose first commits each come after the next of `meanwhile`. */
function overtaken(
  kv: Deno.Kv,
  meanwhile: (() => Promise<unknown>)[],
): { store: DenoKvStore; commits: () => number } {
  let commits = 0;
  const store = new DenoKvStore(standIn(kv, { beforeCommit: () => (commits++, meanwhile.shift()?.()) }));
  return { store, commits: () => commits };
}

const HELD = { owner: "us", fence: 4, leaseMs: 30_000 };

Deno.test("a write is tried again where only the lease was renewed meanwhile", async () => {
  using kv = await Deno.openKv(":memory:");
  const renew = (): Promise<unknown> => kv.set(leaseKeyOf("k"), HELD);
  await renew();
  for (const options of [{ fence: 4 }, { fence: 4, ifVersion: null }]) {
    await kv.delete(["highlevel", "k"]);
    const { store, commits } = overtaken(kv, [renew, renew]);
    assert.equal(await store.put("k", recordOf("1"), options), true);
    assert.equal(commits(), 3);
  }
});

Deno.test("a write is refused where the lease was lost between the look and the commit", async () => {
  using kv = await Deno.openKv(":memory:");
  await kv.set(leaseKeyOf("k"), HELD);
  const { store, commits } = overtaken(kv, [
    () => kv.set(leaseKeyOf("k"), { ...HELD, owner: "them", fence: 5 }),
  ]);
  assert.equal(await store.put("k", recordOf("late"), { fence: 4 }), false);
  assert.equal(await store.get("k"), undefined);
  assert.equal(commits(), 1);
});

Deno.test("a write is refused where somebody else wrote between the look and the commit", async () => {
  using kv = await Deno.openKv(":memory:");
  await kv.set(leaseKeyOf("k"), HELD);
  for (const fence of [{}, { fence: 4 }]) {
    await kv.delete(["highlevel", "k"]);
    const { store } = overtaken(kv, [() => kv.set(["highlevel", "k"], recordOf("theirs"))]);
    assert.equal(await store.put("k", recordOf("ours"), { ifVersion: null, ...fence }), false);
    assert.equal((await store.get("k"))?.body, "theirs");
  }
});

Deno.test("'database is locked' is tried again, another error is not", async () => {
  using kv = await Deno.openKv(":memory:");
  let calls = 0;
  const failing = (message: string, times: number): DenoKvStore => {
    calls = 0;
    const fail = (): Promise<never> | undefined =>
      ++calls <= times ? Promise.reject(new Error(message)) : undefined;
    return new DenoKvStore(standIn(kv, { beforeGet: fail, beforeCommit: fail }));
  };
  assert.equal(await failing("database is locked", 3).get("k"), undefined);
  assert.equal(calls, 4);
  assert.equal(await failing("database is locked", 3).put("k", recordOf("1")), true);
  assert.equal(calls, 4);
  await assert.rejects(failing("disk I/O error", 3).get("k"), /disk I\/O/);
  assert.equal(calls, 1);
  await assert.rejects(failing("disk I/O error", 3).put("k", recordOf("1")), /disk I\/O/);
  assert.equal(calls, 1);
});
