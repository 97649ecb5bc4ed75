import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, worldClock } from "../worker_world.ts";
import { eventsOf, jobIs, pass, progressOf, startJobOf } from "./job_calls.ts";

const DOWN = {
  on: "any",
  kind: "status",
  status: 503,
  times: 1_000_000,
  body: { statusCode: 503, message: "Down for maintenance" },
} as const;

Deno.test("K3: a job of 500 over a HighLevel that is down for 30 minutes: few requests meanwhile, all recovered after", async () => {
  const sandbox = createSandbox({
    app: SANDBOX_APP,
    now: worldClock.now,
    rateLimit: false,
    companies: [{ locations: 500 }],
  });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const outage = sandbox.fault(DOWN);
  const startedAt = performance.now();
  const id = await startJobOf(world, sandbox.locationIds());
  const waiting = await jobIs(world, id, "waiting");
  const seconds = (performance.now() - startedAt) / 1_000;
  ok(outage.hits / seconds <= 15, `${outage.hits} requests in ${seconds.toFixed(1)} s`);
  match(String(waiting.problem), /out of reach.*unavailable/);
  ok(Date.parse(String(waiting.nextTryAt)) <= worldClock.now() + 30_000);

  await world.handle("hurry", { times: 10 }); // a probe repeats what has no answer
  const atStop = outage.hits;
  for (let probes = 0; probes < 60; probes++) {
    const { hits } = outage;
    await pass(world, id, 30_000);
    await until(() => outage.hits > hits);
    await until(async () =>
      Object(await world.sql(id, "SELECT facts FROM job", [], "job"))[0].facts.includes(`"underWay":0`)
    );
  }
  const perProbe = (outage.hits - atStop) / 60;
  ok(perProbe <= 4, `${perProbe} requests a probe`);
  console.log(`${atStop} requests until it stopped, ${perProbe} a probe of 30 s`);
  equal((await progressOf(world, id)).remaining, 500);

  outage.remove();
  await pass(world, id, 30_000); // it goes on within 30 s
  const done = await jobIs(world, id, "done");
  deepEqual([done.recovered, done.failed, done.problem, done.nextTryAt], [500, 0, undefined, undefined]);
});

Deno.test("K3: wrong credentials stop a job at once, with the reason; it goes on when it is resumed", async () => {
  const sandbox = createSandbox({
    app: SANDBOX_APP,
    now: worldClock.now,
    rateLimit: false,
    companies: [{ locations: 60 }],
  });
  await using world = await startWorld({
    sandbox,
    entry: TEST_ENTRY,
    variables: { HIGHLEVEL_CLIENT_SECRET: "a-secret-of-yesterday" },
  });
  const id = await startJobOf(world, sandbox.locationIds());
  const waiting = await jobIs(world, id, "waiting");
  match(String(waiting.problem), /credentials.*HIGHLEVEL_CLIENT_SECRET.*invalid_client/);
  ok(!JSON.stringify(waiting).includes("a-secret-of-yesterday"));
  equal(waiting.remaining, 60);
  await pass(world, id, 60_000);
  ok(sandbox.counts.total <= 5, `${sandbox.counts.total} requests`);
  const before = sandbox.counts.total;
  await world.json(`/recoveries/${id}/resume`, { method: "POST" });
  await until(() => sandbox.counts.total > before);
  equal((await progressOf(world, id)).status, "waiting");
  ok(sandbox.counts.total <= 10, `${sandbox.counts.total} requests`);
});

Deno.test("K3: a HighLevel that stays down for more than a day: what is left is given up with its reason, and may still come back", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const outage = sandbox.fault(DOWN);
  const ids = Array.from({ length: 7 }, () => sandbox.addLocation().locationId);
  const id = await startJobOf(world, ids);
  await jobIs(world, id, "waiting");
  await pass(world, id, 24 * 3_600_000);
  const done = await jobIs(world, id, "done");
  deepEqual([done.failed, done.remaining], [7, 0]);
  match(String(done.problem), /out of reach/);
  const items = (await eventsOf(world, id)).filter(({ event }) => event === "unrecovered");
  equal(items.length, 7);
  match(items[0]?.data ?? "", /unavailable/);
  outage.remove();
  const [first] = ids;
  const target = { kind: "location", id: first };
  const recovery = { target: { locationId: first }, outcome: "recovered", attempts: [] };
  for (let times = 0; times < 2; times++) {
    await world.handle("call", { of: "job", name: id, method: "report", args: [[{ target, recovery }]] });
  }
  const { recovered, failed } = await progressOf(world, id);
  deepEqual([recovered, failed], [1, 6], "by a message that was still at work");
});
