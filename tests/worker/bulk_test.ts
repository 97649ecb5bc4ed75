import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { linkTarget } from "./calls.ts";
import {
  countsOf,
  eventsOf,
  jobIs,
  pass,
  progressOf,
  startJob,
  startJobOf,
} from "./recovery_job/job_calls.ts";
import { KEYS, SANDBOX_APP, startWorld, TEST_ENTRY, until, worldClock } from "./worker_world.ts";

Deno.test("500 lost connections come back by one job, whatever the queue repeats", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP, companies: [{ locations: 490 }] });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const paused = Array.from({ length: 4 }, () => sandbox.addLocation().locationId);
  for (const id of paused) sandbox.pause(id);
  const gone = Array.from({ length: 6 }, () => sandbox.addLocation({ installed: false }).locationId);
  const ids = sandbox.locationIds();
  const targets = ids.map((locationId) => ({ locationId }));
  const startedAt = performance.now();
  const id = await startJob(world, { targets: [...targets, ...targets.slice(0, 50)] });
  const following = eventsOf(world, id);
  following.catch(() => {}); // told by the step that awaits it
  const progress = await jobIs(world, id, "done");
  console.log(`500 targets: ${Math.round(performance.now() - startedAt)} ms`);

  await t.step("the counts add up; a target named twice counts once", () => {
    deepEqual(countsOf(progress), {
      total: 500,
      recovered: 490,
      paused: 4,
      reauthorization_required: 6,
      failed: 0,
      remaining: 0,
    });
  });
  await t.step("each cost one exchange, no more; the paused ones none", () => {
    equal(sandbox.counts.exchange, 490);
    equal(sandbox.counts.spentCodeUses, 0);
  });
  await t.step("messages that come again change nothing", async () => {
    sandbox.resetCounts();
    const since = new Date(String(progress.createdAt)).getTime();
    const message = {
      jobId: id,
      since,
      round: 0,
      revives: true,
      targets: ids.slice(0, 20).map((location) => ({ kind: "location", id: location })),
    };
    deepEqual(await world.handle("queue", { message: [message, message] }), [
      "ack 0",
      "ack 1",
    ]);
    equal(sandbox.counts.total - sandbox.counts.location, 0); // names are read meanwhile
    deepEqual((await world.json(`/recoveries/${id}`)).body, progress);
  });
  await t.step("a copy that comes while the first is unreported spends no second token", async () => {
    sandbox.resetCounts();
    const order = { since: new Date(String(progress.createdAt)).getTime(), revives: true };
    const args = [{}, order];
    const answer = await world.handle("call", { name: `location/${ids[0]}`, method: "recover", args });
    match(JSON.stringify(answer), /"outcome":"recovered","by":"store"/);
    equal(sandbox.counts.total - sandbox.counts.location, 0); // names are read meanwhile
  });
  await t.step("events tell each that has no tokens, with its link, and end with done", async () => {
    const told = await following;
    equal(told.at(-1)?.event, "done");
    const items = told.filter(({ event }) => event === "unrecovered").map(({ data }) =>
      JSON.parse(data ?? "")
    );
    deepEqual(new Set(items.map(({ target }) => target.locationId)), new Set([...paused, ...gone]));
    const person = items.find(({ target }) => target.locationId === gone[0]);
    deepEqual(await linkTarget(person.authorizationUrl, sandbox.app), { locationId: gone[0] });
    const seen = await eventsOf(world, id, undefined, undefined, KEYS.viewer);
    equal(seen.filter(({ event }) => event === "unrecovered").length, 10);
    ok(!JSON.stringify(seen).includes("/r/"), "links are an admin's");
    ok(told.some(({ event }) => event === "progress"));
    for (const secret of sandbox.issuedSecrets()) ok(!JSON.stringify(told).includes(secret));
  });
  await t.step("events resume after Last-Event-ID, without a gap and without a repeat", async () => {
    const all = await eventsOf(world, id);
    const items = all.filter(({ event }) => event === "unrecovered");
    equal(items.length, 10);
    const [first, second] = items;
    const rest = await eventsOf(world, id, second?.id);
    deepEqual(rest.filter(({ event }) => event === "unrecovered"), items.slice(2));
    equal((await eventsOf(world, id, first?.id, ({ event }) => event === "unrecovered")).length, 1);
    equal((await eventsOf(world, id, "nonsense")).filter(({ event }) => event === "unrecovered").length, 10);
  });
});

Deno.test("a job of a status, of a company, and what such jobs must not touch", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { companyId } = sandbox.addCompany();
  const ids = Array.from(
    { length: 12 },
    (_, index) => sandbox.addLocation({ companyId, name: `Location ${index} 서울` }).locationId,
  );
  await t.step("{companyId, installed} walks HighLevel's list and knows the names", async () => {
    const progress = await jobIs(world, await startJob(world, { companyId, installed: true }), "done");
    equal(progress.recovered, 12);
    equal((await world.json(`/connections/location/${ids[3]}`)).body.name, "Location 3 서울");
  });
  await t.step(
    "what was found before the list failed is recovered, and the job tells of the problem",
    async () => {
      const { companyId } = sandbox.addCompany();
      for (let index = 0; index < 210; index++) sandbox.addLocation({ companyId });
      const fault = sandbox.fault({
        on: ({ url }) => url.search.includes("skip=200"),
        kind: "status",
        status: 403,
        times: 1_000,
        body: { statusCode: 403, message: "Forbidden" },
      });
      const progress = await jobIs(world, await startJob(world, { companyId, installed: true }), "done");
      fault.remove();
      deepEqual([progress.total, progress.recovered], [200, 200]);
      match(String(progress.problem), /403|Forbidden/);
    },
  );
  await t.step("a company that HighLevel does not know is told as the job's problem", async () => {
    const progress = await jobIs(
      world,
      await startJob(world, { companyId: "nobody1", installed: true }),
      "done",
    );
    equal(progress.total, 0);
    match(String(progress.problem), /nobody1/);
  });
  await t.step("{status} takes those of that status, and never what was forgotten meanwhile", async () => {
    for (const id of ids.slice(0, 3)) sandbox.pause(id);
    for (const id of ids.slice(0, 3)) {
      await (await world.call(`/connections/location/${id}/recover`, { method: "POST" })).body?.cancel();
    }
    for (const id of ids.slice(0, 3)) sandbox.resume(id);
    await until(async () => (await world.json("/connections?status=paused")).body.total === 3);
    await world.handle("kv", { mode: "refuse" });
    await (await world.call(`/connections/location/${ids[0]}`, { method: "DELETE" })).body?.cancel();
    const progress = await jobIs(world, await startJob(world, { status: "paused" }), "done");
    await world.handle("kv", { mode: "ok" });
    // The directory may have listed it still: then its object, which knows better, refused.
    deepEqual([progress.recovered, Number(progress.total) - Number(progress.failed)], [2, 2]);
    equal((await world.json(`/connections/location/${ids[0]}`)).status, 404);
  });
  await t.step("{targets} of bare ids are told by the names that the directory knows", async () => {
    const [, , , , id = ""] = ids;
    sandbox.pause(id);
    const job = await startJob(world, { targets: [{ locationId: id }, { locationId: "nobodyKnows1" }] });
    await jobIs(world, job, "done");
    const items = (await eventsOf(world, job)).filter(({ event }) => event === "unrecovered")
      .map(({ data }) => JSON.parse(data ?? ""));
    deepEqual(
      new Map(items.map(({ target, name }) => [target.locationId, name])),
      new Map([[id, "Location 4 서울"], ["nobodyKnows1", undefined]]),
    );
  });
});

Deno.test("what may work later is tried again with growing delay, then given up with its reason", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { locationId: down } = sandbox.addLocation();
  const { locationId: fine } = sandbox.addLocation();
  const outage = sandbox.fault({
    on: ({ body }) => body.includes(down),
    kind: "status",
    status: 503,
    times: 1_000,
    body: { statusCode: 503, message: "Down for maintenance" },
  });
  await t.step("its own trouble holds up no other, and is given up after 50 minutes", async () => {
    const id = await startJobOf(world, [down, fine]);
    await until(async () => (await progressOf(world, id)).recovered === 1);
    const isDone = async (): Promise<boolean> => (await progressOf(world, id)).status === "done";
    await until(async () => {
      const { hits } = outage;
      await pass(world, id, 1_200_000);
      // A try whose message is still on its way when time passes counts as lost.
      await until(async () => outage.hits > hits || await isDone());
      return await isDone();
    });
    ok(outage.hits >= 8, `${outage.hits} requests`);
    const progress = await jobIs(world, id, "done");
    deepEqual([progress.recovered, progress.failed], [1, 1]);
    const [item] = (await eventsOf(world, id)).filter(({ event }) => event === "unrecovered");
    match(item?.data ?? "", /"code":"unavailable"/);
    match(item?.data ?? "", /maintenance|503/);
  });
  await t.step("a message whose job is out of reach comes again, after five minutes at most", async () => {
    const message = { jobId: "none", round: 0, since: 0, revives: true, targets: [] };
    // A job that does not exist has nothing open: the message is done.
    deepEqual(await world.handle("queue", { message, attempts: 20 }), ["ack 0"]);
    deepEqual(await world.handle("queue", { message: null, attempts: 20 }), [
      "retry 0 300",
    ]);
  });
});

Deno.test("a target that throws fails alone: the others of its message are told as they ended", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const ids = Array.from({ length: 10 }, () => sandbox.addLocation().locationId);
  const unreadable = `location/${ids[4]}`;
  await (await world.call(`/connections/${unreadable}/recover`, { method: "POST" })).body?.cancel();
  await world.sql(unreadable, "UPDATE record SET value = replace(value, 's1.', 's9.')"); // as by a lost sealing key
  const id = await startJobOf(world, ids);
  await until(async () => (await progressOf(world, id)).recovered === 9);
  await until(async () => {
    await pass(world, id, 1_200_000);
    return (await progressOf(world, id)).status === "done";
  });
  const progress = await progressOf(world, id);
  deepEqual([progress.recovered, progress.failed], [9, 1]);
  const [item] = (await eventsOf(world, id)).filter(({ event }) => event === "unrecovered");
  match(item?.data ?? "", new RegExp(ids[4] ?? ""));
  match(item?.data ?? "", /"code":"store_failed"/);
});

Deno.test("messages of a job that was dropped leave nothing behind", async () => {
  await using world = await startWorld({ entry: TEST_ENTRY });
  const message = {
    jobId: "dropped",
    round: 0,
    since: 0,
    revives: true,
    targets: [{ kind: "location", id: "one" }],
  };
  deepEqual(await world.handle("queue", { message }), ["ack 0"]);
  deepEqual(await world.sql("dropped", "SELECT facts FROM job", [], "job"), []);
});

Deno.test("K19: a job whose messages are lost by a restart sends them again after 20 seconds", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now, companies: [{ locations: 30 }] });
  const folder = await Deno.makeTempDir();
  try {
    await using world = await startWorld({ sandbox, entry: TEST_ENTRY, persist: folder });
    const outage = sandbox.fault({ on: "any", kind: "delay", ms: 3_000, times: 10_000 });
    const id = await startJobOf(world, sandbox.locationIds());
    await until(() => sandbox.counts.reconnect > 0);
    await world.restart(); // the queue of this workerd was in memory
    outage.remove();
    const { at } = Object(await world.handle("alarm-at", { name: id, of: "job" }));
    ok(at - worldClock.now() <= 20_000, `${at - worldClock.now()} ms`);
    await pass(world, id, 20_000);
    const progress = await jobIs(world, id, "done");
    deepEqual([progress.total, progress.recovered], [30, 30]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("100,000 targets are accepted; more, or a body beyond the limit, are not", async () => {
  await using world = await startWorld({ entry: TEST_ENTRY });
  // 20 characters, as HighLevel's ids.
  const targets = Array.from(
    { length: 100_000 },
    (_, index) => ({ locationId: `L${String(index).padStart(19, "0")}` }),
  );
  const body = JSON.stringify({ targets });
  const send = (text: string): Promise<Response> =>
    world.call("/recoveries", {
      method: "POST",
      body: text,
      headers: { "Content-Type": "application/json" },
    });
  const startedAt = performance.now();
  const response = await send(body);
  const answer: Record<string, unknown> = await response.json();
  console.log(
    `100,000 targets: ${(body.length / 1e6).toFixed(1)} MB, ${Math.round(performance.now() - startedAt)} ms`,
  );
  equal(response.status, 202);
  equal(answer.total, 100_000);
  equal(response.headers.get("location"), `/recoveries/${answer.id}`);
  const more = await send(JSON.stringify({ targets: [...targets, { locationId: "one" }] }));
  equal(more.status, 422);
  await more.body?.cancel();
});

Deno.test("a finished job is dropped after a week, and then is not there", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { locationId } = sandbox.addLocation();
  const id = await startJobOf(world, [locationId]);
  await jobIs(world, id, "done");
  const { at } = Object(await world.handle("alarm-at", { name: id, of: "job" }));
  ok(at - worldClock.now() > 6 * 86_400_000);
  await world.ring(id, "job");
  equal((await world.json(`/recoveries/${id}`)).status, 200, "not before");
  await pass(world, id, 7 * 86_400_000);
  equal((await world.json(`/recoveries/${id}`)).status, 404);
  deepEqual((await world.json("/recoveries")).body, { recoveries: [] });
  equal((await world.call(`/recoveries/${id}/events`)).status, 404);
});
