import { deepEqual, equal, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { deliver, importTokens, look, nameOf, put, recover, statusOf, type Target } from "./calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld, worldClock } from "./worker_world.ts";

/*
 * A location that moves to another agency: who is asked for its tokens from then on.
 */

const HOUR = 3_600_000;

interface Move {
  readonly location: { readonly locationId: string };
  readonly old: { readonly companyId: string };
  readonly next: { readonly companyId: string };
}

async function start(): Promise<WorkerWorld> {
  worldClock.offsetMs = 0;
  const world = await startWorld({
    sandbox: createSandbox({ app: SANDBOX_APP, now: worldClock.now }),
    entry: TEST_ENTRY,
  });
  world.sandbox.removeReconnect();
  return world;
}

/** Two connected agencies, and a connected location of the first. */
async function family(world: WorkerWorld): Promise<Move> {
  const { sandbox } = world;
  const [old, next] = [sandbox.addCompany(), sandbox.addCompany()];
  const location = sandbox.addLocation(old);
  for (const target of [old, next, location]) await importTokens(world, target);
  await world.advance(1_000);
  return { location, old, next };
}

const inMs = (ms: number): string => new Date(worldClock.now() + ms).toISOString();

/** Waits until nothing of `target` is due. */
async function quiet(world: WorkerWorld, target: Target): Promise<void> {
  await world.ring(nameOf(target));
  const due = "SELECT 1 FROM schedule WHERE at <= ?";
  await until(async () => (await world.sql(nameOf(target), due, [worldClock.now()])).length === 0);
}

/** The agencies that were asked for a location's token since the counts were reset, in order. */
function asked({ sandbox }: WorkerWorld): unknown[] {
  return sandbox.requests.filter(({ endpoint }) => endpoint === "locationToken")
    .map(({ body }) => new URLSearchParams(body).get("companyId"));
}

Deno.test("an INSTALL of another agency", async (t) => {
  await using world = await start();
  const { sandbox } = world;
  await t.step("of a healthy connection refreshes nothing, and is remembered for later", async () => {
    const { location, next } = await family(world);
    sandbox.transfer(location.locationId, next.companyId, { keepTokens: true });
    sandbox.resetCounts();
    equal((await deliver(world, sandbox.webhook("INSTALL", location))).taken, true);
    await quiet(world, location);
    equal(sandbox.counts.total, 0);
    equal((await look(world, location)).companyId, next.companyId);
  });
  for (const how of ["a person", "a call that is refused", "its own alarm"]) {
    await t.step(`has that one asked first, by ${how}`, async () => {
      const { location, next } = await family(world);
      sandbox.transfer(location.locationId, next.companyId);
      await deliver(world, sandbox.webhook("INSTALL", location));
      await quiet(world, location);
      sandbox.resetCounts();
      if (how === "a person") equal(await recover(world, location), 200);
      else if (how === "its own alarm") {
        await world.advance(23 * HOUR + HOUR / 2);
        await world.ring(nameOf(location));
      } else {
        const path = `/proxy/${nameOf(location)}/locations/${location.locationId}`;
        equal((await world.json(path)).status, 200);
      }
      equal(await statusOf(world, location), "connected");
      deepEqual(asked(world), [next.companyId]);
    });
  }
  await t.step("comes before the tokens of a redirect that say the same", async () => {
    const { location, next } = await family(world);
    sandbox.transfer(location.locationId, next.companyId);
    await deliver(world, sandbox.webhook("INSTALL", location));
    await world.json(`/oauth/callback?code=${sandbox.marketplaceCode(location)}`, { key: null }).catch(
      () => {},
    );
    await quiet(world, location);
    sandbox.loseTokens(location);
    sandbox.resetCounts();
    equal(await recover(world, location), 200);
    deepEqual(asked(world), [next.companyId]);
  });
  await t.step("that is older than what tokens said since does not count", async () => {
    const { location, old, next } = await family(world);
    const late = { ...sandbox.webhook("INSTALL", location), timestamp: inMs(-HOUR) };
    await put(world, location, { ...sandbox.install(location), companyId: next.companyId });
    equal(late.companyId, old.companyId);
    await deliver(world, late);
    await quiet(world, location);
    equal((await look(world, location)).companyId, next.companyId);
  });
  await t.step(
    "that is older than another INSTALL does not count, in whichever order they come",
    async () => {
      for (const order of ["as they were", "the other way round"]) {
        const { location, next } = await family(world);
        const first = { ...sandbox.webhook("INSTALL", location), timestamp: inMs(1_000) };
        sandbox.transfer(location.locationId, next.companyId, { keepTokens: true });
        const second = { ...sandbox.webhook("INSTALL", location), timestamp: inMs(2_000) };
        for (const body of order === "as they were" ? [first, second] : [second, first]) {
          await deliver(world, body);
          await quiet(world, location);
        }
        equal((await look(world, location)).companyId, next.companyId, order);
      }
    },
  );
  await t.step("does not outrank tokens that are saved later", async () => {
    const { location, old, next } = await family(world);
    await deliver(world, { ...sandbox.webhook("INSTALL", location), companyId: next.companyId });
    await world.advance(1_000);
    await put(world, location, { ...sandbox.install(location), companyId: old.companyId });
    await quiet(world, location);
    equal((await look(world, location)).companyId, old.companyId);
    sandbox.loseTokens(location);
    sandbox.resetCounts();
    equal(await recover(world, location), 200);
    deepEqual(asked(world), [old.companyId]);
  });
});

Deno.test("the agency that an operator names is asked first, and only where it refuses the one known", async () => {
  await using world = await start();
  const { sandbox } = world;
  const { location, old, next } = await family(world);
  sandbox.transfer(location.locationId, next.companyId);
  sandbox.resetCounts();
  equal(await recover(world, location, `?companyId=${next.companyId}`), 200);
  deepEqual(asked(world), [next.companyId]);

  sandbox.transfer(location.locationId, old.companyId);
  sandbox.resetCounts();
  equal(await recover(world, location), 200, "it moved back, and nobody said so");
  deepEqual(asked(world), [next.companyId, old.companyId]);
});

Deno.test("the UNINSTALL of an agency that a location has left", async (t) => {
  await using world = await start();
  const { sandbox } = world;
  const moved = async (): Promise<Move> => {
    const move = await family(world);
    sandbox.transfer(move.location.locationId, move.next.companyId, { keepTokens: true });
    await deliver(world, sandbox.webhook("INSTALL", move.location));
    return move;
  };
  await t.step("does not reach it", async () => {
    const { location, old } = await moved();
    await quiet(world, location);
    await deliver(world, { ...sandbox.webhook("UNINSTALL", old), timestamp: inMs(2_000) });
    await quiet(world, old);
    equal(await statusOf(world, old), undefined);
    equal(await statusOf(world, location), "connected");
  });
  await t.step("does not reach it either where both come at once", async () => {
    const { location, old } = await moved();
    await deliver(world, { ...sandbox.webhook("UNINSTALL", old), timestamp: inMs(2_000) });
    await quiet(world, old);
    await quiet(world, location);
    equal(await statusOf(world, location), "connected");
  });
  await t.step("that names the location too is not about it any more", async () => {
    const { location, old } = await moved();
    const body = { ...sandbox.webhook("UNINSTALL", location), ...old, timestamp: inMs(2_000) };
    await deliver(world, body);
    equal(await statusOf(world, location), "connected");
  });
  await t.step("while that of its new agency reaches it, and so does its own", async () => {
    const { location, next } = await moved();
    await quiet(world, location);
    await world.advance(31_000);
    await quiet(world, location);
    await deliver(world, { ...sandbox.webhook("UNINSTALL", next), timestamp: inMs(2_000) });
    await quiet(world, next);
    equal(await statusOf(world, location), undefined);

    const other = await moved();
    await deliver(world, { ...sandbox.webhook("UNINSTALL", other.location), timestamp: inMs(2_000) });
    equal(await statusOf(world, other.location), undefined);
  });
});

Deno.test("an uninstalled location that comes back without naming its agency is minted by the one it had", async () => {
  await using world = await start();
  const { sandbox } = world;
  const { location, old } = await family(world);
  await deliver(world, sandbox.webhook("UNINSTALL", location));
  equal(await statusOf(world, location), undefined);
  await world.advance(2_000);
  sandbox.resetCounts();
  await deliver(world, sandbox.webhook("INSTALL", location, { future: true }));
  await quiet(world, location);
  await until(async () => await statusOf(world, location) === "connected");
  deepEqual(asked(world), [old.companyId]);
  ok(sandbox.counts.reconnect === 0);
});

Deno.test("an INSTALL that comes hours late does not bring back what ended since", async (t) => {
  await using world = await start();
  const { sandbox } = world;
  await t.step("with its agency", async () => {
    const { location, old } = await family(world);
    const late = sandbox.webhook("INSTALL", location);
    await world.advance(1_000);
    await deliver(world, sandbox.webhook("UNINSTALL", old));
    await quiet(world, old);
    equal(await statusOf(world, location), undefined);
    await world.advance(HOUR);
    equal((await deliver(world, late)).taken, true);
    await quiet(world, location);
    await world.advance(60_000);
    await quiet(world, location);
    equal(await statusOf(world, location), undefined);
    equal(world.alerts.length, 0);
  });
  await t.step("by an administrator's word", async () => {
    const { location } = await family(world);
    const late = sandbox.webhook("INSTALL", location);
    await world.advance(1_000);
    await world.json(`/connections/${nameOf(location)}`, { method: "DELETE" });
    await world.advance(HOUR);
    await deliver(world, late);
    await quiet(world, location);
    equal(await statusOf(world, location), undefined);
    await deliver(world, sandbox.webhook("INSTALL", location));
    await quiet(world, location);
    await until(async () => await statusOf(world, location) === "connected");
  });
});

Deno.test("odd extras in tokens and webhooks cost no connection", async () => {
  await using world = await start();
  const { sandbox } = world;
  const { location, old } = await family(world);
  await put(world, location, { ...sandbox.install(location), versionId: "no version at all!" });
  equal(await recover(world, location), 200);
  await deliver(world, { ...sandbox.webhook("INSTALL", old), companyName: "   " });
  await quiet(world, old);
  equal((await look(world, old)).name, undefined);
  equal(await recover(world, old), 200);
});
