import { deepEqual, equal, ok } from "node:assert/strict";
import type { TryOutcome } from "../../../src/worker/events/delivery_rules.ts";
import { addressWorld, eventOf, type Receiver, VirtualTime } from "./address_world.ts";

const TAKEN: TryOutcome = { kind: "taken" };
const FAILED: TryOutcome = { kind: "failed", problem: "http_500" };
const STALLED: TryOutcome = { kind: "failed", problem: "timeout" };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const healthy: Receiver = () => ({ ms: 50, outcome: TAKEN });
const stalling: Receiver = () => ({ ms: 20_000, outcome: STALLED });

Deno.test("what an address takes at once is never stored, and comes once however often it is handed over", async () => {
  const time = new VirtualTime();
  const { address, arrived } = addressWorld(time, healthy);
  const event = eventOf("a");
  const taking = Promise.all([address().take([event, event]), address().take([event])]);
  await time.run();
  await taking;
  await address().take([event]);
  deepEqual(arrived.get("a")?.length, 1);
  deepEqual(address().counts(), { waiting: 0, dead: 0 });
});

Deno.test("500 for an hour: everything arrives, the first repeat within a minute, and nothing is kept afterwards", async () => {
  const time = new VirtualTime();
  const startedAt = time.now;
  const { address, arrived, tries, logged } = addressWorld(time, (_, now) => ({
    ms: 50,
    outcome: now < startedAt + HOUR_MS ? FAILED : TAKEN,
  }));
  const ids = Array.from({ length: 500 }, (_, at) => `e${at}`);
  for (const id of ids) {
    time.at(startedAt + Number(id.slice(1)) * 1_000, () => void address().take([eventOf(id)]));
  }
  await time.run();
  deepEqual([...arrived.keys()].sort(), ids.sort());
  ok([...arrived.values()].every(({ length }) => length === 1));
  deepEqual(address().counts(), { waiting: 0, dead: 0 });
  const [first, second] = tries.filter(({ id }) => id === "e0");
  ok((second?.at ?? Infinity) - (first?.at ?? 0) <= 60_000);
  const lastAt = Math.max(...[...arrived.values()].flat());
  ok(
    lastAt < startedAt + HOUR_MS + 16 * 60_000,
    `all were there ${(lastAt - startedAt - HOUR_MS) / 60_000} min later`,
  );
  ok(
    tries.filter(({ at }) => at < startedAt + HOUR_MS).length < 40,
    "an address that is down is not hammered",
  );
  deepEqual(logged, ["is down"]);
});

Deno.test("away for more than 3 days: dead letters, kept for 14 days, that can be sent again by id, by time, or all", async () => {
  const time = new VirtualTime();
  const startedAt = time.now;
  let isUp = false;
  const { address, arrived } = addressWorld(time, () => ({ ms: 50, outcome: isUp ? TAKEN : FAILED }));
  await Promise.all([
    address().take(["a", "b", "c", "d"].map((id, at) => eventOf(id, startedAt + at))),
    time.run(startedAt + 1_000),
  ]);
  await time.run(startedAt + 3 * DAY_MS + HOUR_MS);
  deepEqual(address().counts(), { waiting: 0, dead: 4 });
  const [newest] = address().list({ state: "dead", limit: 1 });
  deepEqual([newest?.id, newest?.state, newest?.problem], ["d", "dead", "http_500"]);
  ok((newest?.tries ?? 0) > 3);
  deepEqual(
    address().list({ state: "dead", limit: 9, before: { at: startedAt + 2, id: "c" } }).map(({ id }) => id),
    ["b", "a"],
  );
  deepEqual(await address().replay({ ids: ["a", "unknown"] }), ["a"]);
  isUp = true;
  await time.run(time.now + 60_000);
  deepEqual([...arrived.keys()], ["a"]);
  deepEqual([...await address().replay({ since: startedAt + 2 })].sort(), ["c", "d"]);
  await time.run(time.now + 60_000);
  deepEqual([...arrived.keys()].sort(), ["a", "c", "d"]);
  deepEqual(address().counts(), { waiting: 0, dead: 1 });
  await time.run(startedAt + 18 * DAY_MS);
  deepEqual(address().counts(), { waiting: 0, dead: 0 });
  equal(arrived.has("b"), false);
});

Deno.test("an event that its receiver always refuses dies alone, after growing pauses; the others pass it", async () => {
  const time = new VirtualTime();
  const startedAt = time.now;
  const { address, arrived, tries } = addressWorld(
    time,
    (id) => ({ ms: 20, outcome: id === "bad" ? FAILED : TAKEN }),
  );
  await Promise.all([address().take([eventOf("bad")]), time.run(startedAt + 1_000)]);
  for (let minute = 1; minute < 6_000; minute++) {
    time.at(startedAt + minute * 60_000, () => void address().take([eventOf(`e${minute}`)]));
  }
  await time.run(startedAt + 4 * DAY_MS);
  const late = [...arrived].filter(([id, [at = 0]]) => at - startedAt - Number(id.slice(1)) * 60_000 > 1_000);
  deepEqual(late, []);
  deepEqual(address().counts(), { waiting: 0, dead: 1 });
  const count = tries.filter(({ id }) => id === "bad").length;
  ok(count >= 15 && count <= 25, `${count} tries`);
});

Deno.test("Retry-After holds up all that waits for this address, and nothing comes sooner", async () => {
  const time = new VirtualTime();
  const startedAt = time.now;
  const { address, arrived, tries } = addressWorld(
    time,
    (_, now) =>
      now < startedAt + 600_000
        ? { ms: 10, outcome: { kind: "failed", problem: "http_429", askedMs: 600_000 } }
        : { ms: 10, outcome: TAKEN },
  );
  await Promise.all([address().take([eventOf("a")]), time.run(startedAt + 100)]);
  await address().take([eventOf("b"), eventOf("c")]);
  await time.run(startedAt + 599_999);
  deepEqual(tries.length, 1);
  await time.run(startedAt + 620_000);
  deepEqual([...arrived.keys()].sort(), ["a", "b", "c"]);
});

Deno.test("410: what waits and what comes is a dead letter, without a request; sending again, or a day, looks anew", async () => {
  const time = new VirtualTime();
  let isGone = true;
  const world = addressWorld(time, () => ({ ms: 10, outcome: isGone ? { kind: "gone" } : TAKEN }));
  const { address, tries, arrived } = world;
  await Promise.all([address().take([eventOf("a")]), time.run(time.now + 100)]);
  await address().take([eventOf("b"), eventOf("c")]);
  deepEqual([tries.length, address().counts()], [1, { waiting: 0, dead: 3 }]);
  isGone = false;
  deepEqual((await address().replay({})).length, 3);
  await time.run(time.now + 60_000);
  deepEqual([...arrived.keys()].sort(), ["a", "b", "c"]);
  isGone = true;
  await Promise.all([address().take([eventOf("d")]), time.run(time.now + 100)]);
  isGone = false;
  await time.run(time.now + DAY_MS);
  await Promise.all([address().take([eventOf("e")]), time.run(time.now + 60_000)]);
  deepEqual(arrived.has("e"), true);
});

Deno.test("an instance that ends at any moment loses nothing that it has taken", async () => {
  for (let lifeMs = 0; lifeMs < 26_000; lifeMs += 500) {
    const time = new VirtualTime();
    const startedAt = time.now;
    let isUp = false;
    const { address, die, arrived } = addressWorld(
      time,
      (id) =>
        id.startsWith("slow") && !isUp
          ? { ms: 20_000, outcome: STALLED }
          : { ms: 300, outcome: isUp || id.startsWith("good") ? TAKEN : FAILED },
    );
    const ids = ["good1", "slow1", "bad1", "good2", "slow2", "bad2"];
    const accepted = new Set<string>();
    for (const id of ids) void address().take([eventOf(id)]).then(() => accepted.add(id));
    await time.run(startedAt + lifeMs);
    die();
    const known = [...accepted];
    isUp = true;
    await time.run(startedAt + DAY_MS);
    // The instance that ended cannot have its last tries counted: whoever was taken by it may come twice, never not at all.
    for (const id of known) ok(arrived.has(id), `${id}, ended after ${lifeMs} ms`);
    deepEqual(address().counts(), { waiting: 0, dead: 0 });
  }
});

Deno.test("10,000 events with one bad address of three: the other two are not a second later for it", async () => {
  const slowest = async (third: Receiver): Promise<{ readonly latest: number; readonly left: number }> => {
    const time = new VirtualTime();
    const startedAt = time.now;
    const worlds = [healthy, healthy, third].map((receiver) => addressWorld(time, receiver));
    const ids = Array.from({ length: 10_000 }, (_, at) => `e${at}`);
    // As the queue does it: 50 events a batch, ten batches at once, a batch ends when all addresses have taken it.
    const lane = async (): Promise<void> => {
      for (let batch = ids.splice(0, 50); batch.length > 0; batch = ids.splice(0, 50)) {
        await Promise.all(worlds.map(({ address }) => address().take(batch.map((id) => eventOf(id)))));
      }
    };
    const consumed = Promise.all(Array.from({ length: 10 }, lane));
    await time.run(startedAt + 10 * 60_000);
    await consumed;
    const latest = worlds.slice(0, 2).map(({ arrived }) => {
      equal(arrived.size, 10_000);
      return Math.max(...[...arrived.values()].flat()) - startedAt;
    });
    return { latest: Math.max(...latest), left: worlds[2]?.address().counts().waiting ?? 0 };
  };
  const alone = await slowest(healthy);
  for (
    const [name, receiver] of Object.entries({ stalling, refusing: () => ({ ms: 50, outcome: FAILED }) })
  ) {
    const { latest, left } = await slowest(receiver);
    ok(latest <= alone.latest + 2_500, `${name}: ${latest} ms, alone ${alone.latest} ms`);
    ok(left >= 9_900, `${left} wait for the bad one`);
  }
});
