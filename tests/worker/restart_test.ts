import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { importLost } from "./calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld } from "./worker_world.ts";

/** A world whose state outlives workerd. */
async function withState(
  sandbox: ReturnType<typeof createSandbox>,
  run: (world: WorkerWorld) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await using world = await startWorld({ sandbox, entry: TEST_ENTRY, persist: folder });
    await run(world);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function living(world: WorkerWorld, locationId: string): Promise<boolean> {
  const { body } = await world.json(`/connections/location/${locationId}/token`);
  return world.sandbox.isLiving(String(body.access_token));
}

Deno.test("workerd ends in the middle of a bulk recovery of 500: the job completes, every connection lives", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP, companies: [{ locations: 500 }] });
  await withState(sandbox, async (world) => {
    const { body } = await world.json("/recoveries", {
      method: "POST",
      body: JSON.stringify({ targets: sandbox.locationIds().map((locationId) => ({ locationId })) }),
      headers: { "Content-Type": "application/json" },
    });
    for (const share of [100, 300]) {
      await until(() => sandbox.counts.exchange > share);
      await world.restart();
    }
    let progress: Record<string, unknown> = {};
    await until(async () => {
      progress = (await world.json(`/recoveries/${body.id}`)).body;
      return progress.status === "done";
    });
    deepEqual([progress.total, progress.recovered, progress.failed], [500, 500, 0]);
    for (const locationId of sandbox.locationIds()) ok(await living(world, locationId), locationId);
  });
});

for (
  const [how, refreshWindowMs, reconnects] of [
    ["within HighLevel's window the same answer comes again", 30_000, 0],
    ["without that window it is recovered afterwards", 0, 1],
  ] as const
) {
  Deno.test(`workerd ends after HighLevel rotated a refresh token and before the answer: ${how}`, async () => {
    const sandbox = createSandbox({ app: SANDBOX_APP, refreshWindowMs });
    await withState(sandbox, async (world) => {
      const { locationId } = sandbox.addLocation();
      const tokens = { ...sandbox.install({ locationId }), expires_in: 0 };
      await world.call(`/connections/location/${locationId}`, {
        method: "PUT",
        body: JSON.stringify(tokens),
        headers: { "Content-Type": "application/json" },
      });
      sandbox.fault({ on: "refresh", kind: "delay_after", ms: 2_000 });
      const asked = living(world, locationId).catch(() => false);
      await until(() => sandbox.counts.refresh === 1);
      await world.restart();
      await asked;
      ok(await living(world, locationId));
      equal(sandbox.counts.reconnect, reconnects);
      equal(await living(world, locationId), true);
    });
  });
}

Deno.test("workerd ends in the middle of a recovery: the next call recovers, and alarms ring on", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP, expiresIn: 6 });
  await withState(sandbox, async (world) => {
    const { locationId } = sandbox.addLocation();
    const slow = sandbox.fault({ on: "exchange", kind: "delay_after", ms: 2_000 });
    const asked = living(world, locationId).catch(() => false);
    await until(() => sandbox.counts.exchange === 1);
    await world.restart();
    await asked;
    slow.remove();
    ok(await living(world, locationId));
    await world.restart();
    const before = sandbox.counts.refresh;
    await world.call("/healthz"); // nobody asks for the token again
    await until(() => sandbox.counts.refresh > before);
  });
});

Deno.test("workerd ends while KV is written: what follows a write was kept with it", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await withState(sandbox, async (world) => {
    const due = async (name: string): Promise<void> => {
      await world.sql(name, "UPDATE schedule SET at = 1");
      await world.ring(name);
    };
    await t.step("the event and the alert of a recovery", async () => {
      const { locationId } = sandbox.addLocation();
      const name = `location/${locationId}`;
      await importLost(world, { locationId });
      await world.handle("kv", { mode: "hang" });
      const asked = world.json(`/connections/${name}/recover`, { method: "POST" }).catch(() => {});
      const given = "SELECT 1 FROM record WHERE value LIKE '%reauthorization_required%'";
      await until(async () => (await world.sql(name, given)).length === 1);
      await world.restart();
      await asked;
      await due(name);
      await until(() => world.alerts.some(({ kind }) => kind === "reauthorization_required"));
      match(
        JSON.stringify((await world.json(`/connections/${name}`)).body.history),
        /"reauthorization_required"/,
      );
    });
    await t.step("the locations that waited for their company's tokens", async () => {
      const { companyId } = sandbox.addCompany();
      const { locationId } = sandbox.addLocation({ companyId });
      const name = `company/${companyId}`;
      const signed = await sandbox.signWebhook(sandbox.webhook("INSTALL", { locationId }));
      await (await world.call("/webhooks/highlevel", { method: "POST", key: null, ...signed })).body
        ?.cancel();
      await until(async () =>
        (await world.sql(name, "SELECT 1 FROM locations WHERE pending > 0")).length === 1
      );
      await world.handle("kv", { mode: "hang" });
      const asked = world.json(`/connections/${name}`, {
        method: "PUT",
        body: JSON.stringify(sandbox.install({ companyId })),
        headers: { "Content-Type": "application/json" },
      }).catch(() => {});
      await until(async () => (await world.sql(name, "SELECT 1 FROM record")).length === 1);
      await world.restart();
      await asked;
      // Not by the location itself.
      await world.sql(`location/${locationId}`, "UPDATE schedule SET at = at + 3600000");
      await due(name);
      await until(() => sandbox.counts.locationToken > 0);
    });
  });
});
