import { equal, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { importLost, recover, statusOf } from "../calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY } from "../worker_world.ts";
import { jobIs, startJobOf } from "./job_calls.ts";

Deno.test("K4: a removed Reconnect is asked a handful of times, whatever the number of connections, also where KV denies what was just written", async (t) => {
  const sandbox = createSandbox({ app: SANDBOX_APP, rateLimit: false });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  sandbox.removeReconnect();
  await world.handle("kv", { mode: "cached" });
  const ids = Array.from({ length: 60 }, () => sandbox.addLocation().locationId);
  await t.step("in a job of 60", async () => {
    const done = await jobIs(world, await startJobOf(world, ids), "done");
    equal(done.reauthorization_required, 60);
    ok(sandbox.counts.reconnect <= 5, `${sandbox.counts.reconnect} requests`);
  });
  await t.step("and by the alarms of connections outside jobs", async () => {
    const before = sandbox.counts.reconnect;
    for (const { locationId } of Array.from({ length: 8 }, () => sandbox.addLocation())) {
      await importLost(world, { locationId });
      await world.call(`/connections/location/${locationId}/token`).then((answer) => answer.body?.cancel());
      equal(await statusOf(world, { locationId }), "reauthorization_required");
    }
    equal(sandbox.counts.reconnect, before);
  });
  await t.step("a person's wish believes HighLevel's own words, too", async () => {
    const before = sandbox.counts.reconnect;
    equal(await recover(world, { locationId: ids[0] ?? "" }), 424);
    equal(sandbox.counts.reconnect, before);
  });
});
