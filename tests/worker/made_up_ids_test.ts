import { deepEqual, equal } from "node:assert/strict";
import { KEYS, startWorld, TEST_ENTRY, until, worldClock } from "./worker_world.ts";

const TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'";

Deno.test("looking at what does not exist leaves nothing behind", async (t) => {
  worldClock.offsetMs = 0;
  await using world = await startWorld({ entry: TEST_ENTRY });
  const look = async (path: string): Promise<void> => {
    const response = await world.call(path, { key: KEYS.viewer });
    await response.body?.cancel();
    equal(response.status, 404, path);
  };
  await t.step("a connection", async () => {
    for (const name of ["location/nobody", "company/nobody"]) {
      await look(`/connections/${name}`);
      const { body } = await world.json(`/connections/${name}/check`, { method: "POST", key: KEYS.service });
      deepEqual(body, { token: "unknown" });
      deepEqual(await world.sql(name, TABLES), []);
    }
  });
  await t.step("a bulk recovery", async () => {
    await look("/recoveries/none");
    await look("/recoveries/none/events");
    deepEqual(await world.sql("none", TABLES, [], "job"), []);
  });
  await t.step("one that begins to exist afterwards is whole", async () => {
    const { locationId } = world.sandbox.addLocation();
    await look(`/connections/location/${locationId}`);
    const { status, body } = await world.json("/recoveries", {
      method: "POST",
      body: JSON.stringify({ targets: [{ locationId }] }),
      headers: { "Content-Type": "application/json" },
    });
    equal(status, 202);
    await until(async () => (await world.json(`/recoveries/${body.id}`)).body.status === "done");
    equal((await world.json(`/connections/location/${locationId}`)).body.status, "connected");
    await world.advance(8 * 24 * 3_600_000);
    await world.ring(String(body.id), "job"); // it was kept long enough
    equal((await world.json(`/recoveries/${body.id}`)).status, 404);
    deepEqual(await world.sql(String(body.id), TABLES, [], "job"), []);
  });
});
