import { deepEqual, equal, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { endObject, importTokens, nameOf, put, statusOf } from "../calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld, worldClock } from "../worker_world.ts";

/*
 * What an object says of KV, of its alarm and of what it forgot is so.
 */

const DAY = 24 * 3_600_000;

async function start(): Promise<WorkerWorld> {
  worldClock.offsetMs = 0;
  return await startWorld({
    sandbox: createSandbox({ app: SANDBOX_APP, now: worldClock.now }),
    entry: TEST_ENTRY,
  });
}

async function keysIn({ miniflare }: WorkerWorld): Promise<string[]> {
  const { TOKENS } = await miniflare.getBindings<{ TOKENS: KVNamespace }>();
  return (await TOKENS.list()).keys.map(({ name }) => name).filter((name) => !name.startsWith("app/"));
}

async function alarmAt(world: WorkerWorld, name: string): Promise<number | null> {
  return Object(await world.handle("alarm-at", { name })).at;
}

Deno.test("K8: DELETE says 204 once nobody serves the token, else 503, and is tried on", async () => {
  await using world = await start();
  const location = world.sandbox.addLocation();
  await importTokens(world, location);
  const path = `/connections/${nameOf(location)}`;
  await world.handle("kv", { mode: "refuse" });
  const refused = await world.call(path, { method: "DELETE" });
  equal(refused.status, 503);
  ok(Number(refused.headers.get("retry-after")) > 0);
  equal(Object(await refused.json()).code, "store_failed");
  equal((await world.json(`${path}/token`)).status, 200, "KV serves it still, as the answer said");
  await world.handle("kv", { mode: "ok" });
  await until(async () => (await world.json(`${path}/token`)).status === 404); // by itself
  equal((await world.json(path, { method: "DELETE" })).status, 204);
});

Deno.test("K6: an alarm that Cloudflare gave up is set again when the object starts", async () => {
  await using world = await start();
  const location = world.sandbox.addLocation();
  const name = nameOf(location);
  await importTokens(world, location);
  const soon = "SELECT 1 FROM schedule WHERE name != 'refresh'";
  await until(async () => (await world.sql(name, soon)).length === 0);
  const [due] = await world.sql(name, "SELECT at FROM schedule WHERE name = 'refresh'");
  await world.handle("call", { name, method: "testLoseAlarm", args: [] });
  equal(await alarmAt(world, name), null);
  await endObject(world, location);
  equal(await alarmAt(world, name), due?.at);
});

Deno.test("K6: an object that is woken after its alarm was lost refreshes what has ended unseen", async () => {
  await using world = await start();
  const { sandbox } = world;
  const location = sandbox.addLocation();
  const name = nameOf(location);
  await importTokens(world, location);
  await world.ring(name);
  await world.sql(name, "DELETE FROM schedule");
  await world.advance(2 * DAY);
  await world.handle("call", { name, method: "wake", args: [] });
  await world.ring(name);
  equal(sandbox.counts.refresh, 1);
  equal(await statusOf(world, location), "connected");
});

Deno.test("K12: a connection leaves nothing behind once its tombstone has held for 90 days", async () => {
  await using world = await start();
  const location = world.sandbox.addLocation();
  const name = nameOf(location);
  const tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*'";
  await importTokens(world, location);
  equal((await world.json(`/connections/${name}`, { method: "DELETE" })).status, 204);
  await world.advance(89 * DAY);
  await world.ring(name);
  equal((await keysIn(world)).length, 1, "the tombstone holds");
  await world.advance(2 * DAY);
  await world.ring(name);
  deepEqual([await keysIn(world), await world.sql(name, tables), await alarmAt(world, name)], [[], [], null]);

  await put(world, location, world.sandbox.install(location));
  equal((await world.json(`/connections/${name}/token`)).status, 200, "and begins anew");
});

Deno.test("K12: what is saved again within that time stays", async () => {
  await using world = await start();
  const location = world.sandbox.addLocation();
  const name = nameOf(location);
  await importTokens(world, location);
  await world.json(`/connections/${name}`, { method: "DELETE" });
  await importTokens(world, location);
  await world.advance(91 * DAY);
  await world.ring(name);
  equal((await keysIn(world)).length, 1);
  equal((await world.json(`/connections/${name}/token`)).status, 200);
});
