import assert from "node:assert/strict";
import { createRunAlone } from "../../src/connections/run_alone.ts";

Deno.test("what was done alone is handed out once the lock is given back: a process that ends then keeps nobody waiting", async () => {
  const steps: string[] = [];
  const runAlone = createRunAlone(async (_key, run) => {
    try {
      return await run(1);
    } finally {
      await new Promise((resolve) => setTimeout(resolve)); // giving back takes a while
      steps.push("given back");
    }
  }, 1_000);
  assert.equal(await runAlone("key", () => Promise.resolve("done")), "done");
  steps.push("handed out");
  await assert.rejects(runAlone("key", () => Promise.reject(new Error("trouble"))), { message: "trouble" });
  steps.push("told");
  assert.deepEqual(steps, ["given back", "handed out", "given back", "told"]);
});

Deno.test("a lock that never comes back is not waited for longer than any call of the store", async () => {
  const runAlone = createRunAlone(async (_key, run) => {
    await run(1);
    return await new Promise<never>(() => {});
  }, 20);
  assert.equal(await runAlone("key", () => Promise.resolve("done")), "done");
});
