import assert from "node:assert/strict";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { DAY, type TestWorld, traffic, world } from "./world.ts";

const COMPANY = { companyId: "oldAgency" };
const OTHER = { companyId: "newAgency" };

/** An agency whose locations have no other way back than its token. */
async function agencyWorld(count: number, options: Parameters<typeof world>[0] = {}) {
  const w: TestWorld = world(options);
  const targets = Array.from({ length: count }, (_, index) => ({ locationId: `location${index}` }));
  for (const target of targets) w.sandbox.addLocation({ ...target, ...COMPANY });
  await w.connect(COMPANY);
  w.sandbox.removeReconnect();
  w.sandbox.resetCounts();
  const recoverAll = async (): Promise<string[]> => {
    const outcomes: string[] = [];
    for await (const { outcome } of w.connections.recoverAll(targets, { details: COMPANY })) {
      outcomes.push(outcome);
    }
    return outcomes;
  };
  return { ...w, targets, recoverAll };
}

Deno.test("500 locations of an agency whose token lacks a scope cost one call, and no refresh", async () => {
  const { sandbox, recoverAll } = await agencyWorld(500);
  sandbox.setScope("oauth.readonly");
  assert.equal((await recoverAll()).length, 500);
  assert.deepEqual(traffic(sandbox), { locationToken: 1, reconnect: 1 });
});

Deno.test("500 locations of an agency whose token is refused in words nobody knows cost one refresh", async () => {
  const { sandbox, clock, connections, recoverAll } = await agencyWorld(500);
  clock.at += 60_000;
  sandbox.fault({
    on: "locationToken",
    kind: "status",
    status: 401,
    body: { statusCode: 401, message: "The moon is in the wrong phase" },
    times: Infinity,
  });
  await recoverAll();
  assert.equal(sandbox.counts.refresh, 1);
  sandbox.clearFaults();
  const target = { locationId: "location0" };
  assert.equal((await connections.recover(target)).outcome, "recovered", "the next call asks again");
});

Deno.test("what refused the agency's token is forgotten after a minute, and with another token at once", async () => {
  const { sandbox, clock, connections, connect } = await agencyWorld(3);
  const { scope } = sandbox.app;
  const recover = async (index: number): Promise<string> =>
    (await connections.recover({ locationId: `location${index}` }, { details: COMPANY })).outcome;
  sandbox.setScope("oauth.readonly");
  assert.equal(await recover(0), "reauthorization_required");
  sandbox.setScope(scope);
  assert.equal(await recover(0), "reauthorization_required", "within the minute nothing is asked");
  assert.equal(sandbox.counts.locationToken, 1);
  clock.at += 60_000;
  assert.equal(await recover(0), "recovered");

  sandbox.setScope("oauth.readonly");
  assert.equal(await recover(1), "reauthorization_required");
  sandbox.setScope(scope);
  await connect(COMPANY);
  assert.equal(await recover(1), "recovered");
});

Deno.test("one location that the agency does not reach keeps none of the others back", async () => {
  const { sandbox, recoverAll } = await agencyWorld(50);
  sandbox.transfer("location0", "elsewhere");
  const outcomes = await recoverAll();
  assert.equal(outcomes.filter((outcome) => outcome === "recovered").length, 49);
  assert.equal(sandbox.counts.refresh, 0);
});

Deno.test("many locations of one agency keep within the rate limit that HighLevel's headers tell", async () => {
  const { sandbox, clock, recoverAll } = await agencyWorld(300, {
    sandbox: { rateLimit: { max: 25, intervalMs: 10_000, oauth: true } },
  });
  const startedAt = clock.at;
  assert.ok((await recoverAll()).every((outcome) => outcome === "recovered"));
  const { rateLimited, locationToken } = sandbox.counts;
  assert.ok(rateLimited <= 5, `${rateLimited} answers 429`);
  assert.ok(locationToken <= 305, `${locationToken} calls`);
  assert.ok(clock.at - startedAt >= 100_000, `${clock.at - startedAt} ms for 12 windows`);
});

Deno.test("the agency told last is asked first, the other one after it", async () => {
  for (const right of [OTHER, COMPANY]) {
    const { sandbox, connections, connect } = await agencyWorld(1);
    sandbox.addCompany(OTHER);
    await connect(OTHER);
    const target = { locationId: "location0" };
    // Old tokens name the old agency; an operator, or a newer INSTALL, names the other one.
    const tokens = tokenSetFrom(sandbox.install(target), 0, "Location");
    await connections.save(target, { ...tokens, expiresAt: new Date(0) });
    sandbox.loseTokens(target);
    if (right === OTHER) sandbox.transfer(target.locationId, OTHER.companyId);
    sandbox.resetCounts();
    const recovery = await connections.recover(target, { details: OTHER });
    assert.deepEqual([recovery.outcome, recovery.by], ["recovered", "agency"]);
    assert.equal(sandbox.counts.locationToken, right === OTHER ? 1 : 2);
    assert.equal((await connections.get(target))?.companyId, right.companyId);
  }
});

Deno.test("both agencies are remembered while neither works, and asked again later", async () => {
  const { sandbox, clock, connections, connect } = await agencyWorld(1);
  const target = { locationId: "location0" };
  sandbox.addCompany(OTHER);
  await connect(OTHER);
  sandbox.setScope("");
  await connections.recover(target, { details: COMPANY });
  assert.equal((await connections.recover(target, { details: OTHER })).outcome, "reauthorization_required");
  sandbox.setScope(sandbox.app.scope || "oauth.write oauth.readonly");
  clock.at += DAY;
  await connect(COMPANY);
  await connect(OTHER);
  sandbox.setScope("oauth.write");
  assert.equal((await connections.recover(target)).by, "agency", "no details are given any more");
});
