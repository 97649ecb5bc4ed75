import assert from "node:assert/strict";
import { Connections } from "../../src/connections/connections.ts";
import type { ConnectionTarget } from "../../src/oauth/target.ts";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { DAY, keyOf, settled, sharedLock, type TestWorld, traffic, world } from "./world.ts";

const LOCATION = { locationId: "forgottenLocation" };
const COMPANY = { companyId: "forgottenCompany" };
const LONG_AGO = Date.UTC(2020, 0, 1);

/** Connections whose answers from the token endpoint are held back until `let go`. */
function slowly(
  { sandbox, another }: TestWorld,
  lock?: <T>(key: string, run: () => Promise<T>) => Promise<T>,
) {
  const asked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const connections = another({
    ...(lock && { lock }),
    app: {
      ...sandbox.app,
      fetch: async (input, init) => {
        const response = await sandbox.fetch(input, init);
        if (input.endsWith("/oauth/token")) {
          asked.resolve();
          await release.promise;
        }
        return response;
      },
    },
  });
  return { connections, asked: asked.promise, release: release.resolve };
}

async function isGone(w: TestWorld, target: ConnectionTarget): Promise<void> {
  w.sandbox.resetCounts();
  for (const process of [w.connections, w.another()]) {
    await assert.rejects(process.accessToken(target), { code: "not_installed" });
    await assert.rejects(process.accessToken(target, { rejected: "one" }), { code: "not_installed" });
    await assert.rejects(process.fetch(target, "/contacts/"), { code: "not_installed" });
    assert.equal(await process.get(target), undefined);
    assert.deepEqual((await process.list()).connections, []);
  }
  assert.deepEqual(traffic(w.sandbox), {});
}

for (const target of [LOCATION, COMPANY]) {
  Deno.test(`a forgotten ${"locationId" in target ? "location" : "company"} has no token, and asking sends nothing`, async () => {
    const w = world();
    const { accessToken } = await w.connect(target);
    await w.connections.forget(target);
    await isGone(w, target);
    assert.ok(!(await w.stored(target)).includes(accessToken));
  });
}

Deno.test("tokens that were got before the forgetting do not end it; those got after it do", async () => {
  const w = world();
  const tokens = await w.connect(LOCATION);
  const gotAt = new Date(w.clock.at);
  w.clock.at += 1_000;
  await w.connections.forget(LOCATION);
  await w.connections.save(LOCATION, tokens, { gotAt });
  await isGone(w, LOCATION);
  w.clock.at += 1_000;
  await w.connections.save(LOCATION, tokens, { gotAt: new Date(w.clock.at) });
  assert.equal(await w.connections.accessToken(LOCATION), tokens.accessToken);
});

Deno.test("tokens that were got before the forgetting do not end it where the store cannot be read either", async () => {
  const w = world();
  const tokens = await w.connect(LOCATION);
  const gotAt = new Date(w.clock.at);
  w.clock.at += 1_000;
  await w.connections.forget(LOCATION);
  w.store.failures.get = 3;
  await assert.rejects(w.connections.save(LOCATION, tokens, { gotAt }), { code: "store_failed" });
  await isGone(w, LOCATION);
  w.store.failures.get = 3;
  await w.connections.save(LOCATION, tokens); // got now: worth keeping, whatever was there
  assert.equal(await w.connections.accessToken(LOCATION), tokens.accessToken);
});

Deno.test("a forgetting whose answer was lost, and that is written again, is told all the same", async () => {
  const w = world();
  await w.connect(LOCATION);
  const { memory } = w;
  let isLost = false;
  const connections = w.another({
    store: {
      get: (key) => memory.get(key),
      put: async (key, record, options) => {
        const isWritten = await memory.put(key, record, options);
        if (isLost) return isWritten;
        isLost = true;
        throw new TypeError("the answer is lost");
      },
      delete: (key) => memory.delete(key),
      list: (options) => memory.list(options),
    },
  });
  await connections.forget(LOCATION);
  assert.deepEqual(w.events.map(({ type }) => type), ["installed", "uninstalled"]);
  await isGone(w, LOCATION);
});

Deno.test("what was never known can be forgotten, for the flight that is about to learn of it", async () => {
  const w = world();
  w.sandbox.addLocation(LOCATION);
  await w.connections.forget(LOCATION);
  await isGone(w, LOCATION);
});

for (
  const where of ["the same process", "another process without a lock", "another process with a shared lock"]
) {
  for (const call of ["accessToken", "recover"] as const) {
    Deno.test(`a late answer to ${call} cannot bring back what ${where} forgot`, async () => {
      const w = world();
      await w.connect(LOCATION);
      w.expire();
      const lock = where.includes("shared") ? sharedLock() : undefined;
      const { connections, asked, release } = slowly(w, lock);
      const flight = connections[call](LOCATION).then(
        (result) => typeof result === "string" ? result : result.error?.code,
        (error: { code: string }) => error.code,
      );
      await asked;
      const forgetter = where === "the same process" ? connections : w.another(lock && { lock });
      const forgetting = forgetter.forget(LOCATION);
      await settled();
      release();
      await forgetting;
      assert.equal(await flight, "not_installed");
      await isGone(w, LOCATION);
    });
  }
}

Deno.test("a flight that looked just before it was forgotten is undone by forget itself", async () => {
  const w = world();
  await w.connect(LOCATION);
  w.expire();
  // The flight's write hangs between its look and the store.
  const writing = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  let first = true;
  const connections = w.another({
    store: {
      get: (key) => w.memory.get(key),
      put: async (key, record, options) => {
        if (first) {
          first = false;
          writing.resolve();
          await release.promise;
        }
        return await w.memory.put(key, record, options);
      },
      delete: (key) => w.memory.delete(key),
      list: (options) => w.memory.list(options),
    },
  });
  const flight = connections.accessToken(LOCATION).catch(() => {});
  await writing.promise;
  const forgetting = connections.forget(LOCATION);
  await settled();
  release.resolve();
  await Promise.all([flight, forgetting]);
  await isGone(w, LOCATION);
});

Deno.test("a save after forget lives, also while the forgetting still waits for a flight", async () => {
  const w = world();
  await w.connect(LOCATION);
  w.expire();
  const { connections, asked, release } = slowly(w);
  const flight = connections.accessToken(LOCATION).catch(() => {});
  await asked;
  const forgetting = connections.forget(LOCATION);
  await settled();
  const fresh = tokenSetFrom(w.sandbox.install(LOCATION), w.clock.now(), "Location");
  const saving = w.connections.save(LOCATION, fresh); // another process: it waits for nobody
  await saving;
  release();
  await Promise.all([flight, forgetting]);
  assert.equal(await w.connections.accessToken(LOCATION), fresh.accessToken);
  assert.equal((await w.connections.list()).connections.length, 1);
});

Deno.test("an authorisation after forget lives", async () => {
  const w = world();
  await w.connect(LOCATION);
  await w.connections.forget(LOCATION);
  await w.connections.authorize({ code: w.sandbox.authorize(LOCATION) });
  assert.ok(w.sandbox.isLiving(await w.connections.accessToken(LOCATION)));
});

for (const details of [{}, { name: "Dentist", companyId: "agency" }]) {
  Deno.test(`a recovery after forget begins anew${"name" in details ? ", also with details" : ""}`, async () => {
    const w = world();
    const { refreshToken = "" } = await w.connect(LOCATION);
    await w.connections.forget(LOCATION);
    w.sandbox.resetCounts();
    const recovery = await w.connections.recover(LOCATION, { details });
    assert.equal(recovery.by, "reconnect");
    assert.deepEqual(traffic(w.sandbox), { reconnect: 1, exchange: 1 });
    assert.ok(w.sandbox.isLiving(await w.connections.accessToken(LOCATION)));
    assert.ok(w.sandbox.isLiving(refreshToken), "the forgotten refresh token was not spent");
    assert.equal((await w.connections.get(LOCATION))?.name, "name" in details ? details.name : undefined);
  });
}

Deno.test("a recovery after forget, by a process whose clock is behind, stands", async () => {
  const w = world();
  await w.connect(LOCATION);
  await w.connections.forget(LOCATION);
  w.clock.at -= 60_000;
  assert.equal((await w.connections.recover(LOCATION)).outcome, "recovered");
  assert.ok(w.sandbox.isLiving(await w.another().accessToken(LOCATION)));
});

Deno.test("C12: a tombstone lasts 90 days, then the store drops it", async () => {
  const w = world();
  await w.connect(LOCATION);
  await w.connections.forget(LOCATION);
  w.clock.at += 90 * DAY - 1;
  assert.ok(await w.memory.get(keyOf(w.sandbox, LOCATION)));
  await assert.rejects(w.connections.accessToken(LOCATION), { code: "not_installed" });
  w.clock.at = Math.max(w.clock.at, Date.now() + 90 * DAY) + 2; // by the store's clock, which may be another
  assert.equal(await w.memory.get(keyOf(w.sandbox, LOCATION)), undefined);
});

Deno.test("forgetting holds where the store's clock is far ahead of the caller's", async () => {
  const sandbox = createSandbox({ now: () => LONG_AGO });
  const store = new MemoryStore(); // by the real clock
  const app = { ...sandbox.app, fetch: sandbox.fetch };
  const connections = new Connections({ app, store, now: () => LONG_AGO });
  sandbox.addLocation(LOCATION);
  await connections.accessToken(LOCATION);
  await connections.forget(LOCATION);
  await assert.rejects(connections.accessToken(LOCATION), { code: "not_installed" });
});

Deno.test("lists hide tombstones and page through the rest", async () => {
  const w = world();
  for (let i = 0; i < 25; i++) await w.connect({ locationId: `listed${String(i).padStart(2, "0")}` });
  for (let i = 0; i < 25; i += 2) {
    await w.connections.forget({ locationId: `listed${String(i).padStart(2, "0")}` });
  }
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await w.connections.list({ limit: 5, ...(cursor !== undefined && { cursor }) });
    assert.ok(page.connections.length <= 5);
    found.push(...page.connections.map(({ target }) => target.locationId ?? ""));
    cursor = page.cursor;
  } while (cursor !== undefined);
  assert.deepEqual(
    found,
    Array.from({ length: 12 }, (_, i) => `listed${String(2 * i + 1).padStart(2, "0")}`),
  );
  assert.deepEqual((await w.connections.list({ status: "paused" })).connections, []);
  assert.equal((await w.connections.list({ status: "connected", limit: 1000 })).connections.length, 12);
  for (const limit of [0, 1001, 1.5]) await assert.rejects(w.connections.list({ limit }), TypeError);
});

Deno.test("a list tells status and times, and no token", async () => {
  const w = world();
  const { expiresAt, accessToken } = await w.connect(LOCATION);
  const { connections } = await w.connections.list();
  assert.deepEqual(connections, [{
    target: LOCATION,
    status: "connected",
    expiresAt,
    refreshTokenIssuedAt: new Date(w.clock.at),
    updatedAt: new Date(w.clock.at),
  }]);
  assert.ok(!JSON.stringify(connections).includes(accessToken));
});

Deno.test("recover ends a tombstone also where it meets a call that the tombstone refuses", async () => {
  const { sandbox, connections, connect } = world();
  await connect(LOCATION);
  await connections.forget(LOCATION);
  const refused = assert.rejects(connections.accessToken(LOCATION), { code: "not_installed" });
  await settled(3);
  assert.equal((await connections.recover(LOCATION)).outcome, "recovered");
  await refused;
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
});

Deno.test("a recovery that waits for a refresh does not bring back what is forgotten meanwhile", async () => {
  const w = world();
  await w.connect(LOCATION);
  w.expire();
  const { connections, asked, release } = slowly(w);
  const refreshing = assert.rejects(connections.accessToken(LOCATION), { code: "not_installed" });
  await asked;
  const recovering = connections.recover(LOCATION);
  await settled();
  const forgetting = connections.forget(LOCATION);
  await settled();
  release();
  await Promise.all([refreshing, forgetting]);
  assert.equal((await recovering).error?.code, "not_installed");
  assert.equal(await connections.get(LOCATION), undefined);
});

Deno.test("a climb that ends with a person, forgotten meanwhile, asks nobody", async () => {
  const w = world();
  const { sandbox, events } = w;
  await w.connect(LOCATION);
  sandbox.uninstall(LOCATION);
  const asked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const connections = w.another({
    app: {
      ...sandbox.app,
      fetch: async (input, init) => {
        asked.resolve();
        await release.promise;
        return await sandbox.fetch(input, init);
      },
    },
  });
  const recovering = connections.recover(LOCATION);
  await asked.promise;
  const forgetting = connections.forget(LOCATION);
  await settled();
  release.resolve();
  await forgetting;
  assert.equal((await recovering).error?.code, "not_installed");
  assert.ok(events.every(({ type }) => type !== "reauthorization_required"));
});
