// What each situation costs in requests to HighLevel, exactly: the promise of docs/PERFORMANCE.md.
import assert from "node:assert/strict";
import { Connections, DenoKvStore } from "../../mod.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { traffic, world } from "../connections/world.ts";

const LOCATION = { locationId: "countedLocation" };
const COMPANY = { companyId: "countedCompany" };

Deno.test("a living connection costs no request", async () => {
  const { sandbox, connections, connect } = world();
  const { accessToken } = await connect(LOCATION);
  assert.equal(await connections.accessToken(LOCATION), accessToken);
  assert.deepEqual(traffic(sandbox), {});
});

Deno.test("an expired connection costs 1 request", async () => {
  const { sandbox, connections, connect, expire } = world();
  await connect(LOCATION);
  expire();
  await connections.accessToken(LOCATION);
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
});

Deno.test("a lost connection costs 2 requests", async () => {
  const { sandbox, connections } = world();
  sandbox.addLocation(LOCATION);
  await connections.accessToken(LOCATION);
  assert.deepEqual(traffic(sandbox), { reconnect: 1, exchange: 1 });
});

Deno.test("a lost connection whose refresh token nobody has tried yet costs 1 request more", async () => {
  const { sandbox, connections, connect } = world();
  const { accessToken: rejected } = await connect(LOCATION);
  sandbox.loseTokens();
  await connections.accessToken(LOCATION, { rejected });
  assert.deepEqual(traffic(sandbox), { refresh: 1, reconnect: 1, exchange: 1 });
});

Deno.test("a lost connection whose refresh token is known to be dead costs 2 requests", async () => {
  const { sandbox, connections, connect } = world();
  const { accessToken: rejected } = await connect(LOCATION);
  sandbox.loseTokens();
  sandbox.fault({ on: "reconnect", kind: "status", status: 503, times: 3 });
  await assert.rejects(connections.accessToken(LOCATION, { rejected }));
  sandbox.resetCounts();
  await connections.accessToken(LOCATION, { rejected });
  assert.deepEqual(traffic(sandbox), { reconnect: 1, exchange: 1 });
});

Deno.test("with Reconnect removed each lost location costs 1 request of its agency, beyond the first", async () => {
  const { sandbox, connections, connect } = world();
  await connect(COMPANY);
  const locations = Array.from({ length: 10 }, (_, at) => ({ locationId: `countedLocation${at}` }));
  for (const location of locations) sandbox.addLocation({ ...location, ...COMPANY });
  sandbox.removeReconnect();
  const costs: Record<string, number>[] = [];
  for (const location of locations) {
    sandbox.resetCounts();
    await connections.recover(location, { details: COMPANY });
    costs.push(traffic(sandbox));
  }
  const [first, ...further] = costs;
  assert.deepEqual(first, { reconnect: 1, locationToken: 1 });
  for (const cost of further) assert.deepEqual(cost, { locationToken: 1 });
});

Deno.test("with Reconnect removed and the agency's token expired, the first pays its refresh for all", async () => {
  const { sandbox, connections, connect, expire } = world();
  await connect(COMPANY);
  expire();
  const locations = Array.from({ length: 10 }, (_, at) => ({ locationId: `countedLocation${at}` }));
  for (const location of locations) sandbox.addLocation({ ...location, ...COMPANY });
  sandbox.removeReconnect();
  for await (const { outcome } of connections.recoverAll(locations, { details: COMPANY })) {
    assert.equal(outcome, "recovered");
  }
  assert.deepEqual(traffic(sandbox), { reconnect: 1, refresh: 1, locationToken: 10 });
});

Deno.test("a storm of 1,000 callers on an expired connection costs 1 request", async () => {
  const { sandbox, connections, connect, expire } = world();
  await connect(LOCATION);
  expire();
  await Promise.all(Array.from({ length: 1_000 }, () => connections.accessToken(LOCATION)));
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
});

Deno.test("2,000 lost connections cost 2 requests each", async () => {
  const { sandbox, connections } = world({ sandbox: { locations: 2_000 } });
  const targets = sandbox.locationIds().map((locationId) => ({ locationId }));
  for await (const { outcome } of connections.recoverAll(targets)) assert.equal(outcome, "recovered");
  assert.deepEqual(traffic(sandbox), { reconnect: 2_000, exchange: 2_000 });
});

Deno.test("8 Connections with 125 callers each, on one Deno KV file, cost 1 request and spend no token twice", async () => {
  const folder = await Deno.makeTempDir();
  const sandbox = createSandbox({ rateLimit: false, latencyMs: 20 });
  const app = { ...sandbox.app, fetch: sandbox.fetch };
  const kvs = await Promise.all(Array.from({ length: 8 }, () => Deno.openKv(`${folder}/kv.db`)));
  try {
    const processes = kvs.map((kv) => new Connections({ app, store: new DenoKvStore(kv) }));
    const tokens = tokenSetFrom(sandbox.install(LOCATION), Date.now() - 86_400_000, "Location");
    await processes[0]?.save(LOCATION, tokens);
    const given = await Promise.all(
      processes.flatMap((connections) =>
        Array.from({ length: 125 }, () => connections.accessToken(LOCATION))
      ),
    );
    assert.equal(new Set(given).size, 1);
    assert.deepEqual(traffic(sandbox), { refresh: 1 });
    assert.equal(sandbox.counts.spentRefreshTokenUses, 0);
  } finally {
    for (const kv of kvs) kv.close();
    await Deno.remove(folder, { recursive: true });
  }
});
