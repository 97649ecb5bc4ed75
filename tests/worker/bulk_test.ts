import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { KEYS, SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld } from "./worker_world.ts";

type Progress = Record<string, unknown>;

async function start(world: WorkerWorld, body: unknown): Promise<string> {
  const answer = await world.json("/recoveries", {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  });
  equal(answer.status, 202, JSON.stringify(answer.body));
  return String(answer.body.id);
}

async function finished(world: WorkerWorld, id: string, ms = 60_000): Promise<Progress> {
  let progress: Progress = {};
  await until(async () => {
    progress = (await world.json(`/recoveries/${id}`, { key: KEYS.viewer })).body;
    return progress.status === "done";
  }, ms);
  return progress;
}

function outcome(
  { total, recovered, paused, reauthorization_required, failed, remaining }: Progress,
): unknown {
  return { total, recovered, paused, reauthorization_required, failed, remaining };
}

/** Server-sent events of a job, read to the end or until `stop`. */
async function events(
  world: WorkerWorld,
  id: string,
  after?: string,
  stop: (event: Record<string, string>) => boolean = () => false,
): Promise<Record<string, string>[]> {
  const leaving = new AbortController();
  const response = await world.call(`/recoveries/${id}/events`, {
    signal: leaving.signal,
    ...(after !== undefined && { headers: { "Last-Event-ID": after } }),
  });
  match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  equal(response.headers.get("cache-control"), "no-store");
  const found: Record<string, string>[] = [];
  let text = "";
  if (!response.body) return found;
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n").filter((line) => !line.startsWith(":"));
      text = text.slice(end + 2);
      if (lines.length === 0) continue;
      const event = Object.fromEntries(lines.map((line) => line.split(/: ?(.*)/s, 2)));
      found.push(event);
      if (!stop(event)) continue;
      leaving.abort();
      return found;
    }
  }
  return found;
}

Deno.test("500 lost connections come back by one job, whatever the queue repeats", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP, companies: [{ locations: 490 }] });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const paused = Array.from({ length: 4 }, () => sandbox.addLocation().locationId);
  for (const id of paused) sandbox.pause(id);
  const gone = Array.from({ length: 6 }, () => sandbox.addLocation({ installed: false }).locationId);
  const ids = sandbox.locationIds();
  const targets = ids.map((locationId) => ({ locationId }));
  const startedAt = performance.now();
  const id = await start(world, { targets: [...targets, ...targets.slice(0, 50)] });
  const following = events(world, id);
  following.catch(() => {}); // told by the step that awaits it
  const progress = await finished(world, id);
  console.log(`500 targets: ${Math.round(performance.now() - startedAt)} ms`);

  await t.step("the counts add up; a target named twice counts once", () => {
    deepEqual(outcome(progress), {
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
      revives: true,
      targets: ids.slice(0, 20).map((location) => ({ kind: "location", id: location })),
    };
    deepEqual(await world.handle("queue", { queue: "recoveries", message: [message, message] }), [
      "ack 0",
      "ack 1",
    ]);
    equal(sandbox.counts.total, 0);
    deepEqual((await world.json(`/recoveries/${id}`)).body, progress);
  });
  await t.step("a copy that comes while the first is unreported spends no second token", async () => {
    sandbox.resetCounts();
    const order = { since: new Date(String(progress.createdAt)).getTime(), revives: true };
    const args = [{}, order];
    const answer = await world.handle("call", { name: `location/${ids[0]}`, method: "recover", args });
    match(JSON.stringify(answer), /"outcome":"recovered","by":"store"/);
    equal(sandbox.counts.total, 0);
  });
  await t.step("events tell each that has no tokens, with its link, and end with done", async () => {
    const told = await following;
    equal(told.at(-1)?.event, "done");
    const items = told.filter(({ event }) => event === "unrecovered").map(({ data }) =>
      JSON.parse(data ?? "")
    );
    deepEqual(new Set(items.map(({ target }) => target.locationId)), new Set([...paused, ...gone]));
    const person = items.find(({ target }) => target.locationId === gone[0]);
    equal(person.authorizationUrl, `https://worker.example/oauth/install?location=${gone[0]}`);
    ok(told.some(({ event }) => event === "progress"));
    for (const secret of sandbox.issuedSecrets()) ok(!JSON.stringify(told).includes(secret));
  });
  await t.step("events resume after Last-Event-ID, without a gap and without a repeat", async () => {
    const all = await events(world, id);
    const items = all.filter(({ event }) => event === "unrecovered");
    equal(items.length, 10);
    const [first, second] = items;
    const rest = await events(world, id, second?.id);
    deepEqual(rest.filter(({ event }) => event === "unrecovered"), items.slice(2));
    equal((await events(world, id, first?.id, ({ event }) => event === "unrecovered")).length, 1);
    equal((await events(world, id, "nonsense")).filter(({ event }) => event === "unrecovered").length, 10);
  });
});

Deno.test("a job of a status, of a company, and what such jobs must not touch", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { companyId } = sandbox.addCompany();
  const ids = Array.from(
    { length: 12 },
    (_, index) => sandbox.addLocation({ companyId, name: `Location ${index} 서울` }).locationId,
  );
  await t.step("{companyId, installed} walks HighLevel's list and knows the names", async () => {
    const progress = await finished(world, await start(world, { companyId, installed: true }));
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
      const progress = await finished(world, await start(world, { companyId, installed: true }));
      fault.remove();
      deepEqual([progress.total, progress.recovered], [200, 200]);
      match(String(progress.problem), /403|Forbidden/);
    },
  );
  await t.step("a company that HighLevel does not know is told as the job's problem", async () => {
    const progress = await finished(world, await start(world, { companyId: "nobody1", installed: true }));
    equal(progress.total, 0);
    match(String(progress.problem), /nobody1/);
  });
  await t.step("{status} takes those of that status, and never what was forgotten meanwhile", async () => {
    for (const id of ids.slice(0, 3)) sandbox.pause(id);
    for (const id of ids.slice(0, 3)) {
      await (await world.call(`/connections/location/${id}/recover`, { method: "POST" })).body?.cancel();
    }
    for (const id of ids.slice(0, 3)) sandbox.resume(id);
    await world.handle("kv", { mode: "refuse" }); // KV goes on listing it as paused
    await (await world.call(`/connections/location/${ids[0]}`, { method: "DELETE" })).body?.cancel();
    const progress = await finished(world, await start(world, { status: "paused" }));
    await world.handle("kv", { mode: "ok" });
    deepEqual([progress.total, progress.recovered, progress.failed], [3, 2, 1]);
    equal((await world.json(`/connections/location/${ids[0]}`)).status, 404);
  });
});

Deno.test("what may work later is tried again with growing delay, then given up with its reason", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { locationId: down } = sandbox.addLocation();
  const { locationId: fine } = sandbox.addLocation();
  sandbox.fault({
    on: ({ body }) => body.includes(down),
    kind: "status",
    status: 503,
    times: 1_000,
    body: { statusCode: 503, message: "Down for maintenance" },
  });
  await t.step("by the real queue and its dead letters", async () => {
    const id = await start(world, { targets: [{ locationId: down }, { locationId: fine }] });
    const progress = await finished(world, id);
    deepEqual([progress.recovered, progress.failed], [1, 1]);
    const [item] = (await events(world, id)).filter(({ event }) => event === "unrecovered");
    match(item?.data ?? "", /"code":"unavailable"/);
    match(item?.data ?? "", /maintenance|503/);
    deepEqual(await world.handle("delays"), [2, 4, 8, 16, 32, 64]);
  });
  await t.step("the delay ends at five minutes", async () => {
    const message = { jobId: "none", since: 0, revives: true, targets: [{ kind: "location", id: down }] };
    // A job that does not exist has nothing open: the message is done.
    deepEqual(await world.handle("queue", { queue: "recoveries", message, attempts: 20 }), ["ack 0"]);
    deepEqual(await world.handle("queue", { queue: "recoveries", message: null, attempts: 20 }), [
      "retry 0 300",
    ]);
  });
});

Deno.test("a target that throws fails alone: the others of its message are told as they ended", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const ids = Array.from({ length: 10 }, () => sandbox.addLocation().locationId);
  const unreadable = `location/${ids[4]}`;
  await (await world.call(`/connections/${unreadable}/recover`, { method: "POST" })).body?.cancel();
  await world.sql(unreadable, "UPDATE record SET value = replace(value, 's1.', 's9.')"); // as by a lost sealing key
  const id = await start(world, { targets: ids.map((locationId) => ({ locationId })) });
  const progress = await finished(world, id);
  deepEqual([progress.recovered, progress.failed], [9, 1]);
  const [item] = (await events(world, id)).filter(({ event }) => event === "unrecovered");
  match(item?.data ?? "", new RegExp(ids[4] ?? ""));
  match(item?.data ?? "", /"code":"store_failed"/);
});

Deno.test("a recovery that ends well after its message was given up counts as recovered", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { locationId } = sandbox.addLocation();
  const slow = sandbox.fault({ on: "reconnect", kind: "delay", ms: 1_000 });
  const id = await start(world, { targets: [{ locationId }] });
  await until(() => slow.hits === 1);
  const targets = [{ kind: "location", id: locationId }];
  const message = { jobId: id, since: 0, revives: true, targets };
  await world.handle("queue", { queue: "recoveries-dead", message });
  equal((await finished(world, id)).failed, 1);
  await until(async () => (await world.json(`/recoveries/${id}`)).body.recovered === 1);
  const { total, recovered, failed, remaining } = (await world.json(`/recoveries/${id}`)).body;
  deepEqual([total, recovered, failed, remaining], [1, 1, 0, 0]);
  deepEqual((await events(world, id)).filter(({ event }) => event === "unrecovered"), []);
  await world.handle("queue", { queue: "recoveries-dead", message });
  equal((await world.json(`/recoveries/${id}`)).body.recovered, 1, "not the other way round");
});

Deno.test("messages of a job that was dropped leave nothing behind", async () => {
  await using world = await startWorld({ entry: TEST_ENTRY });
  const message = { jobId: "dropped", since: 0, revives: true, targets: [{ kind: "location", id: "one" }] };
  for (const queue of ["recoveries", "recoveries-dead"]) {
    deepEqual(await world.handle("queue", { queue, message }), ["ack 0"]);
  }
  deepEqual(await world.sql("dropped", "SELECT name FROM facts", [], "job"), []);
});

Deno.test("a job whose messages are lost sends them again by itself", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP, companies: [{ locations: 30 }] });
  const folder = await Deno.makeTempDir();
  try {
    await using world = await startWorld({ sandbox, entry: TEST_ENTRY, persist: folder });
    const outage = sandbox.fault({ on: "any", kind: "delay", ms: 3_000, times: 10_000 });
    const id = await start(world, { targets: sandbox.locationIds().map((locationId) => ({ locationId })) });
    await until(() => sandbox.counts.reconnect > 3);
    await world.restart(); // the queue of this workerd was in memory
    outage.remove();
    const progress = await finished(world, id);
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
  await using world = await startWorld({ entry: TEST_ENTRY });
  const { locationId } = world.sandbox.addLocation();
  const id = await start(world, { targets: [{ locationId }] });
  await finished(world, id);
  const { at } = Object(await world.handle("alarm-at", { name: id, of: "job" }));
  ok(at - Date.now() > 6 * 86_400_000);
  await world.ring(id, "job");
  equal((await world.json(`/recoveries/${id}`)).status, 404);
  equal((await world.call(`/recoveries/${id}/events`)).status, 404);
});
