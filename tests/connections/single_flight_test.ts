import assert from "node:assert/strict";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { settled, sharedLock, traffic, world } from "./world.ts";

const LOCATION = { locationId: "stormLocation" };

async function callers(count: number, call: () => Promise<string>): Promise<Set<string>> {
  const results = await Promise.allSettled(Array.from({ length: count }, call));
  const failed = results.filter((result) => result.status === "rejected");
  assert.equal(failed.length, 0, `${failed.length} callers failed: ${JSON.stringify(failed[0])}`);
  return new Set(results.map((result) => result.status === "fulfilled" ? result.value : ""));
}

Deno.test("1,000 callers on an expired token cost one refresh and none fails", async () => {
  const { sandbox, connections, connect, expire } = world();
  await connect(LOCATION);
  expire();
  const tokens = await callers(1000, () => connections.accessToken(LOCATION));
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
  assert.equal(tokens.size, 1);
  assert.ok(sandbox.isLiving([...tokens][0] ?? ""));
});

Deno.test("1,000 callers on an empty store cost two requests", async () => {
  const { sandbox, connections } = world();
  sandbox.addLocation({ locationId: "stormLocation" });
  const tokens = await callers(1000, () => connections.accessToken(LOCATION));
  assert.deepEqual(traffic(sandbox), { reconnect: 1, exchange: 1 });
  assert.equal(tokens.size, 1);
});

Deno.test("1,000 callers on a connection whose tokens HighLevel lost cost three requests", async () => {
  const { sandbox, connections, connect, expire } = world();
  await connect(LOCATION);
  sandbox.loseTokens();
  expire();
  await callers(1000, () => connections.accessToken(LOCATION));
  assert.deepEqual(traffic(sandbox), { refresh: 1, reconnect: 1, exchange: 1 });
});

Deno.test("1,000 callers on a living token cost nothing", async () => {
  const { sandbox, connections, connect } = world();
  const { accessToken } = await connect(LOCATION);
  const tokens = await callers(1000, () => connections.accessToken(LOCATION));
  assert.deepEqual(traffic(sandbox), {});
  assert.deepEqual([...tokens], [accessToken]);
});

Deno.test("1,000 callers that come with the same rejected token cost one refresh", async () => {
  const { sandbox, connections, connect } = world();
  const { accessToken: rejected } = await connect(LOCATION);
  sandbox.expireAccessTokens();
  const tokens = await callers(1000, () => connections.accessToken(LOCATION, { rejected }));
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
  assert.ok(!tokens.has(rejected));
});

Deno.test("a late 401 with an old token is answered with the newer one, without a request", async () => {
  const { sandbox, connections, connect } = world();
  const { accessToken: rejected } = await connect(LOCATION);
  sandbox.expireAccessTokens();
  const newer = await connections.accessToken(LOCATION, { rejected });
  sandbox.resetCounts();
  assert.equal(await connections.accessToken(LOCATION, { rejected }), newer);
  assert.equal(await connections.accessToken(LOCATION, { rejected }), newer);
  assert.deepEqual(traffic(sandbox), {});
});

Deno.test("a caller that read the record before a flight and arrives after it sends nothing", async () => {
  const { sandbox, store, memory, another, connect, expire } = world();
  await connect(LOCATION);
  expire();
  // The late caller's first read is answered with what stood there before the flight.
  const held = Promise.withResolvers<void>();
  let reads = 0;
  const late = another({
    store: {
      get: async (key) => {
        const stored = await memory.get(key);
        if (reads++ === 0) await held.promise;
        return stored;
      },
      put: (key, record, options) => memory.put(key, record, options),
      delete: (key) => memory.delete(key),
      list: (options) => memory.list(options),
    },
  });
  const waiting = late.accessToken(LOCATION);
  await settled();
  const first = await another({ store }).accessToken(LOCATION);
  held.resolve();
  assert.equal(await waiting, first);
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
});

Deno.test("the abort of one caller ends its wait only: the others get their token", async () => {
  const { sandbox, connections, connect, expire } = world();
  await connect(LOCATION);
  expire();
  const controller = new AbortController();
  const impatient = connections.accessToken(LOCATION, { signal: controller.signal });
  const patient = Array.from({ length: 10 }, () => connections.accessToken(LOCATION));
  controller.abort(new Error("tired of waiting"));
  await assert.rejects(impatient, /tired of waiting/);
  for (const token of await Promise.all(patient)) assert.ok(sandbox.isLiving(token));
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
});

Deno.test("a flight whose only caller gave up is still stored", async () => {
  const { sandbox, connections, connect, expire } = world();
  await connect(LOCATION);
  expire();
  const controller = new AbortController();
  const given = connections.accessToken(LOCATION, { signal: controller.signal });
  await settled(5);
  controller.abort();
  await assert.rejects(given);
  await settled(500);
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
  assert.deepEqual(traffic(sandbox), { refresh: 1 });
});

Deno.test("a caller whose signal is aborted already starts nothing", async () => {
  const { sandbox, connections, connect, expire } = world();
  await connect(LOCATION);
  expire();
  const signal = AbortSignal.abort(new Error("too late"));
  await assert.rejects(connections.accessToken(LOCATION, { signal }), /too late/);
  await assert.rejects(connections.recover(LOCATION, { signal }), /too late/);
  await settled(500);
  assert.deepEqual(traffic(sandbox), {});
});

Deno.test("who joins a flight that ends with the very token they had rejected starts another", async () => {
  const { sandbox, connections, connect, memory, another } = world();
  const { accessToken: rejected } = await connect(LOCATION);
  // A flight that finds the stored token good: its caller rejected an older one.
  const held = Promise.withResolvers<void>();
  let reads = 0;
  const slow = another({
    store: {
      get: async (key) => {
        if (++reads === 2) await held.promise;
        return await memory.get(key);
      },
      put: (key, record, options) => memory.put(key, record, options),
      delete: (key) => memory.delete(key),
      list: (options) => memory.list(options),
    },
    lock: async (_key, run) => {
      await held.promise;
      return await run();
    },
  });
  sandbox.expireAccessTokens();
  const stale = slow.accessToken(LOCATION, { minLifetimeMs: 30 * 86_400_000 });
  await settled();
  const joiner = slow.accessToken(LOCATION, { rejected });
  await settled();
  held.resolve();
  const [first, second] = await Promise.all([stale, joiner]);
  assert.ok(sandbox.isLiving(first));
  assert.notEqual(second, rejected);
  assert.ok(sandbox.isLiving(second));
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
});

for (const asked of ["after", "before"] as const) {
  const end = asked === "after" ? "climbs by itself" : "takes what came";
  Deno.test(`a recovery asked for ${asked} another process refreshed, which joins a mere look, ${end}`, async () => {
    const { sandbox, another, connect, expire } = world();
    await connect(LOCATION);
    expire();
    const lock = sharedLock();
    const release = Promise.withResolvers<void>();
    const other = another({ lock });
    const held = lock("a key of nobody", () => release.promise);
    // The looker waits for its lock until another process has refreshed.
    const looker = another({ lock: async (key, run) => (await held, await lock(key, run)) });
    const looking = looker.accessToken(LOCATION);
    await settled();
    const early = asked === "before" ? looker.recover(LOCATION) : undefined;
    await settled();
    const refreshed = await other.accessToken(LOCATION);
    const recovering = early ?? looker.recover(LOCATION);
    await settled();
    release.resolve();
    assert.equal(await looking, refreshed);
    assert.equal((await recovering).by, early ? "store" : "refresh");
    assert.deepEqual(traffic(sandbox), { refresh: early ? 1 : 2 });
  });
}

Deno.test("all who wait for a flight that fails are told the same coded error", async () => {
  const { sandbox, connections, connect, expire } = world();
  await connect(LOCATION);
  expire();
  sandbox.fault({ on: "refresh", kind: "html_502", times: 5 });
  const results = await Promise.allSettled(
    Array.from({ length: 100 }, () => connections.accessToken(LOCATION)),
  );
  for (const result of results) {
    assert.ok(result.status === "rejected" && result.reason instanceof HighLevelError);
    assert.equal(result.reason.code, "unavailable");
    assert.ok(result.reason.retryable);
  }
  assert.deepEqual(traffic(sandbox), { refresh: 5 });
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
});
