import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { endObject, importTokens, nameOf, tell } from "../calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld, worldClock } from "../worker_world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'";

async function start(): Promise<WorkerWorld> {
  worldClock.offsetMs = 0;
  return await startWorld({
    sandbox: createSandbox({ app: SANDBOX_APP, now: worldClock.now }),
    entry: TEST_ENTRY,
  });
}

Deno.test("K12: what was forgotten 90 days ago leaves nothing, works anew, and people hear of its trouble again", async () => {
  await using world = await start();
  const location = world.sandbox.addLocation();
  const name = nameOf(location);
  const path = `/connections/${name}`;
  const fail = async (): Promise<void> => {
    world.sandbox.uninstall(location);
    equal((await world.json(`${path}/recover`, { method: "POST" })).status, 424);
    await tell(world, name);
  };
  await importTokens(world, location);
  await fail();
  await until(() => world.alerts.length === 1);

  equal((await world.call(path, { method: "DELETE" })).status, 204);
  await tell(world, name);
  await world.advance(90 * DAY + 2 * HOUR);
  await world.ring(name);
  deepEqual(await world.sql(name, TABLES), []);
  equal((await world.json(path)).status, 404);
  deepEqual(await world.sql(name, TABLES), [], "looking at it leaves nothing either");

  world.sandbox.install(location);
  await importTokens(world, location);
  equal((await world.json(`${path}/token`)).status, 200);
  const due = await world.sql(name, "SELECT at FROM schedule WHERE name = 'refresh'");
  ok(Number(due[0]?.at) > worldClock.now());
  await fail();
  await until(async () => {
    await world.ring("0", "directory");
    return world.alerts.length === 2;
  });
  equal(world.alerts[1]?.kind, "reauthorization_required");
});

Deno.test("K6: an alarm that rings while a secret is missing rings again, and is not given up", async () => {
  await using world = await start();
  const location = world.sandbox.addLocation();
  const name = nameOf(location);
  await importTokens(world, location);
  await endObject(world, location);
  await world.handle("misconfigured", { misconfigured: true });
  await world.handle("call", { name, method: "testLoseAlarm", args: [] }); // it is ringing
  await world.ring(name); // does not throw
  const rings = Object(await world.handle("alarm-at", { name }));
  notEqual(rings.at, null);
  ok(rings.at < worldClock.now() + 2 * MINUTE);
});

Deno.test("K6: a sweep that finds a connection missing in KV has its object write it there", async () => {
  await using world = await start();
  const location = world.sandbox.addLocation();
  await importTokens(world, location);
  const { TOKENS } = await world.miniflare.getBindings<{ TOKENS: KVNamespace }>();
  const held = async (): Promise<string[]> =>
    (await TOKENS.list()).keys.map(({ name }) => name).filter((name) => name.endsWith(nameOf(location)));
  const [key = ""] = await held();
  await TOKENS.delete(key);
  await world.handle("call", { name: nameOf(location), method: "wake", args: [] });
  deepEqual(await held(), [key]);
});

Deno.test("K12: what is saved while the tombstone is being erased is kept, here and in KV", async () => {
  await using world = await start();
  const location = world.sandbox.addLocation();
  const name = nameOf(location);
  await importTokens(world, location);
  equal((await world.call(`/connections/${name}`, { method: "DELETE" })).status, 204);
  await world.advance(90 * DAY + 2 * HOUR);
  await world.handle("kv", { mode: "slow to delete" });
  const ringing = world.ring(name);
  await until(async () => Object(await world.handle("woken"))["kv.delete"] === 1);
  world.sandbox.install(location);
  await importTokens(world, location);
  await ringing;
  equal((await world.json(`/connections/${name}`)).body.status, "connected");
  const { TOKENS } = await world.miniflare.getBindings<{ TOKENS: KVNamespace }>();
  equal((await TOKENS.list()).keys.filter((key) => key.name.endsWith(name)).length, 1);
});
