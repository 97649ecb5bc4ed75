// SIGKILL at every step of a refresh, once; at random steps, 100 times for every store, in tests/soak/.
import assert from "node:assert/strict";
import { killedAt, stepsOfOneRefresh } from "./killed_process.ts";
import { startSharedStores } from "./shared_stores.ts";

const shared = await startSharedStores();
Deno.test.afterAll(async () => await shared[Symbol.asyncDispose]());

for (const { name, address } of shared.stores) {
  if (!/node:sqlite|by pg$|ioredis/.test(name)) continue; // the others share their servers
  Deno.test({
    name: `${name}: a process that is killed at any step of a refresh loses nothing`,
    ignore: address === undefined,
    fn: async () => {
      assert.ok(address);
      const steps = await stepsOfOneRefresh(address);
      assert.ok(steps > 5, `${steps} steps`);
      const all = Array.from({ length: steps }, (_, i) => i + 1);
      await Promise.all(all.map((step) => killedAt(address, step, step % 2 === 0 ? "before" : "after")));
    },
  });
}
