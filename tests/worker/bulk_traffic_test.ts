import { deepEqual, equal, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { deliver, graceEnds, importTokens, look, put, recover, statusOf } from "./calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld } from "./worker_world.ts";

/*
 * What many connections in the same trouble cost at HighLevel.
 */

type Location = { readonly locationId: string };

/** Recovers `targets` by a job; resolves when it is done. */
async function recoverMany(
  { json }: WorkerWorld,
  targets: readonly Location[],
): Promise<Record<string, unknown>> {
  const { status, body } = await json("/recoveries", {
    method: "POST",
    body: JSON.stringify({ targets }),
    headers: { "Content-Type": "application/json" },
  });
  equal(status, 202);
  let progress = body;
  await until(async () => {
    progress = (await json(`/recoveries/${body.id}`)).body;
    return progress.status === "done";
  });
  return progress;
}

/** An agency that is connected, and locations of it whose tokens have ended and cannot be refreshed. */
async function agencyWith(
  world: WorkerWorld,
  count: number,
): Promise<{ locations: Location[]; companyId: string }> {
  const { sandbox } = world;
  const company = sandbox.addCompany();
  await importTokens(world, company);
  const locations = Array.from({ length: count }, () => sandbox.addLocation(company));
  await Promise.all(locations.map((location) => {
    const { refresh_token: _, ...tokens } = sandbox.install(location);
    return put(world, location, { ...tokens, expires_in: 0 });
  }));
  sandbox.resetCounts();
  return { locations, ...company };
}

Deno.test("40 locations of an agency whose token lacks a scope cost a call or two, and no refresh of it", async () => {
  await using world = await startWorld({
    sandbox: createSandbox({ app: SANDBOX_APP, rateLimit: false }),
    entry: TEST_ENTRY,
  });
  const { sandbox } = world;
  sandbox.removeReconnect();
  const { locations, companyId } = await agencyWith(world, 40);
  const { scope } = sandbox.app;
  sandbox.setScope("contacts.readonly");
  const { reauthorization_required: persons } = await recoverMany(world, locations);
  equal(persons, 40);
  const { refresh, locationToken, exchange } = sandbox.counts;
  ok(refresh <= 1, `${refresh} refreshes`);
  ok(locationToken <= 3, `${locationToken} calls`);
  equal(exchange, 0);
  equal(await statusOf(world, { companyId }), "connected", "its token lives");
  const [first] = locations;
  const { trouble } = await look(world, first ?? { companyId });
  equal(Object(trouble).code, "forbidden");

  // Whoever asks for one of them within the minute costs nothing more; with the scope they come back.
  sandbox.resetCounts();
  for (const location of locations.slice(0, 5)) equal(await recover(world, location), 424);
  ok(sandbox.counts.locationToken === 0, `${sandbox.counts.locationToken} calls`);
  sandbox.setScope(scope);
  await importTokens(world, { companyId });
  equal((await recoverMany(world, locations)).recovered, 40);
});

Deno.test("a Reconnect endpoint that is perhaps gone is not asked again for each of many, but for a person", async () => {
  await using world = await startWorld({
    sandbox: createSandbox({ app: SANDBOX_APP, rateLimit: false }),
    entry: TEST_ENTRY,
  });
  const { sandbox } = world;
  const { locations } = await agencyWith(world, 12);
  const [first, second, ...others] = locations;
  ok(first && second);
  sandbox.fault({ on: "reconnect", kind: "json_404", times: 1_000 });
  equal(await recover(world, first), 200);
  equal(sandbox.counts.reconnect, 1);

  const { recovered } = await recoverMany(world, others);
  equal(recovered, 10);
  equal(sandbox.counts.reconnect, 1, "what one found out holds for all");
  equal(await recover(world, second), 200);
  equal(sandbox.counts.reconnect, 2, "a person's wish asks again");
});

Deno.test("INSTALLs of many locations do not ask an endpoint that is perhaps gone for each", async () => {
  await using world = await startWorld({
    sandbox: createSandbox({ app: SANDBOX_APP, rateLimit: false }),
    entry: TEST_ENTRY,
  });
  const { sandbox } = world;
  const { locations } = await agencyWith(world, 1);
  sandbox.fault({ on: "reconnect", kind: "json_404", times: 1_000 });
  for (const location of locations) equal(await recover(world, location), 200);
  sandbox.resetCounts();
  const lonely = Array.from({ length: 8 }, () => sandbox.addLocation());
  for (const location of lonely) {
    await deliver(world, sandbox.webhook("INSTALL", location));
    await graceEnds(world, location);
  }
  const statuses = await Promise.all(lonely.map((location) => statusOf(world, location)));
  deepEqual([...new Set(statuses)], ["reauthorization_required"]);
  equal(sandbox.counts.total, 0);
});
