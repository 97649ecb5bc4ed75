import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import type { DirectoryPage, DirectoryReport } from "../../../src/worker/directory/directory_api.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld, worldClock } from "../worker_world.ts";

const HOUR = 3_600_000;

async function world(): Promise<WorkerWorld> {
  worldClock.offsetMs = 0;
  return await startWorld({
    sandbox: createSandbox({ app: SANDBOX_APP, now: worldClock.now }),
    entry: TEST_ENTRY,
  });
}

/** Calls a method of the directory. */
async function ask(world: WorkerWorld, method: string, ...args: unknown[]): Promise<unknown> {
  return await world.handle("call", { of: "directory", name: "0", method, args });
}

async function list(world: WorkerWorld, query: object = {}): Promise<DirectoryPage> {
  const page: unknown = await ask(world, "list", query);
  return Object(page);
}

function report(id: string, fields: Partial<DirectoryReport> = {}, row: object = {}): DirectoryReport {
  return {
    row: { kind: "location", id, status: "connected", since: Date.now(), ...row },
    seq: Date.now(),
    changes: [],
    ...fields,
  };
}

Deno.test("a report that is repeated, or that was overtaken, changes nothing and counts nothing twice", async () => {
  await using place = await world();
  const changes = [{ type: "lost", at: Date.now() }] as const;
  const lost = report("L1", { seq: 10, changes }, { status: "broken", cause: "invalid_grant" });
  await ask(place, "report", [lost]);
  await ask(place, "report", [lost]);
  await ask(place, "report", [report("L1", { seq: 12, changes: [{ type: "recovered", at: Date.now() }] })]);
  await ask(place, "report", [report("L1", { seq: 11, changes }, { status: "paused" })]);
  equal((await list(place)).rows[0]?.status, "connected");
  deepEqual(Object(await ask(place, "hours", 0))[0].counts, { recovered: 1 });
  await ask(place, "report", [report("L1", { seq: 13 }, { status: "forgotten" })]);
  await ask(place, "report", [report("L1", { seq: 12 })]);
  equal((await list(place)).total, 0, "what is forgotten stays so");
  await ask(place, "report", [report("L1", { seq: 14 })]);
  equal((await list(place)).total, 1, "until it comes back");
});

Deno.test("the directory lost in the middle of everything builds itself anew, and nothing else notices", async () => {
  await using place = await world();
  const { sandbox } = place;
  const ids: string[] = [];
  for (let n = 0; n < 5; n++) {
    const { locationId } = sandbox.addLocation();
    ids.push(locationId);
    equal((await place.json(`/connections/location/${locationId}/token`)).status, 200);
  }
  // Later than what the objects themselves report, whenever that comes.
  const seq = Date.now() + HOUR;
  await ask(place, "report", ids.map((id) => report(id, { seq }, { name: `Clinic ${id}` })));
  await until(async () => (await list(place)).isComplete);
  equal((await list(place, { q: "clinic" })).total, 5);
  const { total } = sandbox.counts;
  await ask(place, "testLose").catch(() => {}); // it ends the instance that answers
  await until(async () => (await list(place)).isComplete);
  deepEqual((await list(place)).rows.map(({ id }) => id).toSorted(), ids.toSorted());
  equal(sandbox.counts.total, total, "HighLevel was not asked");
  for (const id of ids) equal((await place.json(`/connections/location/${id}/token`)).status, 200);
});

Deno.test("counts of the object before the directory are taken over, once", async () => {
  await using place = await world();
  const { DIRECTORY } = await place.miniflare.getBindings<{ DIRECTORY: DurableObjectNamespace }>();
  const former: unknown = DIRECTORY.get(DIRECTORY.idFromName("all"));
  const query = "INSERT INTO hours VALUES (?, ?, ?)";
  const hour = Date.now() - Date.now() % HOUR;
  for (const [type, n] of [["recovery_failed", 3], ["refreshed", 40], ["unheard_of", 1]]) {
    await Reflect.apply(Reflect.get(Object(former), "testSql"), former, [query, [hour, type, n]]);
  }
  for (let round = 0; round < 2; round++) {
    await until(async () => (await list(place)).isComplete);
    await place.handle("daily");
  }
  deepEqual(await ask(place, "hours", 0), [{ hour, counts: { failed: 3, refreshed: 40 } }]);
});

Deno.test("K10: 305 connections that need a person are told in few messages, with number, causes and link", async () => {
  await using place = await world();
  const alerts = Array.from({ length: 305 }, (_, n) =>
    report(`L${n}`, {
      alert: { kind: "reauthorization_required", at: Date.now(), code: "not_installed", traceId: `t${n}` },
    }, { status: "reauthorization_required", cause: "not_installed" }));
  await ask(place, "report", alerts.slice(0, 1));
  await until(() => place.alerts.length > 0);
  for (let at = 1; at < alerts.length; at += 20) await ask(place, "report", alerts.slice(at, at + 20));
  const told = (): number =>
    place.alerts.reduce((sum, { kind, count }) => sum + (kind === "digest" ? Number(count) : 1), 0);
  equal(place.alerts[0]?.kind, "reauthorization_required", "the first at once, in its own words");
  await until(() => told() === 305);
  ok(place.alerts.length <= 5, `${place.alerts.length} messages`);
  const digest = place.alerts.at(-1);
  equal(digest?.url, "https://worker.example/?status=reauthorization_required");
  match(
    String(digest?.text),
    /need reauthorization\. Causes: not_installed \d+\. 305 since \d\d:\d\d UTC\. https/,
  );
});
