import { deepEqual, equal, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { sha256Hex } from "../../../src/worker/http/digest.ts";
import { endObject, importTokens, nameOf, type Target } from "../calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, type WorkerWorld, worldClock } from "../worker_world.ts";

async function start(): Promise<WorkerWorld> {
  worldClock.offsetMs = 0;
  return await startWorld({
    sandbox: createSandbox({ app: SANDBOX_APP, now: worldClock.now }),
    entry: TEST_ENTRY,
  });
}

interface Handed {
  readonly token: string;
  readonly retryAfter: string | null;
}

/** Asks for a token, saying that `rejected` was refused. */
async function ask(world: WorkerWorld, target: Target, rejected?: string): Promise<Handed> {
  const query = rejected === undefined ? "" : `?rejected=${await sha256Hex(rejected)}`;
  const response = await world.call(`/connections/${nameOf(target)}/token${query}`);
  equal(response.status, 200);
  const { access_token: token } = Object(await response.json());
  return { token: String(token), retryAfter: response.headers.get("retry-after") };
}

Deno.test("K5: a caller that refuses whatever it gets has the token replaced once a minute", async (t) => {
  await using world = await start();
  const { sandbox } = world;
  const location = sandbox.addLocation();
  await importTokens(world, location);
  let { token } = await ask(world, location);

  await t.step(
    "forty times in a row: one refresh; the others are handed the one that is held, with Retry-After",
    async () => {
      for (let time = 0; time < 40; time++) {
        const handed = await ask(world, location, token);
        if (time > 0) {
          equal(handed.token, token);
          const seconds = Number(handed.retryAfter);
          ok(seconds > 0 && seconds <= 60, `Retry-After: ${handed.retryAfter}`);
        } else equal(handed.retryAfter, null);
        ({ token } = handed);
      }
      equal(sandbox.counts.refresh, 1);
    },
  );
  await t.step("an object that was evicted meanwhile remembers", async () => {
    await endObject(world, location);
    equal((await ask(world, location, token)).token, token);
    equal(sandbox.counts.refresh, 1);
  });
  await t.step("after a minute it is replaced again", async () => {
    await world.advance(61_000);
    const handed = await ask(world, location, token);
    deepEqual([handed.token === token, handed.retryAfter], [false, null]);
    equal(sandbox.counts.refresh, 2);
    ({ token } = handed);
  });
  await t.step("who comes with an older one is handed the newer one at once", async () => {
    const handed = await ask(world, location, "a token of long ago");
    deepEqual(handed, { token, retryAfter: null });
  });
});

Deno.test("K5: many that come with the same refused token at once get the same new one", async () => {
  await using world = await start();
  const { sandbox } = world;
  const location = sandbox.addLocation();
  await importTokens(world, location);
  const { token } = await ask(world, location);
  sandbox.expireAccessTokens(location);
  const slow = sandbox.fault({ on: "refresh", kind: "delay", ms: 500 });
  const handed = await Promise.all(Array.from({ length: 20 }, () => ask(world, location, token)));
  slow.remove();
  equal(new Set(handed.map((one) => one.token)).size, 1);
  ok(sandbox.isLiving(handed[0]?.token ?? ""));
  equal(sandbox.counts.refresh, 1);
});
