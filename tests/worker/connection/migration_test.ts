import { deepEqual, equal, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import fixture from "./first_edition.json" with { type: "json" };
import { deliver, endObject, importTokens, nameOf, recover, statusOf } from "../calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld, worldClock } from "../worker_world.ts";

/*
 * Objects and KV records as the first edition left them (`first_edition.json` was made by its code): taken over by the
 * objects that have the app's id in their name, and nothing is spent twice.
 */

const DAY = 24 * 3_600_000;
const { company, location, forgotten, waiting } = fixture;
const LATER_AGENCY = "company/laterAgency0000000001";

/** A world as the first edition left it, moments after; only KV's records where `objects` is false. */
async function start({ objects = true } = {}): Promise<WorkerWorld> {
  worldClock.offsetMs = fixture.madeAt + 1_000 - Date.now();
  const sandbox = createSandbox({ app: { ...SANDBOX_APP, ...fixture.sandbox.app }, now: worldClock.now });
  sandbox.load(JSON.parse(JSON.stringify(fixture.sandbox)));
  const world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { TOKENS } = await world.miniflare.getBindings<{ TOKENS: KVNamespace }>();
  for (const [name, { value, metadata }] of Object.entries(fixture.kv)) {
    await TOKENS.put(name, value, { metadata });
  }
  if (objects) {
    for (const [name, object] of Object.entries(fixture.objects)) await leave(world, name, object);
  }
  sandbox.resetCounts();
  return world;
}

/** Makes an object as the first edition left it. */
async function leave(
  world: WorkerWorld,
  name: string,
  { tables, rows }: { readonly tables: readonly string[]; readonly rows: object },
): Promise<void> {
  for (const table of tables) await world.sql(name, table, [], "first edition");
  for (const [table, all] of Object.entries(rows)) {
    for (const row of all) {
      const values: (string | number)[] = Object.values(row);
      const places = values.map(() => "?").join(", ");
      await world.sql(name, `INSERT INTO ${table} VALUES (${places})`, values, "first edition");
    }
  }
  await world.handle("call", { name, method: "testEnd", args: [], of: "first edition" }).catch(() => {});
}

async function isEmpty(world: WorkerWorld, name: string): Promise<boolean> {
  const tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*'";
  return (await world.sql(name, tables, [], "first edition")).length === 0;
}

async function historyOf(world: WorkerWorld, name: string): Promise<string[]> {
  const { history } = (await world.json(`/connections/${name}`)).body;
  return Array.isArray(history) ? history.map(({ type }) => type) : [];
}

Deno.test("a connection of the first edition is taken over at its first call", async (t) => {
  await using world = await start();
  const { sandbox } = world;
  const name = nameOf(location);

  await t.step("with its record and history, and without a request", async () => {
    equal(await statusOf(world, location), "connected");
    const { status, body } = await world.json(`/connections/${name}/token`);
    deepEqual([status, sandbox.isLiving(String(body.access_token))], [200, true]);
    deepEqual(await historyOf(world, name), ["installed", "imported"]);
    equal(sandbox.counts.total, 0);
  });
  await t.step("the old object is empty, and asked no more", async () => {
    ok(await isEmpty(world, name));
  });
  await t.step("it refreshes itself, once", async () => {
    await world.ring(name);
    await world.advance(DAY - 3_600_000);
    await world.ring(name);
    await world.ring(name);
    equal(sandbox.counts.refresh, 1);
    equal(await statusOf(world, location), "connected");
  });
});

Deno.test("a connection of the first edition hands over by its own alarm", async (t) => {
  await using world = await start();
  const { sandbox } = world;
  const name = nameOf(location);
  await t.step("also where its refresh is long due: the new object does that", async () => {
    await world.advance(DAY - 3_600_000);
    await world.ring(name, "first edition");
    ok(await isEmpty(world, name));
    await world.ring(name); // where the new object's own alarm has not been sooner
    equal(sandbox.counts.refresh, 1, "an old object spends nothing");
    equal(await statusOf(world, location), "connected");
  });
  await t.step("an alarm that rings again does nothing", async () => {
    await world.ring(name, "first edition");
    await world.ring(name);
    equal(sandbox.counts.refresh, 1);
  });
});

Deno.test("an object that ends between storing and emptying: nothing is doubled", async () => {
  await using world = await start();
  const { sandbox } = world;
  const name = nameOf(location);
  const belongings = await world.handle("call", { name, method: "handOver", args: [], of: "first edition" });
  await world.handle("call", { name, method: "takeIn", args: [belongings] });
  await endObject(world, location);
  await until(() => isEmpty(world, name)); // the old one, which was not told any more, asks by itself

  await world.advance(DAY + 60_000);
  equal((await world.json(`/connections/${name}/token`)).status, 200);
  equal(sandbox.counts.refresh, 1);
  await world.ring(name, "first edition");
  ok(await isEmpty(world, name));
  equal((await world.json(`/connections/${name}/token`)).status, 200);
  equal(sandbox.counts.refresh, 1);
  equal(sandbox.counts.reconnect, 0);
});

Deno.test("what was known of installations is taken over", async (t) => {
  await using world = await start();
  const { sandbox } = world;
  await t.step("a forgotten one stays forgotten, also by a webhook that is older", async () => {
    const late = {
      ...sandbox.webhook("INSTALL", forgotten),
      timestamp: new Date(fixture.madeAt - 3_600_000),
    };
    await deliver(world, JSON.parse(JSON.stringify(late)));
    await world.ring(nameOf(forgotten));
    equal(await statusOf(world, forgotten), undefined);
    equal((await world.json(`/connections/${nameOf(forgotten)}/token`)).status, 404);
  });
  await t.step("an agency knows its locations: its UNINSTALL reaches them", async () => {
    const gone = { ...sandbox.webhook("UNINSTALL", company), timestamp: new Date(worldClock.now()) };
    await deliver(world, JSON.parse(JSON.stringify(gone)));
    await world.ring(nameOf(company));
    await until(async () => await statusOf(world, location) === undefined);
  });
  await t.step("a location that waited for its agency gets tokens when that one does", async () => {
    await world.ring(nameOf(waiting), "first edition");
    await world.ring(LATER_AGENCY, "first edition");
    const agency = { companyId: LATER_AGENCY.slice("company/".length) };
    await importTokens(world, agency);
    await world.ring(LATER_AGENCY);
    await world.ring(nameOf(waiting));
    await until(async () => await statusOf(world, waiting) === "connected");
  });
});

Deno.test("a record of another app is left where it is", async () => {
  await using world = await start({ objects: false });
  const name = nameOf(location);
  const [, object] = Object.entries(fixture.objects).find(([one]) => one === name) ?? [];
  if (!object) throw new Error("the fixture has it");
  const foreign = JSON.parse(
    JSON.stringify(object).replaceAll(`"${world.sandbox.app.clientId.split("-")[0]}/`, '"another/'),
  );
  await leave(world, name, foreign);
  const { TOKENS } = await world.miniflare.getBindings<{ TOKENS: KVNamespace }>();
  for (const key of Object.keys(fixture.kv)) await TOKENS.delete(key);
  equal(await statusOf(world, location), undefined);
  ok(!await isEmpty(world, name));
});

Deno.test("K2: KV's records alone, as after a move to another account, are taken over too", async () => {
  await using world = await start({ objects: false });
  const { sandbox } = world;
  equal(await statusOf(world, location), "connected");
  equal(await statusOf(world, company), "connected");
  equal(await statusOf(world, forgotten), undefined);
  equal(sandbox.counts.total, 0);
  equal(await recover(world, location), 200);
  equal(sandbox.counts.refresh, 1);
});
