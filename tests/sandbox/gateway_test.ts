import assert from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { get, HOST, reconnect, refresh } from "./client.ts";

Deno.test("a slow token endpoint has done its work before it answers", async () => {
  const waits: PromiseWithResolvers<void>[] = [];
  const lengths: number[] = [];
  const sandbox = createSandbox({
    tokenLatencyMs: 20_000,
    refreshWindowMs: 0,
    sleep(ms) {
      const wait = Promise.withResolvers<void>();
      waits.push(wait);
      lengths.push(ms);
      return wait.promise;
    },
  });
  const { refresh_token = "" } = sandbox.install({ locationId: "sub" });
  const answer = refresh(sandbox, refresh_token);
  while (waits.length === 0) await Promise.resolve();
  assert.ok(!sandbox.isLiving(refresh_token), "spent while nobody has an answer");
  assert.equal(sandbox.requests[0]?.status, 200);
  waits[0]?.resolve();
  assert.ok(sandbox.isLiving((await answer).body.refresh_token));
  assert.equal(
    (await reconnect(sandbox, { locationId: "sub" })).status,
    200,
    "only the token endpoint is slow",
  );
  assert.deepEqual(lengths, [20_000]);

  sandbox.set({ tokenLatencyMs: 0 });
  assert.equal((await refresh(sandbox, refresh_token)).status, 400);
  assert.deepEqual(lengths, [20_000]);
});

Deno.test("a client that gives up on a slow refresh has lost the answer, not stopped the work", async () => {
  const sandbox = createSandbox({ tokenLatencyMs: 60_000, refreshWindowMs: 0 });
  const { refresh_token = "" } = sandbox.install({ locationId: "sub" });
  const controller = new AbortController();
  const { clientId, clientSecret } = sandbox.app;
  const answer = sandbox.fetch(`${HOST}/oauth/token`, {
    method: "POST",
    signal: controller.signal,
    body: new URLSearchParams({
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: "refresh_token",
      refresh_token,
    }),
  });
  while (sandbox.isLiving(refresh_token)) await Promise.resolve();
  controller.abort();
  await assert.rejects(answer, { name: "AbortError" });
  sandbox.set({ tokenLatencyMs: 0 });
  assert.equal((await refresh(sandbox, refresh_token)).status, 400);
});

Deno.test("the firewall turns away who does not say what it is", async () => {
  const sandbox = createSandbox({ firewall: true });
  const ask = (headers: Record<string, string>): Promise<Response> =>
    sandbox.fetch(`${HOST}/oauth/reconnect`, { method: "POST", headers });
  const refused = await ask({});
  assert.deepEqual([refused.status, await refused.text()], [403, "error code: 1010"]);
  assert.match(refused.headers.get("content-type") ?? "", /^text\/plain/);
  assert.equal((await ask({ "user-agent": "" })).status, 403);
  assert.equal((await ask({ "user-agent": "app/1.0" })).status, 415, "HighLevel itself answers");
  assert.deepEqual(sandbox.requests.map(({ status }) => status), [403, 403, 415]);
  sandbox.set({ firewall: false });
  assert.equal((await ask({})).status, 415);
});

Deno.test("switches change while the sandbox runs, each without the others", async () => {
  let now = 0;
  const waits: number[] = [];
  const sandbox = createSandbox({ now: () => now, sleep: (ms) => Promise.resolve(void waits.push(ms)) });
  sandbox.set({ latencyMs: 5 });
  sandbox.set({ expiresIn: 10 });
  const { access_token, expires_in } = sandbox.install({ locationId: "sub" });
  assert.equal(expires_in, 10);
  now = 10_000;
  assert.equal((await get(sandbox, "/locations/sub", access_token)).status, 401);
  assert.deepEqual(waits, [5]);
});

Deno.test("the log tells how a client treats redirects", async () => {
  const sandbox = createSandbox();
  await sandbox.fetch(HOST);
  await sandbox.fetch(HOST, { redirect: "manual" });
  await sandbox.fetch(HOST, { redirect: "error" });
  assert.deepEqual(sandbox.requests.map(({ redirect }) => redirect), ["follow", "manual", "error"]);
});
