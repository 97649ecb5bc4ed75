import assert from "node:assert/strict";
import type { Recovery } from "../../src/connections/recovery.ts";
import type { Connections } from "../../src/connections/connections.ts";
import type { MaintainOptions } from "../../src/connections/maintain.ts";
import { simulateRounds } from "./simulate_rounds.ts";
import { DAY, HOUR, MINUTE, type TestWorld, traffic, world } from "./world.ts";

const targetsOf = (count: number) => Array.from({ length: count }, (_, at) => ({ locationId: `kept${at}` }));

async function round(connections: Connections, options?: MaintainOptions): Promise<Recovery[]> {
  return await Array.fromAsync(connections.maintain(options));
}

/** So many healthy connections, over a store with versions and a lock. */
async function kept(count: number): Promise<TestWorld & { readonly keeper: Connections }> {
  const w = world();
  for (const target of targetsOf(count)) await w.connect(target);
  w.sandbox.resetCounts();
  return { ...w, keeper: w.another({ store: w.memory }) };
}

Deno.test("what does not end before the next round is left alone", async () => {
  const { sandbox, clock, keeper } = await kept(50);
  assert.deepEqual(await round(keeper), []);
  clock.at += 12 * HOUR;
  assert.deepEqual(await round(keeper), []);
  assert.equal(sandbox.counts.total, 0);
});

Deno.test("hourly rounds keep every connection alive for a week, each refreshed about once a day", async () => {
  const { sandbox, clock, keeper } = await kept(40);
  for (let hour = 0; hour < 7 * 24; hour++) {
    clock.at += HOUR;
    await round(keeper);
    for (const target of targetsOf(40)) {
      const tokens = await keeper.tokens(target, { minLifetimeMs: 0 });
      assert.ok(sandbox.isLiving(tokens.accessToken), `${target.locationId} at hour ${hour}`);
    }
  }
  const { refresh, reconnect, spentRefreshTokenUses } = sandbox.counts;
  assert.ok(refresh >= 7 * 40 && refresh <= 9 * 40, `${refresh} refreshes`);
  assert.deepEqual([reconnect, spentRefreshTokenUses], [0, 0]);
});

Deno.test("C8: what was granted together is not refreshed together, for ever", async () => {
  const { sandbox, clock, keeper } = await kept(500);
  const perRound: number[] = [];
  for (let at = 0; at < 24 * 6; at++) {
    clock.at += 10 * MINUTE;
    const before = sandbox.counts.refresh;
    await round(keeper, { withinMs: 10 * MINUTE });
    perRound.push(sandbox.counts.refresh - before);
  }
  assert.equal(perRound.reduce((sum, each) => sum + each, 0), 500);
  const busy = perRound.filter((each) => each > 0).length;
  assert.ok(busy >= 10, `spread over ${busy} rounds of ten minutes`);
  assert.ok(Math.max(...perRound) < 100, `${Math.max(...perRound)} at once`);
});

for (
  const [every, everyMs] of [["15 minutes", 15 * MINUTE], ["hour", HOUR], ["two hours", 2 * HOUR]] as const
) {
  Deno.test(`C8: rounds of every ${every} keep what was recovered together below five times the even rate, for 30 days`, () => {
    const course = simulateRounds({ connections: 20_000, days: 30, everyMs });
    assert.ok(course.highest <= 5, `${course.highest.toFixed(2)} times the even rate`);
    assert.ok((course.highestByDay[29] ?? NaN) < 1.5, `${course.highestByDay[29]} on the last day`);
    assert.ok(
      course.refreshes < 20_000 * 30 * 1.25,
      `${course.refreshes} refreshes cost more than they have to`,
    );
    assert.equal(course.late, 0);
  });
}

Deno.test("many processes at once share the work: each connection is refreshed once", async () => {
  const { sandbox, clock, another, memory } = await kept(60);
  clock.at += DAY;
  const rounds = await Promise.all(
    Array.from({ length: 4 }, () => round(another({ store: memory }))),
  );
  assert.ok(rounds.flat().every(({ outcome }) => outcome === "recovered"));
  assert.deepEqual(traffic(sandbox), { refresh: 60 });
});

Deno.test("a round may be cut short, and the next one goes on", async () => {
  const { sandbox, clock, keeper } = await kept(30);
  clock.at += DAY;
  assert.equal((await round(keeper, { limit: 10, concurrency: 3 })).length, 10);
  assert.deepEqual(traffic(sandbox), { refresh: 10 });
  const controller = new AbortController();
  for await (const _ of keeper.maintain({ signal: controller.signal, concurrency: 1 })) controller.abort();
  const { refresh } = sandbox.counts;
  assert.ok(refresh >= 11 && refresh <= 12);
  assert.equal((await round(keeper)).length, 30 - refresh);
});

Deno.test("what is broken is tried again in growing pauses, and comes back by itself", async () => {
  const { sandbox, clock, keeper, events } = await kept(1);
  clock.at += DAY;
  sandbox.fault({ on: "any", kind: "html_502", times: Infinity });
  const triedAt: number[] = [];
  const startedAt = clock.at;
  for (let minute = 0; minute < 60; minute++) {
    const results = await round(keeper, { withinMs: 0 });
    if (results.length > 0) triedAt.push(Math.round((clock.at - startedAt) / MINUTE));
    clock.at += MINUTE;
  }
  assert.ok(triedAt.length >= 4 && triedAt.length <= 7, `${triedAt}`);
  sandbox.clearFaults();
  clock.at += 6 * HOUR;
  const [back] = await round(keeper, { withinMs: 0 });
  assert.equal(back?.outcome, "recovered");
  assert.ok(events.some(({ type }) => type === "recovery_failed"));
});

Deno.test("what waits for a person is asked for once a day", async () => {
  const { sandbox, clock, keeper } = await kept(1);
  clock.at += DAY;
  sandbox.loseTokens();
  sandbox.removeReconnect();
  let attempts = 0;
  for (let hour = 0; hour < 72; hour++) {
    attempts += (await round(keeper, { withinMs: 0 })).length;
    clock.at += HOUR;
  }
  assert.ok(attempts >= 3 && attempts <= 4, `${attempts}`);
});

Deno.test("C4: a round sends a refresh token that was called dead once more, a day later", async () => {
  const { sandbox, clock, keeper } = await kept(1);
  const [target = { locationId: "" }] = targetsOf(1);
  clock.at += DAY;
  sandbox.removeReconnect();
  const body = { statusCode: 400, message: "Invalid grant: refresh token is invalid" };
  sandbox.fault({ on: "refresh", kind: "status", status: 400, body });
  await assert.rejects(keeper.accessToken(target), { code: "reauthorization_required" });
  for (let hour = 0; hour < 22; hour++) {
    clock.at += HOUR;
    assert.deepEqual(await round(keeper), [], "it is not due");
    await assert.rejects(keeper.accessToken(target), { code: "reauthorization_required" });
  }
  assert.equal(sandbox.counts.refresh, 1, "ordinary calls send nothing");
  clock.at += 26 * HOUR;
  const [back] = await round(keeper);
  assert.deepEqual([back?.outcome, back?.by], ["recovered", "refresh"]);
});

Deno.test("what was forgotten is never due", async () => {
  const { sandbox, clock, keeper } = await kept(3);
  for (const target of targetsOf(3)) await keeper.forget(target);
  clock.at += DAY;
  assert.deepEqual(await round(keeper), []);
  assert.equal(sandbox.counts.total, 0);
});

Deno.test("a mistaken option is named before anything is asked", async () => {
  const { keeper, sandbox } = await kept(1);
  await assert.rejects(round(keeper, { withinMs: -1 }), { name: "TypeError", message: /^withinMs/ });
  for (const limit of [0, 1.5, -1]) {
    await assert.rejects(round(keeper, { limit }), { name: "TypeError", message: /^limit/ });
  }
  await assert.rejects(round(keeper, { concurrency: 0 }), { name: "TypeError", message: /^concurrency/ });
  assert.equal(sandbox.counts.total, 0);
});
