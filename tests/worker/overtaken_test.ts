import { deepEqual, equal, notEqual } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import {
  deliver as deliverTo,
  graceEnds,
  hasMinted,
  importTokens,
  nameOf,
  put,
  recover,
  statusOf,
  type Target,
  tell,
} from "./calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld, worldClock } from "./worker_world.ts";

/*
 * What happens while something else is under way: the last word counts, whatever waits for HighLevel or KV.
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const inMs = (ms: number): string => new Date(worldClock.now() + ms).toISOString();

async function start(): Promise<WorkerWorld> {
  worldClock.offsetMs = 0;
  return await startWorld({
    sandbox: createSandbox({ app: SANDBOX_APP, now: worldClock.now }),
    entry: TEST_ENTRY,
  });
}

async function deliver(world: WorkerWorld, body: object): Promise<void> {
  deepEqual(await deliverTo(world, body), { status: 200, taken: true });
}

async function forget(world: WorkerWorld, target: Target): Promise<void> {
  equal((await world.json(`/connections/${nameOf(target)}`, { method: "DELETE" })).status, 204);
}

async function rows(world: WorkerWorld, target: Target, query: string): Promise<unknown[]> {
  return await world.sql(nameOf(target), query);
}

async function isPending(world: WorkerWorld, company: Target): Promise<boolean> {
  return (await rows(world, company, "SELECT 1 FROM locations WHERE pending = 1")).length === 1;
}

/** Waits until nothing of `target` is due. */
async function quiet(world: WorkerWorld, target: Target): Promise<void> {
  const due = "SELECT 1 FROM schedule WHERE at <= ?";
  await until(async () => (await world.sql(nameOf(target), due, [worldClock.now()])).length === 0);
}

/** A company and one of its locations. */
function family(world: WorkerWorld): { readonly company: Target; readonly location: Target } {
  const company = world.sandbox.addCompany();
  return { company, location: world.sandbox.addLocation(company) };
}

Deno.test("tokens minted for an installation come last, if at all", async (t) => {
  await using world = await start();
  const { sandbox } = world;
  for (const how of ["UNINSTALL", "DELETE"]) {
    await t.step(`${how} while the minted tokens wait for a recovery under way`, async () => {
      const { company, location } = family(world);
      await importTokens(world, company);
      sandbox.resetCounts();
      const slow = sandbox.fault({ on: "reconnect", kind: "delay", ms: 1_500 });
      const recovery = recover(world, location);
      await until(() => slow.hits === 1);
      await deliver(world, sandbox.webhook("INSTALL", location));
      await hasMinted(world, location); // the minted tokens are in the queue
      if (how === "DELETE") await forget(world, location);
      else await deliver(world, { ...sandbox.webhook("UNINSTALL", location), timestamp: inMs(2_000) });
      equal(await statusOf(world, location), undefined);
      await recovery;
      await quiet(world, location);
      equal(await statusOf(world, location), undefined);
    });
  }
  await t.step("an import while they are minted", async () => {
    const { company, location } = family(world);
    await importTokens(world, company);
    const slow = sandbox.fault({ on: "locationToken", kind: "delay", ms: 1_000 });
    await deliver(world, sandbox.webhook("INSTALL", location));
    await until(() => slow.hits === 1);
    const mine = sandbox.install(location);
    await put(world, location, mine);
    await hasMinted(world, location);
    await quiet(world, location);
    const { body } = await world.json(`/connections/${nameOf(location)}/token`);
    equal(body.access_token, mine.access_token);
  });
});

Deno.test("a DELETE after an import counts, while both wait for a recovery under way", async () => {
  await using world = await start();
  const location = world.sandbox.addLocation();
  const slow = world.sandbox.fault({ on: "reconnect", kind: "delay", ms: 1_000 });
  const recovery = recover(world, location);
  await until(() => slow.hits === 1);
  const saved = importTokens(world, location);
  await until(async () =>
    (await rows(world, location, "SELECT 1 FROM key_values WHERE name = 'installation'")).length > 0
  );
  await forget(world, location);
  await Promise.all([recovery, saved]);
  await quiet(world, location);
  equal(await statusOf(world, location), undefined);
});

Deno.test("an UNINSTALL older than an import loses, also while KV takes its time for that", async () => {
  await using world = await start();
  const location = world.sandbox.addLocation();
  await world.handle("kv", { mode: "hang" });
  const saved = importTokens(world, location);
  await until(async () => (await rows(world, location, "SELECT 1 FROM record")).length === 1);
  await deliver(world, { ...world.sandbox.webhook("UNINSTALL", location), timestamp: inMs(-60_000) });
  await saved;
  await world.handle("kv", { mode: "ok" });
  equal(await statusOf(world, location), "connected");
});

Deno.test("a location that waits for its company's tokens", async (t) => {
  await using world = await start();
  const { sandbox } = world;
  for (const how of ["DELETE", "UNINSTALL"]) {
    await t.step(`and is forgotten by ${how}, stays so`, async () => {
      const { company, location } = family(world);
      await deliver(world, sandbox.webhook("INSTALL", location));
      await until(() => isPending(world, company));
      if (how === "DELETE") await forget(world, location);
      else await deliver(world, { ...sandbox.webhook("UNINSTALL", location), timestamp: inMs(1_000) });
      await importTokens(world, company);
      await until(async () => !await isPending(world, company));
      await quiet(world, location);
      equal(await statusOf(world, location), undefined);
    });
  }
  await t.step("gets them also after the ladder found nothing", async () => {
    const { company, location } = family(world);
    sandbox.removeReconnect();
    await deliver(world, sandbox.webhook("INSTALL", location));
    await until(() => isPending(world, company));
    await graceEnds(world, location);
    equal(await statusOf(world, location), "reauthorization_required");
    await importTokens(world, company);
    await until(async () => await statusOf(world, location) === "connected");
    sandbox.restoreReconnect();
  });
  await t.step("whose tokens were dead", async () => {
    const { company, location } = family(world);
    await importTokens(world, company);
    sandbox.removeReconnect();
    sandbox.loseTokens(company);
    equal(await recover(world, company), 424);
    await deliver(world, sandbox.webhook("INSTALL", location));
    await until(() => isPending(world, company));
    await importTokens(world, company);
    await until(async () => await statusOf(world, location) === "connected");
    sandbox.restoreReconnect();
  });
});

Deno.test("a company's UNINSTALL reaches its locations", async (t) => {
  await using world = await start();
  const { sandbox } = world;
  await t.step("the second time too", async () => {
    const { company, location } = family(world);
    for (let round = 1; round <= 2; round++) {
      await importTokens(world, company);
      await importTokens(world, location);
      await until(async () => (await rows(world, company, "SELECT 1 FROM locations")).length === 1);
      await deliver(world, { ...sandbox.webhook("UNINSTALL", company), timestamp: inMs(1_000) });
      await until(async () => await statusOf(world, location) === undefined);
      await quiet(world, company);
      await world.advance(1_100); // what comes now is newer than the UNINSTALL
    }
  });
  await t.step("one whose tokens are on their way", async () => {
    const { company, location } = family(world);
    await importTokens(world, company);
    const slow = sandbox.fault({ on: "locationToken", kind: "delay_after", ms: 1_000 });
    await deliver(world, sandbox.webhook("INSTALL", location));
    await until(() => slow.hits === 1);
    await deliver(world, { ...sandbox.webhook("UNINSTALL", company), timestamp: inMs(100) });
    await until(async () => await statusOf(world, location) === undefined);
    await quiet(world, location);
    equal(await statusOf(world, location), undefined);
  });
  await t.step("but not one that was installed since", async () => {
    const { company, location } = family(world);
    await importTokens(world, company);
    await deliver(world, { ...sandbox.webhook("UNINSTALL", company), timestamp: inMs(0) });
    await put(world, location, { ...sandbox.install(location), ...company });
    await until(async () => (await rows(world, company, "SELECT 1 FROM locations")).length === 1);
    await quiet(world, location);
    equal(await statusOf(world, location), "connected");
  });
});

Deno.test("the agency that an INSTALL told is a way back", async () => {
  await using world = await start();
  const { sandbox } = world;
  const { company, location } = family(world);
  await importTokens(world, company);
  await put(world, location, { ...sandbox.install(location), companyId: undefined });
  await deliver(world, sandbox.webhook("INSTALL", location));
  await quiet(world, location);
  sandbox.removeReconnect();
  sandbox.loseTokens(location);
  equal(await recover(world, location), 200);
});

Deno.test("an outage is no news of a connection that waits for a person, nor of one that nobody knows", async () => {
  await using world = await start();
  const { sandbox } = world;
  const waiting = sandbox.addLocation();
  await importTokens(world, waiting);
  sandbox.uninstall(waiting);
  equal(await recover(world, waiting), 424);
  await tell(world, waiting);
  await until(() => world.alerts.length === 1);
  const outage = sandbox.fault({ on: "any", kind: "status", status: 503, times: 10_000 });
  await world.advance(DAY);
  const unknown = { locationId: "mistyped" };
  const installed = sandbox.addLocation();
  await deliver(world, { ...sandbox.webhook("INSTALL", installed), timestamp: inMs(0) });
  await world.ring(nameOf(installed)); // real alarms do not follow the clock
  await graceEnds(world, installed);
  equal((await world.json(`/connections/${nameOf(unknown)}/token`)).status, 503);
  notEqual(await recover(world, waiting), 200);
  sandbox.resetCounts();
  for (let hour = 0; hour < 4; hour++) {
    await world.advance(HOUR);
    for (const target of [waiting, unknown]) await world.ring(nameOf(target));
  }
  equal(sandbox.counts.total, 0);
  deepEqual(world.alerts.map(({ kind }) => kind), ["reauthorization_required"]);
  equal((await rows(world, installed, "SELECT 1 FROM schedule WHERE name = 'heal'")).length, 1);
  outage.remove();
  await world.sql(nameOf(installed), "UPDATE schedule SET at = 1 WHERE name = 'heal'");
  await world.ring(nameOf(installed));
  equal(await statusOf(world, installed), "connected");
});

Deno.test("that a connection is back is told the next day where it was told already today", async () => {
  await using world = await start();
  const { sandbox } = world;
  const location = sandbox.addLocation();
  await importTokens(world, location);
  await world.advance((2 * DAY - HOUR - worldClock.now() % DAY) % DAY); // an hour before midnight
  const turn = async (change: () => unknown, hours: number): Promise<void> => {
    change();
    await recover(world, location);
    await tell(world, location);
    await world.advance(hours * HOUR);
  };
  await turn(() => sandbox.uninstall(location), 2);
  await turn(() => sandbox.install(location), 1);
  await turn(() => sandbox.uninstall(location), 2);
  await turn(() => sandbox.install(location), 24);
  await recover(world, location);
  await tell(world, location);
  await until(() => world.alerts.length === 4);
  const told = ["reauthorization_required", "back", "reauthorization_required", "back"];
  deepEqual(world.alerts.map(({ kind }) => kind), told);
});
