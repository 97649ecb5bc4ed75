import { deepEqual, equal, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { KEYS, SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld } from "../worker_world.ts";
import { eventsOf, jobIs, progressOf, startJobOf } from "./job_calls.ts";

async function act(world: WorkerWorld, id: string, what: "pause" | "resume" | "cancel"): Promise<unknown> {
  const { status, body } = what === "cancel"
    ? await world.json(`/recoveries/${id}`, { method: "DELETE" })
    : await world.json(`/recoveries/${id}/${what}`, { method: "POST" });
  return status === 200 ? body.status : status;
}

Deno.test("a job is paused, resumed and cancelled by a person", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP, rateLimit: false, companies: [{ locations: 120 }] });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const slow = sandbox.fault({ on: "exchange", kind: "delay", ms: 300, times: 10_000 });
  const id = await startJobOf(world, sandbox.locationIds());
  await t.step("paused: what is at work ends, and nothing more is sent", async () => {
    await until(async () => Number((await progressOf(world, id)).recovered) > 0);
    equal(await act(world, id, "pause"), "paused");
    let before = -1;
    await until(async () => {
      const { recovered } = await progressOf(world, id);
      const isStill = recovered === before && recovered === slow.hits;
      before = Number(recovered);
      if (!isStill) await new Promise((resolve) => setTimeout(resolve, 1_000));
      return isStill;
    });
    ok(before < 120);
    const { hits } = slow;
    await world.ring(id, "job");
    equal(slow.hits, hits);
    equal(await act(world, id, "pause"), "paused", "a second time changes nothing");
  });
  await t.step(
    "messages that were on their way find nothing to do, then and after it was resumed",
    async () => {
      const targets = sandbox.locationIds().map((location) => ({ kind: "location", id: location }));
      const message = { jobId: id, round: 0, since: 0, revives: true, targets };
      const { hits } = slow;
      deepEqual(await world.handle("queue", { message }), ["ack 0"]);
      equal(slow.hits, hits);
    },
  );
  await t.step("resumed, it goes on to the end", async () => {
    slow.remove();
    equal(await act(world, id, "resume"), "running");
    equal((await jobIs(world, id, "done")).recovered, 120);
    equal(sandbox.counts.exchange, 120, "each was recovered once");
    equal(await act(world, id, "pause"), "done", "what ended stays as it is");
    equal(await act(world, id, "cancel"), "done");
  });
  await t.step("cancelled, it has come to its end, and its events tell so", async () => {
    const again = sandbox.fault({ on: "exchange", kind: "delay", ms: 300, times: 10_000 });
    const fresh = Array.from({ length: 30 }, () => sandbox.addLocation().locationId);
    const other = await startJobOf(world, fresh);
    const following = eventsOf(world, other);
    following.catch(() => {});
    await until(() => again.hits > 0);
    equal(await act(world, other, "cancel"), "cancelled");
    const told = await following;
    equal(told.at(-1)?.event, "done");
    equal(JSON.parse(told.at(-1)?.data ?? "").status, "cancelled");
    const { finishedAt, remaining } = await progressOf(world, other);
    ok(Number(remaining) > 0 && finishedAt !== undefined);
    equal(await act(world, other, "resume"), "cancelled");
  });
  await t.step("HEAD of a job's events tells what they are, and follows nothing", async () => {
    const going = await startJobOf(world, [sandbox.addLocation().locationId]);
    const { status, headers, body } = await world.call(`/recoveries/${going}/events`, { method: "HEAD" });
    deepEqual([status, headers.get("content-type"), headers.get("cache-control")], [
      200,
      "text/event-stream",
      "no-store",
    ]);
    equal(body, null);
  });
});

Deno.test("jobs are listed, newest first, as they stand, with who began them", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const list = async (query = ""): Promise<Record<string, unknown>> =>
    (await world.json(`/recoveries${query}`, { key: KEYS.viewer })).body;
  deepEqual(await list(), { recoveries: [] });
  const { locationId } = sandbox.addLocation();
  const ids: string[] = [];
  for (let index = 0; index < 3; index++) {
    ids.unshift(await startJobOf(world, [locationId]));
    await jobIs(world, ids[0] ?? "", "done");
  }
  await t.step("each with its counts", async () => {
    const recoveries = await Promise.all(ids.map((id) => progressOf(world, id)));
    deepEqual(await list(), { recoveries });
    deepEqual(recoveries.map(({ status, recovered, startedBy }) => [status, recovered, startedBy]), [
      ["done", 1, "admin"],
      ["done", 1, "admin"],
      ["done", 1, "admin"],
    ]);
  });
  await t.step("page by page", async () => {
    const found: unknown[] = [];
    let query = "?limit=2";
    for (let pages = 0; pages < 3; pages++) {
      const { recoveries, cursor } = await list(query);
      found.push(...[recoveries].flat().map((job) => Object(job).id));
      if (cursor === undefined) break;
      query = `?limit=2&cursor=${cursor}`;
    }
    deepEqual(found, ids);
  });
  await t.step("one that goes on is told as it is now", async () => {
    const slow = sandbox.fault({ on: "any", kind: "delay", ms: 500, times: 100 });
    const fresh = [sandbox.addLocation().locationId, sandbox.addLocation().locationId];
    const id = await startJobOf(world, fresh);
    await until(async () => {
      const [first] = [(await list("?limit=1")).recoveries].flat();
      return Object(first).id === id && Object(first).recovered === 1 && Object(first).status === "running";
    });
    slow.remove();
  });
  await t.step("the daily round's are the round's", async () => {
    await world.handle("daily");
    await until(async () => {
      const [first] = [(await list("?limit=1")).recoveries].flat();
      return Object(first).startedBy === "daily";
    });
  });
});

Deno.test("who may do what with jobs", async () => {
  await using world = await startWorld({ entry: TEST_ENTRY });
  for (
    const [path, method] of [["/recoveries/x/pause", "POST"], ["/recoveries/x/resume", "POST"], [
      "/recoveries/x",
      "DELETE",
    ]]
  ) {
    for (
      const [key, status] of [[null, 401], [KEYS.viewer, 403], [KEYS.service, 403], [
        KEYS.admin,
        404,
      ]] as const
    ) {
      const answer = await world.json(path ?? "", { method: method ?? "", key });
      equal(answer.status, status, `${method} ${path} ${key}`);
    }
  }
  equal((await world.json("/recoveries", { key: null })).status, 401);
  equal((await world.json("/recoveries?limit=0", { key: KEYS.viewer })).status, 422);
});

Deno.test("K14: a look at a job's progress reads one row, however many targets have ended", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP, rateLimit: false, companies: [{ locations: 40 }] });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const id = await startJobOf(world, sandbox.locationIds());
  await jobIs(world, id, "done");
  const read = async (): Promise<number> =>
    Number(await world.handle("rows-read", { name: id, of: "job", method: "changes", args: [0] }));
  const rows = await read();
  ok(rows >= 1 && rows <= 3, `${rows} rows`);
});
