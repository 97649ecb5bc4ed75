import assert from "node:assert/strict";
import type { FaultKind } from "../../src/sandbox/mod.ts";
import { traffic, world } from "./world.ts";

const LOCATION = { locationId: "checkLocation" };
const COMPANY = { companyId: "checkCompany" };

for (const target of [LOCATION, COMPANY]) {
  for (const apiVersion of ["2021-07-28", "v3"] as const) {
    Deno.test(`C13: one cheap call tells whether a token lives (${Object.keys(target)}, ${apiVersion})`, async () => {
      const { sandbox, another, connect } = world();
      const connections = another({ app: { ...sandbox.app, apiVersion, fetch: sandbox.fetch } });
      await connect(target);
      assert.equal(await connections.check(target), "living");
      sandbox.setScope("");
      assert.equal(await connections.check(target), "living", "a missing scope proves life too");
      sandbox.loseTokens(target);
      assert.equal(await connections.check(target), "dead");
      assert.equal(sandbox.counts.total, 3);
      assert.deepEqual([sandbox.counts.refresh, sandbox.counts.reconnect], [0, 0], "nothing is healed");
    });
  }
}

Deno.test("a location that is paused, or that somebody else owns by now, has a living token", async () => {
  const { sandbox, connections, connect } = world();
  await connect(LOCATION);
  sandbox.pause(LOCATION.locationId);
  assert.equal(await connections.check(LOCATION), "living");
});

Deno.test("where no token is held, or it has ended, nothing is asked and nothing is known", async () => {
  const { sandbox, connections, connect, expire } = world();
  assert.equal(await connections.check(LOCATION), "unknown");
  await connect(LOCATION);
  expire();
  assert.equal(await connections.check(LOCATION), "unknown");
  await connections.forget(LOCATION);
  assert.equal(await connections.check(LOCATION), "unknown");
  assert.equal(sandbox.counts.total, 0);
});

const SILENT: readonly FaultKind[] = [
  "refuse",
  "html_502",
  "html_404",
  "empty",
  "cut_body",
  "cloudflare_1010",
  "redirect",
];
for (const kind of SILENT) {
  Deno.test(`an answer that is none of HighLevel's proves nothing: ${kind}`, async () => {
    const { sandbox, connections, connect } = world();
    await connect(LOCATION);
    sandbox.fault({ on: "location", kind });
    assert.equal(await connections.check(LOCATION), "unknown");
  });
}

Deno.test("too many requests prove nothing", async () => {
  const { sandbox, connections, connect } = world();
  await connect(LOCATION);
  sandbox.fault({ on: "location", kind: "status", status: 429 });
  assert.equal(await connections.check(LOCATION), "unknown");
});

Deno.test("C13: a run that skips what lives spends no refresh token of it", async () => {
  const { sandbox, connections, connect } = world();
  const targets = Array.from({ length: 20 }, (_, index) => ({ locationId: `checkLocation${index}` }));
  for (const target of targets) await connect(target);
  for (const target of targets.slice(0, 5)) sandbox.loseTokens(target);
  sandbox.resetCounts();
  const ways: Record<string, number> = {};
  for await (const { outcome, by } of connections.recoverAll(targets, { skipLiving: true })) {
    assert.equal(outcome, "recovered");
    ways[`${by}`] = (ways[`${by}`] ?? 0) + 1;
  }
  assert.deepEqual(ways, { store: 15, reconnect: 5 });
  assert.deepEqual(traffic(sandbox), { refresh: 5, reconnect: 5, exchange: 5, others: 20 });
});
