// Only the pair of the app that a refresh token was issued to can call it dead.
import assert from "node:assert/strict";
import { tokenSetFrom } from "../../../src/oauth/token_set.ts";
import { DAY, keyOf, traffic, world } from "../world.ts";

const LOCATION = { locationId: "pairLocation" };
const NEW = { clientId: "66a1b2c3d4e5f6a7b8c9d0e1-newpair1", clientSecret: "new-secret" };
const OLD = { clientId: "66a1b2c3d4e5f6a7b8c9d0e1-oldpair1", clientSecret: "old-secret" };

/** A connection whose tokens the older pair was given; `knows` is how the record came to know that, if it does. */
async function oldTokens(knows: "details" | "token" | "nothing") {
  const w = world({ sandbox: { app: { ...NEW, previous: [OLD] } } });
  w.sandbox.addLocation(LOCATION);
  const answer = w.sandbox.install(LOCATION, { clientId: OLD.clientId });
  const tokens = tokenSetFrom(answer, w.clock.at, "Location");
  await w.connections.save(LOCATION, tokens, knows === "details" ? { clientId: OLD.clientId } : {});
  const key = keyOf(w.sandbox, LOCATION);
  const stored = await w.memory.get(key);
  if (stored && knows === "nothing") {
    const { clientId: _, ...record } = JSON.parse(stored.body);
    await w.memory.put(key, { ...stored, body: JSON.stringify(record) });
  }
  w.clock.at += DAY;
  w.sandbox.resetCounts();
  return w;
}

Deno.test("a refresh token of an older pair is refreshed by that pair, at once where it is known", async () => {
  for (const knows of ["details", "token", "nothing"] as const) {
    const { sandbox, connections } = await oldTokens(knows);
    assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)), knows);
    assert.equal(sandbox.counts.reconnect, 0);
    assert.ok(sandbox.counts.refresh <= 2);
    sandbox.resetCounts();
    await connections.accessToken(LOCATION, { minLifetimeMs: 2 * DAY });
    assert.deepEqual(traffic(sandbox), { refresh: 1 }, "the pair that worked is remembered");
  }
});

Deno.test("any invalid grant of a pair that may not be the issuer is no verdict", async () => {
  const { sandbox, connections } = await oldTokens("nothing");
  sandbox.fault({
    on: "refresh",
    kind: "status",
    status: 400,
    body: { statusCode: 400, message: "Invalid grant: refresh token is invalid" },
  });
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
  assert.deepEqual(traffic(sandbox), { refresh: 2 });
});

Deno.test("the issuer's own verdict counts at once", async () => {
  const { sandbox, connections } = await oldTokens("details");
  sandbox.loseTokens();
  assert.equal((await connections.recover(LOCATION)).by, "reconnect");
  assert.deepEqual(traffic(sandbox), { refresh: 1, reconnect: 1, exchange: 1 });
});

Deno.test("a pair that was deleted at HighLevel does not hold a connection up: the current one goes on", async () => {
  const { sandbox, connections } = await oldTokens("details");
  sandbox.deletePair(OLD.clientId);
  const recovery = await connections.recover(LOCATION);
  assert.deepEqual([recovery.outcome, recovery.by], ["recovered", "reconnect"]);
  assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
});

Deno.test("connections of a deleted pair do not end a run as if the app's credentials were wrong", async () => {
  const w = world({ sandbox: { app: { ...NEW, previous: [OLD] } } });
  const targets = Array.from({ length: 50 }, (_, index) => ({ locationId: `pairLocation${index}` }));
  for (const target of targets) {
    w.sandbox.addLocation(target);
    const tokens = tokenSetFrom(
      w.sandbox.install(target, { clientId: OLD.clientId }),
      w.clock.at,
      "Location",
    );
    await w.connections.save(target, tokens, { clientId: OLD.clientId });
  }
  w.sandbox.deletePair(OLD.clientId);
  let recovered = 0;
  for await (const { outcome } of w.connections.recoverAll(targets)) {
    recovered += Number(outcome === "recovered");
  }
  assert.equal(recovered, 50);
});

Deno.test("a wrong current pair is told as such, whatever the older one says", async () => {
  const { sandbox, another } = await oldTokens("details");
  sandbox.deletePair(OLD.clientId);
  const app = { ...sandbox.app, clientSecret: "wrong", fetch: sandbox.fetch, previousCredentials: [OLD] };
  const { outcome, error } = await another({ app }).recover(LOCATION);
  assert.deepEqual([outcome, error?.code], ["failed", "invalid_client"]);
});
