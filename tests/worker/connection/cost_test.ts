import { deepEqual, equal, ok } from "node:assert/strict";
import { METERED, REFRESH_ROWS_READ } from "../../bench/cost/metered.ts";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { countsSince, deliver, importTokens, nameOf, statusOf, type Target } from "../calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld, worldClock } from "../worker_world.ts";

/*
 * What a connection costs: rows written, alarms set (Cloudflare counts each as a row), calls of KV and of other objects.
 */

const DAY = 24 * 3_600_000;

async function start(): Promise<WorkerWorld> {
  worldClock.offsetMs = 0;
  return await startWorld({
    sandbox: createSandbox({ app: SANDBOX_APP, now: worldClock.now }),
    entry: TEST_ENTRY,
  });
}

/** Waits until nothing of `target` is due or on its way to the directory. */
async function quiet(world: WorkerWorld, target: Target): Promise<void> {
  const soon = "SELECT 1 FROM schedule WHERE name NOT IN ('refresh', 'heal', 'erase')";
  await until(async () => (await world.sql(nameOf(target), soon)).length === 0);
}

/** What `work` costs. */
async function costOf(world: WorkerWorld, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await countsSince(world);
  await work();
  return await countsSince(world, before);
}

Deno.test("K18: what a read, a first recovery, a refresh and a location of an agency cost", async (t) => {
  await using world = await start();
  const { sandbox } = world;
  const location = sandbox.addLocation();
  const path = `/connections/${nameOf(location)}`;

  await t.step("a first recovery", async () => {
    const cost = await costOf(world, async () => {
      equal((await world.json(`${path}/token`)).status, 200);
      await quiet(world, location);
      await until(async () => (await countsSince(world))["calls.handOver"] !== undefined);
    });
    console.log("first recovery:", JSON.stringify(cost));
    equal(cost["kv.put"], 1);
    ok((cost["rows.connection"] ?? 0) <= 32, `${cost["rows.connection"]} rows, its tables among them`);
    ok((cost["alarms.connection"] ?? 0) <= 4, `${cost["alarms.connection"]} alarms`);
    equal(cost["calls.report"], 1);
    equal(cost["calls.handOver"], 1, "the directory's own");
  });

  await t.step("a read: one of KV, and nothing else", async () => {
    const cost = await costOf(world, () => world.json(`${path}/token`));
    console.log("read:", JSON.stringify(cost));
    deepEqual(cost, METERED.read);
  });

  await t.step(
    "a refresh by alarm: at most eight rows and one alarm, one write to KV, no other object",
    async () => {
      await world.advance(DAY - 3_600_000);
      const cost = await costOf(world, () => world.ring(nameOf(location)));
      console.log("refresh:", JSON.stringify(cost));
      equal(sandbox.counts.refresh, 1);
      ok((cost["rows.connection"] ?? 0) <= 8, `${cost["rows.connection"]} rows`);
      // Exactly what the table of costs in docs/OPERATIONS.md is made of; no call of another object among it.
      deepEqual(cost, METERED.refresh);
    },
  );

  await t.step(
    "another one by alarm: the rows that it reads are those of the table of costs, or fewer",
    async () => {
      await world.advance(DAY - 3_600_000);
      const read = Number(
        await world.handle("rows-read", { name: nameOf(location), method: "testAlarm", args: [] }),
      );
      console.log("a refresh reads:", read, "rows");
      equal(sandbox.counts.refresh, 2);
      ok(read > 0 && read <= REFRESH_ROWS_READ, `${read} rows read`);
    },
  );

  await t.step("a refresh by a call: at most eight rows, alarms among them", async () => {
    await world.advance(DAY + 60_000);
    const cost = await costOf(world, async () => {
      equal((await world.json(`${path}/token`)).status, 200);
      await quiet(world, location);
    });
    console.log("refresh by a call:", JSON.stringify(cost));
    equal(sandbox.counts.refresh, 3);
    ok((cost["rows.connection"] ?? 0) + (cost["alarms.connection"] ?? 0) <= 8);
    equal(cost["kv.put"], 1);
  });

  await t.step("a location minted by its agency: one call of the agency's object", async () => {
    worldClock.offsetMs = 0; // real alarms do not follow the clock
    await world.advance(0);
    sandbox.removeReconnect();
    const company = sandbox.addCompany();
    const minted = sandbox.addLocation(company);
    await importTokens(world, company);
    await quiet(world, company);
    const cost = await costOf(world, async () => {
      const query = `?companyId=${company.companyId}`;
      const { status } = await world.json(`/connections/${nameOf(minted)}/recover${query}`, {
        method: "POST",
      });
      equal(status, 200);
      await quiet(world, minted);
    });
    console.log("a location minted by its agency:", JSON.stringify(cost));
    equal(cost["calls.mint"], 1);
    deepEqual([cost["calls.noteLocation"], cost["calls.describe"]], [undefined, undefined]);
  });

  await t.step("an INSTALL of one: one call of the agency's object too", async () => {
    const company = sandbox.addCompany();
    await importTokens(world, company);
    const installed = sandbox.addLocation(company);
    await quiet(world, company);
    const cost = await costOf(world, async () => {
      await deliver(world, sandbox.webhook("INSTALL", installed));
      await until(async () => await statusOf(world, installed) === "connected");
      await quiet(world, installed);
    });
    console.log("an INSTALL:", JSON.stringify(cost));
    deepEqual([cost["calls.mint"], cost["calls.noteLocation"]], [1, undefined]);
  });
});
