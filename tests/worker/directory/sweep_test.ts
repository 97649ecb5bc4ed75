import { deepEqual, equal, match, ok } from "node:assert/strict";
import { newSweep } from "../../../src/worker/directory/sweep_state.ts";
import type { RecordSummary } from "../../../src/stores/token_store.ts";
import { rowOf } from "./directory_database.ts";
import { sweepWorld } from "./sweep_world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = 1_000 * DAY;
/** What Cloudflare allows one invocation is 1,000; one turn stays well below. */
const MOST_CALLS = 500;

function summary(fields: Partial<RecordSummary> = {}): RecordSummary {
  return { status: "connected", expiresAt: NOW + HOUR, updatedAt: NOW - HOUR, ...fields };
}

Deno.test("K6: a connection that nobody refreshed in time is woken by the next sweep, a healthy one is not", async () => {
  const world = sweepWorld();
  world.kv.set("location/late", summary({ expiresAt: NOW - 31 * MINUTE }));
  world.kv.set("location/soon", summary({ expiresAt: NOW - 20 * MINUTE }));
  world.kv.set("location/well", summary());
  world.kv.set("location/broken", summary({ status: "broken", expiresAt: NOW - DAY }));
  await world.run(NOW);
  deepEqual(world.asked.toSorted(), ["look location/broken", "wake location/late"]);
  equal(world.sweep.state?.woken, 1);
});

Deno.test("the sweep writes what the directory missed, and believes what is younger", async () => {
  const world = sweepWorld();
  const { kv, rows } = world;
  rows.put(rowOf("same", { since: 5 }), 7, NOW - DAY);
  rows.put(rowOf("missed", { name: "Kept name", since: 5 }), 7, NOW - DAY);
  rows.put(rowOf("younger", { status: "paused", since: 5 }), 7, NOW - MINUTE);
  rows.put(rowOf("nameless", { status: "paused", since: 5 }), 7, NOW - MINUTE);
  for (const id of ["same", "younger"]) kv.set(`location/${id}`, summary());
  kv.set("location/missed", summary({ status: "broken" }));
  kv.set("location/new", summary({ name: "New", companyId: "C1" }));
  kv.set("location/nameless", summary({ status: "paused", name: "Named by KV" }));
  await world.run(NOW);
  equal(rows.get({ kind: "location", id: "same" })?.since, 5, "nothing to say");
  const missed = rows.get({ kind: "location", id: "missed" });
  deepEqual(
    [missed?.status, missed?.name, missed?.since, missed?.cause, missed?.versionId],
    ["broken", "Kept name", NOW - HOUR, "invalid_grant", "v9"],
    "its object told the rest",
  );
  equal(rows.get({ kind: "location", id: "younger" })?.status, "paused");
  equal(rows.get({ kind: "location", id: "new" })?.companyId, "C1");
  equal(rows.get({ kind: "location", id: "nameless" })?.name, "Named by KV");
});

Deno.test("a row that KV does not have is woken first, and goes when the next sweep does not find it either", async () => {
  const world = sweepWorld();
  const { rows, kv } = world;
  rows.put(rowOf("lost"), 7, NOW - DAY);
  rows.put(rowOf("back"), 7, NOW - DAY);
  rows.put(rowOf("fresh"), 7, NOW - MINUTE);
  await world.run(NOW);
  deepEqual(world.asked.toSorted(), ["wake location/back", "wake location/lost"]);
  await world.run(NOW + HOUR);
  equal(world.lists.counts({}).total, 3, "a second sweep on the same day decides nothing");
  kv.set("location/back", summary());
  kv.set("location/fresh", summary());
  await world.run(NOW + DAY);
  deepEqual(world.lists.page({}).rows.map(({ id }) => id), ["back", "fresh"]);
  equal(rows.get({ kind: "location", id: "back" })?.missingSince, undefined);
});

Deno.test("tombstones take rows out, keep them out, and are erased when they are old", async () => {
  const world = sweepWorld();
  const { rows, kv } = world;
  rows.put(rowOf("left"), 7, NOW - DAY);
  rows.put(rowOf("again"), 7, NOW - MINUTE);
  kv.set("location/left", summary({ status: "forgotten" }));
  kv.set("location/again", summary({ status: "forgotten" }));
  kv.set("location/old", summary({ status: "forgotten", updatedAt: NOW - 92 * DAY }));
  await world.run(NOW);
  deepEqual(world.lists.page({}).rows.map(({ id }) => id), ["again"], "installed again since");
  deepEqual(world.asked, ["erase location/old"]);
  rows.remove({ kind: "location", id: "again" }, 9, NOW);
  kv.set("location/again", summary({ updatedAt: NOW - 1 }));
  await world.run(NOW + 1);
  equal(rows.get({ kind: "location", id: "again" }), undefined, "KV is late");
});

Deno.test("a sweep that finds a forgotten connection again does not forget which report was taken last", async () => {
  const { rows, kv, run } = sweepWorld();
  const key = { kind: "location", id: "again" } as const;
  rows.remove(key, 9, NOW - HOUR);
  kv.set("location/again", summary({ updatedAt: NOW - MINUTE }));
  await run(NOW);
  equal(rows.get(key)?.seq, 9, "the report that it was forgotten would be counted once more");
});

Deno.test("K11: a location that HighLevel lists and nobody here knows is installed; what it does not list is told once", async () => {
  const world = sweepWorld();
  const { rows, kv, installed } = world;
  kv.set("company/C1", summary());
  kv.set("location/L1", summary({ companyId: "C1" }));
  kv.set("location/unlisted", summary({ companyId: "C1" }));
  kv.set("location/forgotten", summary({ status: "forgotten" }));
  installed.set("C1", ["L1", "forgotten", "missed"]);
  await world.run(NOW);
  deepEqual(world.asked, ["install location/missed", "of C1"]);
  match(String(world.told[0]?.text), /^HighLevel does not list .* at 1 connection held here.*unlisted/);
  ok(rows.get({ kind: "location", id: "unlisted" }), "kept");
  await world.run(NOW + DAY);
  equal(world.told.filter(({ kind }) => kind === "not_listed").length, 1, "the same number is no news");
});

Deno.test("refresh tokens that near their year are told in one message, others not", async () => {
  const world = sweepWorld();
  const old = { refreshTokenIssuedAt: NOW - 340 * DAY };
  for (let n = 0; n < 30; n++) world.kv.set(`location/L${n}`, summary(old));
  world.kv.set("location/person", summary({ ...old, status: "reauthorization_required" }));
  world.kv.set("location/dead", summary({ refreshTokenIssuedAt: NOW - 366 * DAY }));
  await world.run(NOW);
  equal(world.told.length, 1);
  equal(world.told[0]?.count, 30);
  match(String(world.told[0]?.text), /and 10 more\.$/);
});

Deno.test("keys whose metadata were lost are read one by one", async () => {
  const world = sweepWorld();
  for (let n = 0; n < 700; n++) {
    world.kv.set(`location/L${n}`, undefined);
    world.values.set(`location/L${n}`, summary({ name: `Clinic ${n}` }));
  }
  await world.run(NOW);
  equal(world.lists.counts({ q: "clinic" }).total, 700);
  ok(world.busiest() <= MOST_CALLS, `${world.busiest()}`);
});

Deno.test("the directory lost in the middle of a sweep is built anew from KV, by pages, and wakes nobody", async () => {
  const world = sweepWorld();
  for (let n = 0; n < 25_000; n++) {
    world.kv.set(
      `location/L${n}`,
      summary({ name: `Clinic ${n}`, companyId: `C${n % 50}`, expiresAt: NOW - DAY }),
    );
  }
  for (let n = 0; n < 50; n++) world.kv.set(`company/C${n}`, summary());
  world.kv.set("location/broken", summary({ status: "broken" }));
  world.kv.set("location/left", summary({ status: "forgotten" }));
  await world.run(NOW, { isBuilding: true });
  const { total, byStatus } = world.lists.counts({});
  deepEqual([total, byStatus.connected, byStatus.broken], [25_051, 25_050, 1]);
  deepEqual(world.asked, ["look location/broken"], "its cause is not in KV");
  deepEqual(world.calls, { keys: 26, look: 1 });
  equal(world.sweep.state?.part, "idle");
});

Deno.test("100,000 connections: one sweep stays within Cloudflare's limits, by count of calls", async () => {
  const world = sweepWorld();
  const { kv, installed } = world;
  for (let n = 0; n < 200; n++) {
    kv.set(`company/C${n}`, summary());
    installed.set(`C${n}`, Array.from({ length: 500 }, (_, index) => `L${n * 500 + index}`));
  }
  for (let n = 0; n < 100_000; n++) {
    const isLate = n % 100 === 0;
    kv.set(
      `location/L${n}`,
      summary({ companyId: `C${Math.floor(n / 500)}`, expiresAt: NOW + (isLate ? -HOUR : HOUR) }),
    );
  }
  installed.set("C7", [...installed.get("C7") ?? [], "unheard"]);
  const turns = await world.run(NOW);
  ok(world.busiest() <= MOST_CALLS, `${world.busiest()} calls in one turn`);
  deepEqual(world.calls, { keys: 101, wake: 1_000, token: 200, installed: 1_001, install: 1, tell: 1 });
  ok(turns < 30, `${turns} turns`);
  equal(world.lists.counts({}).total, 100_200);
  const { asked } = world;
  asked.length = 0;
  await world.run(NOW + 1, { most: 3 });
  ok(world.sweep.state?.part === "kv", "a sweep that was cut off goes on where it was");
  await world.run(NOW + 2);
  equal(world.calls.keys, 202, "and reads nothing twice");
});

Deno.test("rows that KV lost by the thousands are compared in turns", async () => {
  const world = sweepWorld();
  for (let n = 0; n < 5_000; n++) world.rows.put(rowOf(`L${n}`), 7, NOW - DAY);
  await world.run(NOW);
  equal(world.calls.wake, 5_000);
  ok(world.busiest() <= MOST_CALLS);
  await world.run(NOW + DAY);
  equal(world.lists.counts({}).total, 0);
});

Deno.test("a sweep that is under way is not begun anew", () => {
  const world = sweepWorld();
  world.sweep.begin(NOW, false);
  world.sweep.begin(NOW + HOUR, false);
  deepEqual(world.sweep.state, newSweep(undefined, NOW, false));
});

Deno.test("what was due and not done is told once, in one message; known trouble is none of it", async () => {
  const world = sweepWorld();
  const { kv, rows } = world;
  const late = summary({ expiresAt: NOW - HOUR, refreshTokenIssuedAt: NOW - 3 * DAY });
  for (let n = 0; n < 25; n++) kv.set(`location/L${n}`, late);
  kv.set("location/in-trouble", late);
  rows.put(rowOf("in-trouble", { status: "broken", cause: "unavailable" }), 7, NOW - MINUTE);
  kv.set("location/lost-metadata", undefined);
  world.values.set("location/lost-metadata", late);
  await world.run(NOW);
  equal(world.told.length, 1);
  equal(world.told[0]?.count, 26);
  match(
    String(world.told[0]?.text),
    /^26 connections were due and not done: .* and 6 more\. They are woken now/,
  );
  equal(world.asked.filter((text) => text.startsWith("wake ")).length, 27, "those in trouble are woken too");
  equal(world.swept()?.overdue, 26);

  await world.run(NOW + DAY);
  equal(world.told.length, 1, "the same ones are no news");
  kv.set("location/another", late);
  kv.set("location/L0", summary({ expiresAt: NOW + 2 * DAY }));
  await world.run(NOW + 2 * DAY);
  equal(world.told[1]?.count, 1);
  match(String(world.told[1]?.text), /^1 connection was due and not done: its token has ended/);
  kv.set("location/L0", late);
  await world.run(NOW + 3 * DAY);
  equal(world.told[2]?.count, 1, "one that was well meanwhile is news");
});

Deno.test("a sweep finds how many got new tokens within a day, and the oldest refresh token in use", async () => {
  const world = sweepWorld();
  equal(world.swept(), undefined);
  const issued = (age: number, fields: Partial<RecordSummary> = {}): RecordSummary =>
    summary({ refreshTokenIssuedAt: NOW - age, ...fields });
  for (let n = 0; n < 1_500; n++) world.kv.set(`location/L${n}`, issued(n < 1_000 ? HOUR : 25 * HOUR));
  world.kv.set("location/paused", issued(200 * DAY, { status: "paused" }));
  world.kv.set("location/person", issued(300 * DAY, { status: "reauthorization_required" }));
  world.kv.set("location/gone", issued(320 * DAY, { status: "forgotten" }));
  world.kv.set("location/never", summary());
  await world.run(NOW);
  const { endedAt, ...found } = world.swept() ?? {};
  equal(endedAt, NOW);
  deepEqual(found, { renewed: 1_000, oldestRefreshTokenAt: NOW - 200 * DAY, overdue: 0 });
});
