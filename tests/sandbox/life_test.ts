import assert from "node:assert/strict";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { exchange, get, postForm, reconnect, refresh } from "./client.ts";
import snapshot from "./snapshot_of_2026_11_25.json" with { type: "json" };

const DAY_MS = 86_400_000;

function agencies(): Sandbox {
  const locations = [{ locationId: "sub" }, { locationId: "stays" }];
  return createSandbox({ companies: [{ companyId: "old", locations }, { companyId: "new" }] });
}

async function mintedBy(sandbox: Sandbox, companyId: string): Promise<unknown[]> {
  const { access_token } = sandbox.install({ companyId });
  const { status, body } = await postForm(sandbox, "/oauth/locationToken", { companyId, locationId: "sub" }, {
    authorization: `Bearer ${access_token}`,
    version: "2021-07-28",
  });
  return [status, body.message];
}

async function listedBy(sandbox: Sandbox, companyId: string): Promise<string[]> {
  const { access_token } = sandbox.install({ companyId });
  const appId = sandbox.app.clientId.split("-")[0];
  const path = `/oauth/installedLocations?companyId=${companyId}&appId=${appId}`;
  const { body } = await get(sandbox, path, access_token);
  return body.locations.map((item: { _id: string }) => item._id);
}

Deno.test("a transferred location is out of the old agency's reach and within the new one's", async () => {
  const sandbox = agencies();
  const oldAgency = sandbox.install({ companyId: "old" }).access_token;
  const own = sandbox.install({ locationId: "sub" });
  const code = sandbox.authorize({ locationId: "sub" });
  sandbox.transfer("sub", "new");

  const notAccessible = "This location is not accessible from this token.";
  assert.deepEqual(await mintedBy(sandbox, "old"), [401, notAccessible]);
  assert.equal((await get(sandbox, "/locations/sub", oldAgency)).body.message, notAccessible);
  assert.deepEqual(await mintedBy(sandbox, "new"), [201, undefined]);
  assert.deepEqual([await listedBy(sandbox, "old"), await listedBy(sandbox, "new")], [["stays"], ["sub"]]);

  assert.ok(!sandbox.isLiving(own.access_token) && sandbox.knows(own.access_token));
  assert.equal((await refresh(sandbox, own.refresh_token)).status, 400);
  assert.equal((await exchange(sandbox, code)).status, 400);
  assert.equal((await reconnect(sandbox, { locationId: "sub" })).status, 200, "still installed");
  assert.equal(sandbox.webhook("INSTALL", { locationId: "sub" }).companyId, "new");
  assert.equal(sandbox.install({ locationId: "sub" }).companyId, "new");
});

Deno.test("a transfer can keep the tokens, or end the installation", async () => {
  const kept = agencies();
  const own = kept.install({ locationId: "sub" });
  kept.transfer("sub", "new", { keepTokens: true });
  assert.ok(kept.isLiving(own.access_token));
  assert.equal((await refresh(kept, own.refresh_token)).body.companyId, "new");

  const ended = agencies();
  const lost = ended.install({ locationId: "sub" });
  ended.transfer("sub", "elsewhere", { uninstall: true });
  assert.ok(!ended.isLiving(lost.access_token));
  assert.ok(ended.companyIds().includes("elsewhere"), "the agency is added");
  assert.match((await reconnect(ended, { locationId: "sub" })).body.message, /not installed/);
});

Deno.test("a deprecated version's installations end when the notice is over, and no others", async () => {
  let now = Date.UTC(2026, 10, 26);
  const sandbox = createSandbox({
    now: () => now,
    locations: [
      { locationId: "one", versionId: "v1" },
      { locationId: "two", versionId: "v2" },
      { locationId: "none" },
    ],
  });
  const ids = ["one", "two", "none"];
  const tokens = ids.map((locationId) => sandbox.install({ locationId }).refresh_token ?? "");
  sandbox.deprecateVersion("v1");
  now += 3 * DAY_MS - 1;
  await sandbox.tick();
  assert.deepEqual(tokens.map(sandbox.isLiving), [true, true, true]);
  now++;
  assert.deepEqual(tokens.map(sandbox.isLiving), [false, true, true]);
  assert.match((await reconnect(sandbox, { locationId: "one" })).body.message, /not installed/);

  sandbox.deprecateVersion("v2", { noticeMs: 1_000 });
  now += 1_000;
  assert.match(
    (await reconnect(sandbox, { locationId: "two" })).body.message,
    /not installed/,
    "by a request",
  );
  assert.equal(
    (await exchange(sandbox, sandbox.authorize({ locationId: "two" }))).status,
    200,
    "installed anew",
  );
  await sandbox.tick();
  assert.equal((await reconnect(sandbox, { locationId: "two" })).status, 200, "a notice ends once");
});

Deno.test("what happened to a world is in its snapshot, and an older snapshot still loads", async () => {
  let now = Date.UTC(2026, 10, 26);
  const older = { clientId: "65a1b2c3d4e5f60718293a4b-older001", clientSecret: "older-secret" };
  const byOlder = { client_id: older.clientId, client_secret: older.clientSecret };
  const before = createSandbox({
    now: () => now,
    app: { previous: [older] },
    companies: [{
      companyId: "agency",
      bulk: { approvedLocations: ["sub"] },
      whiteLabel: { domain: "w.example" },
    }],
    locations: [{ locationId: "sub", versionId: "v1" }],
  });
  const spent = before.install({ locationId: "sub" }, { clientId: older.clientId });
  const renewed = await refresh(before, spent.refresh_token, byOlder);
  const moved = before.install({ locationId: "moved" });
  before.transfer("moved", "agency", { keepTokens: true });
  before.deprecateVersion("v1");

  const after = createSandbox({ now: () => now });
  after.load(JSON.parse(JSON.stringify(before.state())));
  assert.deepEqual(after.state(), before.state());
  assert.ok(after.isLiving(moved.access_token));
  const repeat = await refresh(after, spent.refresh_token, byOlder);
  assert.equal(repeat.body.refresh_token, renewed.body.refresh_token, "the window is still open");
  assert.equal(after.webhook("INSTALL", { companyId: "agency" }).isWhitelabelCompany, true);
  after.deletePair(older.clientId);
  const third = createSandbox({ now: () => now });
  third.load(after.state());
  assert.equal((await refresh(third, renewed.body.refresh_token, byOlder)).status, 401);
  now += 3 * DAY_MS;
  assert.match((await reconnect(third, { locationId: "sub" })).body.message, /not installed/);
});

Deno.test("a snapshot made before these facts loads with their defaults", async () => {
  const { state, refreshToken, spentToken } = JSON.parse(JSON.stringify(snapshot));
  const sandbox = createSandbox({ now: () => Date.UTC(2026, 10, 25) });
  sandbox.load(state);
  assert.ok(sandbox.isLiving(refreshToken), "the very text of then");
  assert.equal((await refresh(sandbox, spentToken)).status, 400, "no window is open");
  const renewed = await refresh(sandbox, refreshToken);
  assert.match(renewed.body.userId, /^[A-Za-z0-9]{20}$/);
  assert.equal((await refresh(sandbox, renewed.body.refresh_token)).body.userId, renewed.body.userId);
});
