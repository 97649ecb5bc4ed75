import assert from "node:assert/strict";
import { sleep } from "../../src/oauth/request/retry.ts";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { leaseKeyOf } from "../../src/stores/lease.ts";
import { withLease } from "../../src/stores/with_lease.ts";
import { standIn } from "./kv_stand_in.ts";
import { Machine } from "./machine.ts";
import { recordOf, START } from "../../src/testing/promises_of.ts";
import { until } from "../until.ts";

const LEASE = leaseKeyOf("k");
const RENEWALS = 3;

for (const [sentence, [first, second]] of [["ahead", [0, 60_000]], ["behind", [60_000, 0]]] as const) {
  Deno.test(`C3: a process whose clocks are 60 s ${sentence} of the holder's does not get in beside it`, async () => {
    using kv = await Deno.openKv(":memory:");
    const [holder, waiter] = [new Machine(kv, { elapsedMs: first }), new Machine(kv, { elapsedMs: second })];
    const log: string[] = [];
    const finish = Promise.withResolvers<void>();
    const inside = Promise.withResolvers<void>();
    const holding = holder.store({ now: () => START + first }).lock("k", async () => {
      inside.resolve();
      await finish.promise;
      log.push("holder");
    });
    await inside.promise;
    const waiting = waiter.store({ now: () => START + second }).lock(
      "k",
      () => Promise.resolve(log.push("waiter")),
    );
    for (let i = 0; i < 5; i++) await waiter.look();
    assert.deepEqual(log, []);
    finish.resolve();
    await Promise.all([holding, waiting]);
    assert.deepEqual(log, ["holder", "waiter"]);
  });
}

Deno.test("a holder that is silent is taken over after its own lease and a tenth, by the waiter's time", async () => {
  using kv = await Deno.openKv(":memory:");
  await kv.set(LEASE, { owner: "dead", fence: 7, leaseMs: 5_000 });
  const waiter = new Machine(kv, { elapsedMs: 123_456 });
  let fence = 0;
  const waiting = waiter.store({ leaseMs: 1_000 }).lock("k", (given) => Promise.resolve(fence = given));
  await waiter.look();
  waiter.elapsedMs += 5_499;
  await waiter.look();
  assert.equal(fence, 0);
  waiter.elapsedMs += 2;
  await waiting;
  assert.equal(fence, 8);
});

Deno.test("a renewal while a waiter watches lets it wait anew", async () => {
  using kv = await Deno.openKv(":memory:");
  const lease = { owner: "alive", fence: 7, leaseMs: 5_000 };
  await kv.set(LEASE, lease);
  const waiter = new Machine(kv);
  let isInside = false;
  const waiting = waiter.store().lock("k", () => Promise.resolve(isInside = true));
  for (let i = 0; i < 3; i++) {
    await waiter.look();
    waiter.elapsedMs += 5_000;
    await kv.set(LEASE, lease);
  }
  await waiter.look();
  assert.equal(isInside, false, "15 s without a release, 5 s at most without a renewal");
  waiter.elapsedMs += 5_501;
  await waiting;
});

Deno.test("a slow run renews its lease three times in its life and keeps it; without renewal it loses it", async () => {
  using kv = await Deno.openKv(":memory:");
  const [holder, waiter] = [new Machine(kv), new Machine(kv)];
  const log: string[] = [];
  const finish = Promise.withResolvers<void>();
  const inside = Promise.withResolvers<void>();
  const holding = holder.hold(async () => {
    inside.resolve();
    await finish.promise;
  });
  await inside.promise;
  const waiting = waiter.store().lock("k", () => Promise.resolve(log.push("waiter")));
  await waiter.look();
  const versionstamp = async (): Promise<string | null> => (await kv.get(LEASE)).versionstamp;
  for (let i = 0; i < RENEWALS; i++) {
    waiter.elapsedMs += 1_000;
    const before = await versionstamp();
    holder.wake();
    await until(async () => await versionstamp() !== before, "the lease is renewed");
    await waiter.look();
    assert.deepEqual(log, []);
  }
  assert.ok(holder.slept.length > RENEWALS && holder.slept.every((ms) => Math.round(ms) === 333));
  waiter.elapsedMs += 1_101;
  await waiting;
  finish.resolve();
  await holding;
});

Deno.test("C3: a holder that slept past its lease cannot write over what the next one wrote", async () => {
  using kv = await Deno.openKv(":memory:");
  const [sleeper, next] = [new Machine(kv), new Machine(kv)];
  const [late, prompt] = [sleeper.store(), next.store()];
  await prompt.put("k", recordOf("before"));
  const asleep = Promise.withResolvers<void>();
  const sleeping = late.lock("k", async (fence) => {
    const { version } = await late.get("k") ?? {};
    sleeper.suspend();
    const write = late.put("k", recordOf("late"), {
      fence,
      ...version !== undefined && { ifVersion: version },
    });
    asleep.resolve();
    return await write;
  });
  await asleep.promise;
  const taking = prompt.lock("k", async (fence) => await prompt.put("k", recordOf("next"), { fence }));
  await next.look();
  next.elapsedMs += 33_001;
  assert.equal(await taking, true);
  sleeper.resume();
  assert.equal(await sleeping, false, "nothing is thrown: the write is refused");
  assert.equal((await prompt.get("k"))?.body, "next");
  assert.deepEqual((await kv.get(LEASE)).value, { fence: 2 });
});

Deno.test("a holder that was overtaken without a version to compare is refused by its fence alone", async () => {
  using kv = await Deno.openKv(":memory:");
  const [first, second] = [new Machine(kv), new Machine(kv)];
  const store = first.store();
  const fence = await first.hold(async (fence) => {
    const taking = second.store().lock("k", () => Promise.resolve());
    await second.look();
    second.elapsedMs += 1_101;
    await taking;
    assert.equal(await store.put("k", recordOf("late"), { fence }), false);
    return fence;
  });
  assert.equal(fence, 1);
  assert.equal(await store.get("k"), undefined);
});

Deno.test("a holder that lost its lease neither renews nor gives back the new holder's", async () => {
  using kv = await Deno.openKv(":memory:");
  const holder = new Machine(kv);
  const other = { owner: "other", fence: 9, leaseMs: 1_000 };
  await holder.hold(async () => {
    await kv.set(LEASE, other);
    const { versionstamp } = await kv.get(LEASE);
    const before = holder.reads;
    holder.wake();
    await until(() => holder.reads > before && holder.slept.length > 1, "the holder has looked");
    assert.equal((await kv.get(LEASE)).versionstamp, versionstamp);
  });
  assert.deepEqual((await kv.get(LEASE)).value, other);
});

Deno.test("a lease that is given back keeps its fence for ever: no entry expires", async () => {
  using kv = await Deno.openKv(":memory:");
  const options: unknown[] = [];
  const store = new DenoKvStore(
    standIn(kv, { onSet: (key, option) => key[0] === LEASE[0] && options.push(option) }),
  );
  for (let fence = 1; fence <= 3; fence++) {
    assert.equal(await store.lock("k", (given) => Promise.resolve(given)), fence);
    assert.deepEqual((await kv.get(LEASE)).value, { fence });
  }
  assert.deepEqual(options, Array(6).fill(undefined));
});

for (const until of [START - 1, START + 1e12]) {
  Deno.test(`a lease of the first edition (until ${until - START} ms) is taken over once it was watched, whatever it says`, async () => {
    using kv = await Deno.openKv(":memory:");
    await kv.set(LEASE, { owner: "old", until });
    const waiter = new Machine(kv);
    let fence = 0;
    const waiting = waiter.store({ now: () => START, leaseMs: 2_000 }).lock(
      "k",
      (given) => Promise.resolve(fence = given),
    );
    await waiter.look();
    waiter.elapsedMs += 2_199;
    await waiter.look();
    assert.equal(fence, 0);
    waiter.elapsedMs += 2;
    await waiting;
    assert.equal(fence, 1);
    assert.deepEqual((await kv.get(LEASE)).value, { fence: 1 });
  });
}

Deno.test("what is no lease is no lock", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new Machine(kv).store();
  for (const value of ["MARK", 5, [], {}, { owner: 5 }, { fence: "x" }]) {
    await kv.set(LEASE, value);
    assert.equal(await store.lock("k", (fence) => Promise.resolve(fence)), 1);
  }
});

Deno.test("a commit that takes effect and reports a failure is no second holder", async () => {
  using kv = await Deno.openKv(":memory:");
  let failures = 1;
  const flaky = standIn(kv, {
    afterCommit: () => failures-- > 0 ? Promise.reject(new Error("database is locked")) : undefined,
  });
  assert.equal(await new DenoKvStore(flaky).lock("k", (fence) => Promise.resolve(fence)), 1);
  assert.deepEqual((await kv.get(LEASE)).value, { fence: 1 });
});

Deno.test("50 callers in one process run one after another", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new DenoKvStore(kv);
  let inside = 0;
  let most = 0;
  const fences = await Promise.all(Array.from({ length: 50 }, () =>
    store.lock("k", async (fence) => {
      most = Math.max(most, ++inside);
      await Promise.resolve();
      inside--;
      return fence;
    })));
  assert.equal(most, 1);
  assert.equal(new Set(fences).size, 50);
});

Deno.test("a lease that cannot be renewed or given back does not cost the result", async () => {
  using kv = await Deno.openKv(":memory:");
  let failed = 0;
  let isBroken = false;
  const flaky = standIn(kv, {
    beforeGet: () => isBroken ? (failed++, Promise.reject(new Error("disk I/O error"))) : undefined,
  });
  const result = await withLease(flaky, "k", async () => {
    isBroken = true;
    await until(() => failed >= 2, "two renewals have failed");
    return "tokens";
  }, { leaseMs: 1_000, monotonicNow: () => 0, sleep: () => sleep(1) });
  assert.equal(result, "tokens");
});

Deno.test("a run that ends while its lease is being renewed gives the lease back all the same", async () => {
  using kv = await Deno.openKv(":memory:");
  const renewing = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const renewed = Promise.withResolvers<void>();
  let begun = 0;
  let done = 0;
  // Its commits: the taking, the renewal, which is held up until the run has ended, and the release, which comes last.
  const slow = standIn(kv, {
    beforeCommit: async () => {
      begun++;
      if (begun === 2) renewing.resolve();
      if (begun === 2) await goOn.promise;
      if (begun === 3) await renewed.promise;
    },
    afterCommit: () => {
      if (++done === 2) renewed.resolve();
    },
  });
  const options = { leaseMs: 1_000, monotonicNow: () => 0, sleep: () => sleep(1) };
  const holding = withLease(slow, "k", () => renewing.promise, options);
  await renewing.promise;
  await sleep(20); // time enough to look at the lease too early
  goOn.resolve();
  await holding;
  assert.deepEqual((await kv.get(LEASE)).value, { fence: 1 });
});
