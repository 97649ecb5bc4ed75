import { deepEqual, equal, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { countsSince, listIsBuilt } from "./calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld, worldClock } from "./worker_world.ts";

async function tokenOf(world: WorkerWorld, locationId: string): Promise<string> {
  const { status, body } = await world.json(`/connections/location/${locationId}/token`, {
    headers: {},
  });
  equal(status, 200, JSON.stringify(body));
  return String(body.access_token);
}

Deno.test("a living token is served from KV without waking its object", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const sandbox = createSandbox({ app: SANDBOX_APP });
    await using world = await startWorld({ sandbox, entry: TEST_ENTRY, persist: folder });
    const { locationId } = sandbox.addLocation();
    const first = await tokenOf(world, locationId);
    const due = "SELECT 1 FROM schedule WHERE name = 'report'";
    await until(async () => (await world.sql(`location/${locationId}`, due)).length === 0);
    await listIsBuilt(world);
    await world.restart(); // no object is in memory
    for (let index = 0; index < 5; index++) equal(await tokenOf(world, locationId), first);
    const response = await world.call(`/proxy/location/${locationId}/locations/${locationId}`);
    await response.body?.cancel();
    equal(response.status, 200);
    deepEqual(Object.keys(await countsSince(world)), ["kv.get"], "no object was made");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("1,000 callers of one expired connection cause one refresh", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP, latencyMs: 20 });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { locationId } = sandbox.addLocation();
  const old = sandbox.install({ locationId });
  await world.call(`/connections/location/${locationId}`, {
    method: "PUT",
    body: JSON.stringify({ ...old, expires_in: 0 }),
    headers: { "Content-Type": "application/json" },
  });
  sandbox.resetCounts();
  const startedAt = performance.now();
  const tokens = await Promise.all(Array.from({ length: 1_000 }, () => tokenOf(world, locationId)));
  const ms = Math.round(performance.now() - startedAt);
  console.log(`1,000 concurrent tokens over an expired connection: ${ms} ms`);
  equal(new Set(tokens).size, 1);
  ok(sandbox.isLiving(tokens[0] ?? ""));
  equal(sandbox.counts.refresh, 1);
  equal(sandbox.counts.total, 1);
});

Deno.test("a stale copy in KV never causes a refresh", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { locationId } = sandbox.addLocation();
  const old = await tokenOf(world, locationId);
  await world.handle("kv", { mode: "stale" }); // this place goes on reading what KV holds now
  sandbox.expireAccessTokens({ locationId });
  const healed = await world.call(`/proxy/location/${locationId}/locations/${locationId}`);
  await healed.body?.cancel();
  equal(healed.status, 200);
  equal(sandbox.counts.refresh, 1);
  for (let index = 0; index < 3; index++) {
    const again = await world.call(`/proxy/location/${locationId}/locations/${locationId}`);
    await again.body?.cancel();
    equal(again.status, 200);
  }
  equal(sandbox.counts.refresh, 1, "the object had newer tokens all along");
  equal(await tokenOf(world, locationId), old, "the copy is the old one");
});

Deno.test("who comes with a refused token gets none from a stale copy", async () => {
  worldClock.offsetMs = 0;
  const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { locationId } = sandbox.addLocation();
  const { sha256Hex } = await import("../../src/worker/http/digest.ts");
  const first = await tokenOf(world, locationId);
  await world.handle("kv", { mode: "stale" });
  const ask = async (rejected: string): Promise<string> => {
    const query = `?rejected=${await sha256Hex(rejected)}`;
    return String((await world.json(`/connections/location/${locationId}/token${query}`)).body.access_token);
  };
  sandbox.expireAccessTokens({ locationId });
  const second = await ask(first);
  sandbox.expireAccessTokens({ locationId });
  await world.advance(60_000);
  const third = await ask(second);
  ok(sandbox.isLiving(third), "not the first one, which the copy still holds");
  worldClock.offsetMs = 0;
});

Deno.test("KV that refuses writes costs nothing, and catches up by alarm", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { locationId } = sandbox.addLocation();
  const name = `location/${locationId}`;
  await world.handle("kv", { mode: "refuse" });
  const first = await tokenOf(world, locationId);
  ok(sandbox.isLiving(first));
  const { TOKENS } = await world.miniflare.getBindings<{ TOKENS: KVNamespace }>();
  const isInKv = async (): Promise<boolean> =>
    (await TOKENS.list()).keys.some((key) => key.name.endsWith(name));
  equal(await isInKv(), false, "KV has nothing");
  equal(await tokenOf(world, locationId), first, "the object has it");
  equal(sandbox.counts.exchange, 1);
  const [item] = await world.sql(name, "SELECT at FROM schedule WHERE name = 'copy'");
  ok(Number(item?.at) - Date.now() < 10_000, "the copy is due within seconds");
  await world.sql(name, "UPDATE schedule SET at = 1 WHERE name = 'copy'");
  await world.ring(name); // refused again
  const [later] = await world.sql(name, "SELECT attempt FROM schedule WHERE name = 'copy'");
  equal(later?.attempt, 1);
  await world.handle("kv", { mode: "ok" });
  await world.sql(name, "UPDATE schedule SET at = 1 WHERE name = 'copy'");
  await world.ring(name);
  equal(await isInKv(), true);
  deepEqual(await world.sql(name, "SELECT name FROM schedule WHERE name = 'copy'"), []);
});

Deno.test("KV that never answers a write holds no token back for long", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { locationId } = sandbox.addLocation();
  await world.handle("kv", { mode: "hang" });
  ok(sandbox.isLiving(await tokenOf(world, locationId)), "it waits for KV, but not for ever");
  const due = "SELECT name FROM schedule WHERE name = 'copy'";
  await until(async () => (await world.sql(`location/${locationId}`, due)).length === 1);
});

Deno.test("a write to KV that was given up and lands late is written over", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { locationId } = sandbox.addLocation();
  const path = `/connections/location/${locationId}`;
  const { TOKENS } = await world.miniflare.getBindings<{ TOKENS: KVNamespace }>();
  const copied = async (): Promise<unknown> => {
    const [key] = (await TOKENS.list()).keys;
    return Object(key?.metadata).status;
  };
  await world.handle("kv", { mode: "late" });
  await tokenOf(world, locationId);
  await world.handle("kv", { mode: "ok" });
  equal(
    (await world.json(path, { method: "DELETE" })).status,
    503,
    "the late write may land over the tombstone",
  );
  equal(await copied(), "forgotten");
  await until(async () => await copied() === "connected"); // the late write
  await until(async () => await copied() === "forgotten");
  await until(async () => (await world.json(path, { method: "DELETE" })).status === 204);
  equal((await world.json(`${path}/token`)).status, 404);
  deepEqual(await world.sql(`location/${locationId}`, "SELECT name FROM schedule WHERE name = 'copy'"), []);
});

Deno.test("a copy in KV that cannot be read is no copy: the object answers", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { locationId } = sandbox.addLocation();
  const first = await tokenOf(world, locationId);
  const { TOKENS } = await world.miniflare.getBindings<{ TOKENS: KVNamespace }>();
  const [key] = (await TOKENS.list()).keys;
  const text = await TOKENS.get(key?.name ?? "") ?? "";
  const record = JSON.parse(text);
  const values = {
    "no JSON": "garbage",
    "another shape": `{"a":1}`,
    "a plain body that is no record": JSON.stringify({ ...record, body: "plain" }),
    "an altered body": JSON.stringify({ ...record, body: `${record.body.slice(0, -8)}AAAAAAA=` }),
    "an unknown sealing key": JSON.stringify({
      ...record,
      body: record.body.replace(/^s1\.\w{8}/, "s1.00000000"),
    }),
    "a newer version": JSON.stringify({ ...record, body: `{"version":99}` }),
  };
  for (const [name, value] of Object.entries(values)) {
    await t.step(name, async () => {
      await TOKENS.put(key?.name ?? "", value, { metadata: key?.metadata });
      equal(await tokenOf(world, locationId), first);
      equal((await world.call("/connections")).status, 200);
    });
  }
  equal(sandbox.counts.exchange, 1);
});

Deno.test("a caller that goes away, and an object that is evicted, lose no refresh", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP, latencyMs: 200 });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const { locationId } = sandbox.addLocation();
  const leaving = new AbortController();
  const gone = world.call(`/connections/location/${locationId}/token`, { signal: leaving.signal });
  await until(() => sandbox.counts.exchange > 0); // it is being answered
  leaving.abort();
  await gone.catch(() => {});
  await until(async () => (await world.sql(`location/${locationId}`, "SELECT 1 FROM record")).length === 1);
  const due = await world.sql(`location/${locationId}`, "SELECT name FROM schedule");
  ok(
    due.some(({ name }) => name === "plan" || name === "refresh"),
    "what follows the write was written with it",
  );
  ok(sandbox.isLiving(await tokenOf(world, locationId)));
  equal(sandbox.counts.exchange, 1);
});
