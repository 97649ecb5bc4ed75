import assert from "node:assert/strict";
import { KEYS, startWorld, until } from "../worker/worker_world.ts";
import { csvOf } from "./cli_world.ts";
import { agencyWorld, runnerFor } from "./worker_runner.ts";

Deno.test({
  name: "the commands work with the real worker in workerd",
  sanitizeOps: false, // Miniflare keeps timers
  sanitizeResources: false,
  async fn() {
    await using world = agencyWorld();
    await using real = await startWorld({
      sandbox: world.sandbox,
    });
    const run = runnerFor(world, (await real.miniflare.ready).href, KEYS.admin);
    world.write("ids.csv", csvOf(["aaa", "bbb", "off", "gone"]));

    const recovered = await run(["recover", "--file", "ids.csv", "--company", "agency"]);
    assert.equal(recovered.code, 1, recovered.err);
    assert.match(recovered.out, /5 connections: 3 recovered, 1 paused, 1 needs reauthorization/);
    assert.match(recovered.out, /\[1\] Send this link to the customer:\nhttps:\/\//);

    const token = await run(["token", "--location", "aaa"], KEYS.service);
    assert.ok(world.sandbox.isLiving(token.out.trim()));
    // A connection reports to the directory within a second or so.
    await until(async () => /location {2}aaa +connected/.test((await run(["list"], KEYS.viewer)).out));
    assert.match(
      (await run(["list"], "wrong")).err,
      /That key is not valid\. Send an admin, service, viewer or named key/,
    );
    assert.match(
      (await run(["forget", "--location", "bbb"], KEYS.viewer)).err,
      /This needs a key of role admin/,
    );

    const told = {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: `{"reason":"not paid"}`,
    };
    assert.equal((await real.call("/connections/location/bbb/suspend", told)).status, 204);
    const shown = (await run(["show", "--location", "bbb"], KEYS.viewer)).out;
    assert.match(shown, /paused: It is suspended/);
    assert.match(shown, /suspended since .* UTC {2}by admin {2}not paid/);
    assert.match(shown, /suspended +not paid {2}by admin/);

    assert.match((await run(["forget", "--location", "bbb"])).out, /^Forgot location bbb/);
    const missing = /missing +location bbb/;
    await until(async () => missing.test((await run(["reconcile", "--company", "agency"])).out));
    world.write("tokens.json", JSON.stringify(world.sandbox.install({ locationId: "bbb" })));
    assert.match((await run(["import", "tokens.json"])).out, /^imported {2}location bbb/);

    const bulk = await run(["recover", "--installed", "--company", "agency"]);
    assert.equal(bulk.code, 1, bulk.err);
    assert.match(bulk.out, /3 connections: 2 recovered, 1 paused/);
    assert.match(bulk.out, /location off +paused/);

    world.sandbox.removeReconnect();
    world.write("both.csv", "locationId,companyId\naaa,agency\n");
    await run(["forget", "--location", "aaa", "--location", "bbb"]);
    const throughAgency = await run(["recover", "--file", "both.csv"]);
    assert.match(throughAgency.out, /^recovered +location aaa {2}by agency/);
    await until(async () => {
      const { out } = await run(["reconcile", "--company", "agency"]);
      return missing.test(out) && !/missing +location aaa/.test(out);
    });
    const mended = await run(["reconcile", "--company", "agency", "--recover"]);
    assert.match(mended.out, /recovered +location bbb {2}by agency/);
  },
});
