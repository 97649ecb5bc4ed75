import { deepEqual, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until } from "../worker_world.ts";
import { progressOf, startJob } from "./job_calls.ts";

Deno.test("K11: a job by status, begun while the directory is being built, is listing until that is whole, and blames nobody", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP, rateLimit: false, companies: [{ locations: 3 }] });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  for (const locationId of sandbox.locationIds()) {
    await world.call(`/connections/location/${locationId}`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(sandbox.install({ locationId })),
    });
  }
  await world.handle("call", { of: "directory", name: "0", method: "testLose", args: [] }).catch(() => {});
  const id = await startJob(world, { status: "connected" });
  const seen = new Set<unknown>();
  await until(async () => {
    const { status, problem } = await progressOf(world, id);
    seen.add(status).add(problem);
    return status === "done";
  });
  ok(seen.has("listing"), "it began before the directory was whole");
  seen.delete("running"); // too short to be seen for sure
  deepEqual(seen, new Set(["listing", undefined, "done"]));
  deepEqual((await progressOf(world, id)).total, 3);
});
