import assert from "node:assert/strict";
import { createTestHarness } from "wrangler";
import config from "../../deno.json" with { type: "json" };
import { nodePath } from "../conformance/runtimes/installed.ts";
import { npm, packedPackage } from "../imports/packed.ts";
import { ROOT } from "../project/root.ts";
import { servedSandbox } from "./served_sandbox.ts";

const ignore = await nodePath() === undefined;
const KEYS = { ADMIN_KEY: "admin-key-0123456789", SERVICE_KEY: "service-key-0123456789" };

Deno.test({
  name: "own_worker mounts the token service, installed from npm, by its own wrangler.toml",
  ignore,
  sanitizeOps: false, // workerd's process
  sanitizeResources: false,
  fn: async () => {
    await using packed = await packedPackage();
    await using world = await servedSandbox();
    const { sandbox, folder, env } = world;
    for (const file of ["worker.ts", "wrangler.toml"]) {
      await Deno.copyFile(`${ROOT}/examples/own_worker/${file}`, `${folder}/${file}`);
    }
    await Deno.writeTextFile(`${folder}/package.json`, `{"private":true,"type":"module"}`);
    const { imports } = config;
    const peers = [imports.hono, imports.valibot].map((pin) => pin.slice(4));
    await npm(["install", "--prefer-offline", "--no-audit", "--no-fund", packed.tarball, ...peers], folder);

    const harness = createTestHarness({
      root: folder,
      workers: [{ configPath: "wrangler.toml", vars: { ...env, ...KEYS } }],
    });
    await harness.listen();
    try {
      const call = (
        path: string,
        init: { method?: string; headers?: Record<string, string>; body?: string } = {},
      ) => harness.fetch(`http://own.example${path}`, init);
      const health = await call("/highlevel/healthz");
      assert.equal(health.status, 200, await health.text());

      const document = await call("/highlevel/openapi.json", { headers: bearer(KEYS.ADMIN_KEY) });
      assert.match(await document.text(), /"servers":\[{"url":"\/highlevel"}\]/);
      assert.match(await (await call("/highlevel")).text(), /<h1>Sign in<\/h1>/);
      assert.equal((await call("/openapi.json")).status, 404, "no file is served around the worker");

      const { locationId } = sandbox.addLocation();
      for (const lost of [() => {}, () => sandbox.loseTokens()]) {
        lost();
        const answer = await call(`/first-contact/${locationId}`);
        assert.equal(answer.status, 200);
        assert.match(await answer.text(), /"id":/);
      }
      assert.equal(sandbox.counts.reconnect, 2, "found at first, then healed");

      const targets = Array.from({ length: 5 }, () => sandbox.addLocation());
      const started = await call("/highlevel/recoveries", {
        method: "POST",
        headers: { ...bearer(KEYS.ADMIN_KEY), "Content-Type": "application/json" },
        body: JSON.stringify({ targets }),
      });
      assert.equal(started.status, 202, "the queue is bound");
      await started.body?.cancel();
      const events = await call(`${started.headers.get("location")}/events`, {
        headers: bearer(KEYS.ADMIN_KEY),
      });
      assert.match(await events.text(), /event: done\ndata: .*"recovered":5,/);
    } finally {
      await harness.close();
    }
  },
});

function bearer(key: string): Record<string, string> {
  return { Authorization: `Bearer ${key}` };
}
