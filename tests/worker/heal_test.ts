import { deepEqual, equal, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { deliver, importTokens, nameOf, recover, statusOf, type Target } from "./calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld, worldClock } from "./worker_world.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

async function start(): Promise<WorkerWorld> {
  worldClock.offsetMs = 0;
  const world = await startWorld({
    sandbox: createSandbox({ app: SANDBOX_APP, now: worldClock.now }),
    entry: TEST_ENTRY,
  });
  await world.handle("hurry", { times: 100 }); // a refresh without an answer is repeated for 20 s
  return world;
}

interface Due {
  readonly at: number;
  readonly attempt: number;
}

async function due(world: WorkerWorld, target: Target, name: string): Promise<Due | undefined> {
  const [row] = await world.sql(nameOf(target), "SELECT at, attempt FROM schedule WHERE name = ?", [name]);
  return row && { at: Number(row.at), attempt: Number(row.attempt) };
}

/** Waits until a try to heal is planned; tells how long after `since` it comes, ms. */
async function pauseBeforeHeal(world: WorkerWorld, target: Target, since: number): Promise<number> {
  await until(async () => {
    await world.ring(nameOf(target)); // real alarms do not follow the clock
    return await due(world, target, "heal") !== undefined;
  });
  return (await due(world, target, "heal") ?? { at: NaN }).at - since;
}

/** Moves the clock to when `name` is due, and lets the alarm ring. */
async function turn(world: WorkerWorld, target: Target, name: string): Promise<void> {
  const { at } = await due(world, target, name) ?? { at: NaN };
  ok(!Number.isNaN(at), `${name} is planned`);
  await world.advance(Math.max(0, at - worldClock.now() + 1));
  await world.ring(nameOf(target));
}

Deno.test("what is in trouble is tried again after about 10 s, then after a minute, two, four", async () => {
  await using world = await start();
  const { sandbox } = world;
  const location = sandbox.addLocation();
  await importTokens(world, location);
  const outage = sandbox.fault({ on: "any", kind: "status", status: 503, times: 10_000 });
  await world.advance(DAY + MINUTE);
  const since = worldClock.now();
  equal((await world.json(`/connections/${nameOf(location)}/token`)).status, 503);
  const first = await pauseBeforeHeal(world, location, since);
  ok(first > 7 * SECOND && first < 15 * SECOND, `${first} ms`);

  for (const minutes of [1, 2, 4]) {
    const before = await due(world, location, "heal");
    await turn(world, location, "heal");
    const after = await due(world, location, "heal");
    const pause = (after?.at ?? 0) - (before?.at ?? 0);
    ok(pause > 0.7 * minutes * MINUTE && pause < 1.4 * minutes * MINUTE, `${pause} ms, not ${minutes} min`);
  }
  const planned = await due(world, location, "heal");
  equal(await recover(world, location), 503);
  deepEqual(await due(world, location, "heal"), planned, "what fails meanwhile does not begin anew");

  outage.remove();
  await turn(world, location, "heal");
  equal(await statusOf(world, location), "connected");
  equal(await due(world, location, "heal"), undefined);
});

Deno.test("an answer that is lost for a moment costs ten seconds", async () => {
  await using world = await start();
  const { sandbox } = world;
  const location = sandbox.addLocation();
  await importTokens(world, location);
  sandbox.expireAccessTokens(location);
  const lost = sandbox.fault({ on: "refresh", kind: "reset_before", times: 1_000 });
  await world.advance(DAY + MINUTE);
  const since = worldClock.now();
  equal((await world.json(`/connections/${nameOf(location)}/token`)).status, 503);
  const pause = await pauseBeforeHeal(world, location, since);
  ok(pause < 15 * SECOND, `${pause} ms`);
  lost.remove();
  sandbox.resetCounts();
  await turn(world, location, "heal");
  equal(await statusOf(world, location), "connected");
  deepEqual([sandbox.counts.refresh, sandbox.counts.reconnect], [1, 0]);
});

for (const was of ["unknown", "uninstalled before"]) {
  Deno.test(`an installation, ${was}, that HighLevel's outage meets is made good through its agency`, async () => {
    await using world = await start();
    const { sandbox } = world;
    sandbox.removeReconnect();
    const company = sandbox.addCompany();
    await importTokens(world, company);
    const location = sandbox.addLocation(company);
    if (was !== "unknown") {
      await importTokens(world, location);
      await world.advance(SECOND);
      await deliver(world, sandbox.webhook("UNINSTALL", location));
      equal(await statusOf(world, location), undefined);
      await world.advance(SECOND);
    }
    const outage = sandbox.fault({ on: "any", kind: "status", status: 503, times: 10_000 });
    await deliver(world, sandbox.webhook("INSTALL", location));
    await world.ring(nameOf(location));
    await turn(world, location, "install");
    ok(await pauseBeforeHeal(world, location, worldClock.now()) < 15 * SECOND);
    outage.remove();
    await turn(world, location, "heal");
    equal(await statusOf(world, location), "connected");
    equal(world.alerts.length, 0, "nobody was called");
  });
}
