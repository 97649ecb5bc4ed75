import { equal, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { freePort } from "../../../tasks/free_port.ts";
import { startLocalWorker } from "../../../tasks/local_worker.ts";
import { KEYS, SEALING_KEY, until } from "../worker_world.ts";

Deno.test("K19: wrangler dev is ended in the middle of a job and started again: the job goes on by itself", async () => {
  const sandbox = createSandbox({ rateLimit: false, latencyMs: 100, companies: [{ locations: 100 }] });
  const highLevel = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, sandbox.handler);
  const state = await Deno.makeTempDir({ prefix: "highlevel-dev-state-" });
  const start = () =>
    startLocalWorker({
      HIGHLEVEL_CLIENT_ID: sandbox.app.clientId,
      HIGHLEVEL_CLIENT_SECRET: sandbox.app.clientSecret,
      HIGHLEVEL_BASE_URL: `http://127.0.0.1:${highLevel.addr.port}`,
      ADMIN_KEY: KEYS.admin,
      SEALING_KEYS: SEALING_KEY,
    }, { port: freePort(), state, quiet: true, signal: new AbortController().signal });
  const call = async (
    url: string,
    path: string,
    init: RequestInit = {},
  ): Promise<Record<string, unknown>> => {
    const headers = { Authorization: `Bearer ${KEYS.admin}`, "Content-Type": "application/json" };
    return await (await fetch(url + path, { ...init, headers })).json();
  };
  try {
    const first = await start();
    const targets = sandbox.locationIds().map((locationId) => ({ locationId }));
    const { id } = await call(first.url, "/recoveries", {
      method: "POST",
      body: JSON.stringify({ targets }),
    });
    await until(() => sandbox.counts.exchange >= 10);
    await first[Symbol.asyncDispose](); // its queue was in memory
    const before = sandbox.counts.exchange;
    ok(before < 100, "in the middle");

    const startedAt = performance.now();
    await using second = await start();
    await until(() => sandbox.counts.exchange > before);
    console.log(`It went on ${Math.round((performance.now() - startedAt) / 1_000)} s after the start.`);
    let progress: Record<string, unknown> = {};
    await until(async () => {
      progress = await call(second.url, `/recoveries/${id}`);
      return progress.status === "done";
    });
    equal(progress.recovered, 100);
  } finally {
    await highLevel.shutdown();
    await Deno.remove(state, { recursive: true });
  }
});
