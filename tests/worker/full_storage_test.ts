import { deepEqual, equal, ok } from "node:assert/strict";
import { startWorld, TEST_ENTRY } from "./worker_world.ts";

Deno.test("an object whose storage is full is no trouble of the caller's, and says what it is", async () => {
  await using world = await startWorld({ entry: TEST_ENTRY });
  const { sandbox } = world;
  const { locationId: known } = sandbox.addLocation();
  const { locationId: fresh } = sandbox.addLocation();
  const { locationId: found } = sandbox.addLocation();
  const path = `/connections/location/${known}`;
  const json = { "Content-Type": "application/json" };
  equal((await world.json(`${path}/token`)).status, 200);
  sandbox.expireAccessTokens({ locationId: known });
  await world.handle("full", { full: true });

  const imported = {
    method: "PUT",
    body: JSON.stringify(sandbox.install({ locationId: fresh })),
    headers: json,
  };
  const job = { method: "POST", body: JSON.stringify({ targets: [{ locationId: fresh }] }), headers: json };
  const calls: readonly (readonly [string, RequestInit])[] = [
    [`/connections/location/${fresh}`, imported],
    ["/recoveries", job],
    [path, { ...imported, body: JSON.stringify({ access_token: "a" }) }],
    [path, { method: "DELETE" }],
  ];
  for (const [at, init] of calls) {
    const response = await world.call(at, init);
    const { code, detail } = Object(await response.json());
    deepEqual([response.status, code], [503, "store_failed"], `${init.method ?? "GET"} ${at}: ${detail}`);
  }
  equal((await world.json(path)).body.status, "connected", "reads go on");
  equal((await world.json(`/connections/location/${found}/token`)).status, 200, "KV keeps what is recovered");
  const proxied = `/proxy/location/${known}/locations/${known}`;
  sandbox.resetCounts();
  deepEqual(
    [(await world.json(proxied)).status, sandbox.counts.refresh],
    [503, 0],
    "nobody spends what he cannot note",
  );

  await world.handle("full", { full: false });
  equal((await world.json(proxied)).status, 200);
  equal(sandbox.counts.refresh, 1, "it is refreshed when there is room");
  const { status, body } = await world.json(`${path}/token`);
  equal(status, 200);
  ok(sandbox.isLiving(String(body.access_token)));
});
