// Real processes on every store that many may share: single flight, a stopped holder, clocks apart, a server that restarts.
import assert from "node:assert/strict";
import { openStoreAt, type StoreAddress } from "./open_store_at.ts";
import { startSharedStores } from "./shared_stores.ts";
import { sharedWorld } from "./shared_world.ts";

const PROCESSES = 8;
const CALLERS = 125;
/** How far the clocks of three processes are ahead, ms. */
const AHEAD_MS = [-60_000, 0, 60_000];

const shared = await startSharedStores();
Deno.test.afterAll(async () => await shared[Symbol.asyncDispose]());

for (const { name, address, restart } of shared.stores) {
  const test = (sentence: string, run: (address: StoreAddress) => Promise<void>): void =>
    Deno.test({
      name: `${name}: ${sentence}`,
      ignore: address === undefined,
      fn: async () => {
        if (address) await run(address);
      },
    });

  test(`${PROCESSES} processes × ${CALLERS} callers on an expired token cause one refresh`, async (address) => {
    await using world = sharedWorld(address, { latencyMs: 20 });
    await world.saveExpired();
    const processes = Array.from({ length: PROCESSES }, () => world.start({ do: "call", callers: CALLERS }));
    for (const process of processes) assert.equal(await process.line(), "ready");
    for (const process of processes) await process.go();
    const tokens = new Set<unknown>();
    for (const process of processes) {
      for (const token of JSON.parse(await process.line())) tokens.add(token);
      assert.ok(await process.end());
    }
    assert.equal(tokens.size, 1, "every caller of every process has the same token");
    assert.ok(world.sandbox.isLiving(`${[...tokens][0]}`));
    const { refresh, reconnect, spentRefreshTokenUses } = world.sandbox.counts;
    assert.deepEqual({ refresh, reconnect, spentRefreshTokenUses }, {
      refresh: 1,
      reconnect: 0,
      spentRefreshTokenUses: 0,
    });
  });

  test("a holder that is stopped past its lease does not write over the next one's record", async (address) => {
    await using world = sharedWorld(address);
    const process = world.start({ do: "hold" });
    assert.equal(await process.line(), "inside");
    process.signal("SIGSTOP");
    const { store, close } = await openStoreAt(address);
    const record = { format: 1, summary: { updatedAt: 1 }, body: "the next holder's" } as const;
    assert.equal(await store.lock("k", (fence = 0) => store.put("k", record, { fence })), true);
    await process.go();
    process.signal("SIGCONT");
    assert.equal(await process.line(), "false");
    assert.ok(await process.end());
    assert.equal((await store.get("k"))?.body, "the next holder's");
    await close();
  });

  test("three processes whose clocks are a minute apart refresh again and again, and lose nothing", async (address) => {
    // HighLevel forgives nothing: a refresh token that is spent twice is dead.
    await using world = sharedWorld(address, { latencyMs: 5, expiresIn: 10, refreshWindowMs: 0 });
    await world.saveExpired();
    const processes = AHEAD_MS.map((aheadMs) => world.start({ do: "refresh", aheadMs }));
    for (const process of processes) assert.equal(await process.line(), "ready");
    await refreshes(() => world.sandbox.counts.refresh, 25);
    for (const process of processes) await process.go();
    for (const process of processes) {
      assert.deepEqual(Object.keys(JSON.parse(await process.line())), ["token"]);
      assert.ok(await process.end());
    }
    const { reconnect, spentRefreshTokenUses } = world.sandbox.counts;
    assert.deepEqual({ reconnect, spentRefreshTokenUses }, { reconnect: 0, spentRefreshTokenUses: 0 });
    assert.ok(world.sandbox.isLiving(await world.token()));
  });

  if (!restart) continue;
  test("the server is killed and comes back while three processes refresh, and nothing is lost", async (address) => {
    await using world = sharedWorld(address, { latencyMs: 5 });
    await world.saveExpired();
    const processes = AHEAD_MS.map(() => world.start({ do: "refresh", aheadMs: 0 }));
    for (const process of processes) assert.equal(await process.line(), "ready");
    for (let round = 0; round < 3; round++) {
      await refreshes(() => world.sandbox.counts.refresh, world.sandbox.counts.refresh + 5);
      await restart();
    }
    await refreshes(() => world.sandbox.counts.refresh, world.sandbox.counts.refresh + 5);
    for (const process of processes) await process.go();
    for (const process of processes) {
      const outcomes = Object.keys(JSON.parse(await process.line()));
      assert.ok(outcomes.includes("token"));
      assert.deepEqual(outcomes.filter((outcome) => !/^(token|store_failed)$/.test(outcome)), []);
      assert.ok(await process.end());
    }
    assert.equal(world.sandbox.counts.reconnect, 0, "no token was lost");
    assert.ok(world.sandbox.isLiving(await world.token()));
  });
}

/** Waits until there were so many refreshes, for a minute at most. */
async function refreshes(count: () => number, enough: number): Promise<void> {
  const end = performance.now() + 60_000;
  while (count() < enough) {
    assert.ok(performance.now() < end, `${count()} of ${enough} refreshes in a minute`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
