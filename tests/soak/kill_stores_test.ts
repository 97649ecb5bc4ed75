import assert from "node:assert/strict";
import { killedAt, stepsOfOneRefresh } from "../stores/killed_process.ts";
import { startSharedStores } from "../stores/shared_stores.ts";

const KILLS = Number(Deno.env.get("STORE_KILLS") ?? 100);

const shared = await startSharedStores();
Deno.test.afterAll(async () => await shared[Symbol.asyncDispose]());

for (const { name, address } of shared.stores) {
  Deno.test({
    name: `${name}: ${KILLS} processes killed at random steps of a refresh lose nothing`,
    ignore: address === undefined,
    fn: async () => {
      assert.ok(address);
      const steps = await stepsOfOneRefresh(address);
      for (let i = 0; i < KILLS; i++) {
        const step = 1 + Math.floor(Math.random() * steps);
        await killedAt(address, step, Math.random() < 0.5 ? "before" : "after");
      }
      console.log(JSON.stringify({ store: name, kills: KILLS, steps }));
    },
  });
}
