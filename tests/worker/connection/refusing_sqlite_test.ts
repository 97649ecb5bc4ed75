import { deepEqual, equal, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { endObject, importTokens, nameOf, put, recover, statusOf, type Target } from "../calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld, worldClock } from "../worker_world.ts";

/*
 * SQLite that takes no writes, as when the rows of a day are used up: no connection is lost for that.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

async function start(): Promise<WorkerWorld> {
  worldClock.offsetMs = 0;
  return await startWorld({
    sandbox: createSandbox({ app: SANDBOX_APP, now: worldClock.now }),
    entry: TEST_ENTRY,
  });
}

/** Calls `work` for every one of `targets`, some at once. */
async function each(targets: readonly Target[], work: (target: Target) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < targets.length; at += 20) await Promise.all(targets.slice(at, at + 20).map(work));
}

/** The refresh tokens that are held in KV may be lost: only what the objects hold counts. */
async function emptyKv({ miniflare }: WorkerWorld): Promise<void> {
  const { TOKENS } = await miniflare.getBindings<{ TOKENS: KVNamespace }>();
  for (const { name } of (await TOKENS.list()).keys) await TOKENS.delete(name);
}

Deno.test("K1: SQLite refuses writes for an hour while 200 connections come due: none is lost", async (t) => {
  await using world = await start();
  const { sandbox } = world;
  sandbox.removeReconnect(); // who loses a token has no way back
  const company = sandbox.addCompany();
  const targets = Array.from({ length: 200 }, () => sandbox.addLocation(company));
  await each(targets, (target) => importTokens(world, target));
  sandbox.resetCounts();

  await t.step("nobody spends a refresh token, and every living token is served", async () => {
    await world.handle("full", { full: true });
    await world.advance(DAY - HOUR);
    for (let minute = 0; minute < 60; minute += 30) {
      await each(targets, (target) => world.ring(nameOf(target)));
      await each(targets, (target) => endObject(world, target)); // what is in memory only is gone
      await world.advance(29 * MINUTE);
    }
    equal(sandbox.counts.refresh, 0);
    const [some] = targets;
    equal((await world.json(`/connections/${some && nameOf(some)}/token`)).status, 200);
  });
  await t.step("an alert says so", async () => {
    await world.ring("0", "directory");
    await until(async () => {
      await world.ring("0", "directory");
      return world.alerts.length > 0;
    });
    ok(JSON.stringify(world.alerts).includes("store_failed"), JSON.stringify(world.alerts));
    ok(!JSON.stringify(world.alerts).includes("been broken"), "nothing is broken yet");
  });
  await t.step("all are alive afterwards", async () => {
    await world.handle("full", { full: false });
    await each(targets, (target) => world.ring(nameOf(target)));
    equal(sandbox.counts.refresh, 200);
    await emptyKv(world);
    let living = 0;
    await each(targets, async (target) => {
      const { body } = await world.json(`/connections/${nameOf(target)}/token`);
      if (sandbox.isLiving(String(body.access_token))) living++;
    });
    equal(living, 200);
    equal(sandbox.counts.refresh, 200, "each was refreshed once");
  });
});

Deno.test("K1: tokens that SQLite refuses are in KV, serve, and are found by the next instance", async (t) => {
  for (const how of ["refreshed", "recovered"] as const) {
    await t.step(how, async () => {
      await using world = await start();
      const { sandbox } = world;
      const location = sandbox.addLocation();
      const path = `/connections/${nameOf(location)}/token`;
      if (how === "refreshed") {
        await importTokens(world, location);
        await world.advance(DAY + MINUTE);
        const slow = sandbox.fault({ on: "refresh", kind: "delay_after", ms: 500 });
        const asked = world.json(path);
        await until(() => slow.hits === 1); // the note stands, and the token is being spent
        await world.handle("full", { full: true });
        equal((await asked).status, 200);
        slow.remove();
      } else {
        await world.handle("full", { full: true });
        equal((await world.json(path)).status, 200);
      }
      sandbox.removeReconnect();
      await endObject(world, location);
      await world.handle("full", { full: false });
      await world.advance(DAY + MINUTE);
      const { status, body } = await world.json(path);
      deepEqual([status, sandbox.isLiving(String(body.access_token))], [200, true]);
      equal(sandbox.counts.refresh, how === "refreshed" ? 2 : 1);
    });
  }
});

Deno.test("K1: an object that ends between note and answer asks once more within HighLevel's half minute", async () => {
  await using world = await start();
  const { sandbox } = world;
  sandbox.removeReconnect();
  const location = sandbox.addLocation();
  await importTokens(world, location);
  await world.advance(DAY + MINUTE);
  const slow = sandbox.fault({ on: "refresh", kind: "delay_after", ms: 3_000 });
  const asked = world.json(`/connections/${nameOf(location)}/token`);
  await until(() => slow.hits === 1);
  await endObject(world, location);
  slow.remove();
  await asked;
  await world.ring(nameOf(location)); // the net that was set with the note
  equal(await statusOf(world, location), "connected");
  const { body } = await world.json(`/connections/${nameOf(location)}/token`);
  ok(sandbox.isLiving(String(body.access_token)));
  equal(sandbox.counts.refresh, 2, "the same answer, twice");
});

Deno.test("K2: an object without a record takes KV's", async (t) => {
  await using world = await start();
  const { sandbox } = world;
  const location = sandbox.addLocation();
  const name = nameOf(location);
  const path = `/connections/${name}`;
  await importTokens(world, location);
  const { TOKENS } = await world.miniflare.getBindings<{ TOKENS: KVNamespace }>();
  const [key] = (await TOKENS.list({ prefix: "" })).keys.filter((one) => one.name.endsWith(name));
  const text = await TOKENS.get(key?.name ?? "") ?? "";
  const emptied = async (): Promise<void> => {
    await world.handle("call", { name, method: "handedOver", args: [] });
    await endObject(world, location);
  };

  await t.step("a living token costs no request, and is refreshed by alarm", async () => {
    await emptied();
    sandbox.resetCounts();
    sandbox.expireAccessTokens(location);
    await world.handle("kv", { mode: "ok" });
    equal((await world.json(path)).body.status, "connected");
    equal(sandbox.counts.total, 0);
    equal((await world.sql(name, "SELECT 1 FROM record")).length, 1, "it is kept");
    await world.ring(name);
    equal((await world.sql(name, "SELECT 1 FROM schedule WHERE name = 'refresh'")).length, 1);
    equal(await TOKENS.get(key?.name ?? ""), text, "and KV is not written over");
  });
  await t.step("also where a recovery comes first: it spends the refresh token that KV had", async () => {
    await emptied();
    sandbox.removeReconnect();
    sandbox.resetCounts();
    equal(await recover(world, location), 200);
    deepEqual([sandbox.counts.refresh, sandbox.counts.exchange], [1, 0]);
  });
  await t.step("once: what was written since is not asked for again", async () => {
    await put(world, location, sandbox.install(location));
    await TOKENS.put(key?.name ?? "", text, { metadata: key?.metadata });
    const { body } = await world.json(path);
    ok(new Date(String(body.updatedAt)).getTime() > Number(Object(key?.metadata).updatedAt));
  });
  await t.step("a tombstone counts too", async () => {
    equal((await world.json(path, { method: "DELETE" })).status, 204);
    await emptied();
    equal((await world.json(`${path}/token`)).status, 404);
  });
});

Deno.test("K2: while KV cannot be read, what a person did is done: authorised, imported, forgotten", async (t) => {
  await using world = await start();
  const { sandbox } = world;
  const [authorised, imported, forgotten] = [
    sandbox.addLocation(),
    sandbox.addLocation(),
    sandbox.addLocation(),
  ];
  await world.handle("kv", { mode: "unreadable" });
  await t.step("a code's tokens exist nowhere else", async () => {
    const code = sandbox.marketplaceCode(authorised);
    equal((await world.call(`/oauth/callback?code=${code}`, { key: null })).status, 303);
    const { body } = await world.json(`/connections/${nameOf(authorised)}/token`);
    ok(sandbox.isLiving(String(body.access_token)));
  });
  await t.step("tokens that are put under management are", async () => {
    await put(world, imported, sandbox.install(imported));
    equal(await statusOf(world, imported), "connected");
  });
  await t.step("and what is forgotten stays so", async () => {
    equal((await world.call(`/connections/${nameOf(forgotten)}`, { method: "DELETE" })).status, 204);
    equal((await world.call(`/connections/${nameOf(imported)}`, { method: "DELETE" })).status, 204);
    await world.handle("kv", { mode: "ok" });
    for (const target of [forgotten, imported]) equal(await statusOf(world, target), undefined);
  });
  equal(sandbox.counts.exchange, 1, "nothing was recovered");
});
