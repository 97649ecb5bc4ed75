import assert from "node:assert/strict";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { exchange, HOST, postForm, reconnect, refresh } from "./client.ts";

const OLDER = { clientId: "65a1b2c3d4e5f60718293a4b-older001", clientSecret: "older-secret" };
const BY_OLDER = { client_id: OLDER.clientId, client_secret: OLDER.clientSecret };
const ANOTHER = "Invalid grant: refresh token was issued to another client";
const INVALID_CLIENT = "Invalid client: client credentials are invalid";

function world(): Sandbox {
  return createSandbox({ app: { previous: [OLDER] }, companies: [{ companyId: "agency", locations: 2 }] });
}

function claimsOf(token: string): Record<string, unknown> {
  const [, payload = ""] = token.split(".");
  return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
}

Deno.test("a refresh token belongs to the pair it was issued to, and goes on belonging to it", async () => {
  const sandbox = world();
  const [locationId = ""] = sandbox.locationIds();
  const old = sandbox.install({ locationId }, { clientId: OLDER.clientId });
  assert.equal((await refresh(sandbox, old.refresh_token)).body.message, ANOTHER);
  assert.ok(sandbox.isLiving(old.refresh_token ?? ""), "the other pair's question burned nothing");

  const renewed = await refresh(sandbox, old.refresh_token, BY_OLDER);
  assert.equal(renewed.status, 200);
  assert.equal((await refresh(sandbox, renewed.body.refresh_token)).body.message, ANOTHER);
  const current = sandbox.install({ locationId });
  assert.equal((await refresh(sandbox, current.refresh_token, BY_OLDER)).body.message, ANOTHER);
  assert.equal((await refresh(sandbox, current.refresh_token)).status, 200);
});

Deno.test("a void token is invalid whoever asks: nobody knows any more whose it was", async () => {
  const sandbox = world();
  const { refresh_token } = sandbox.install({ companyId: "agency" }, { clientId: OLDER.clientId });
  sandbox.loseTokens();
  assert.equal(
    (await refresh(sandbox, refresh_token)).body.message,
    "Invalid grant: refresh token is invalid",
  );
});

Deno.test("an installation's own pair is the one its tokens are issued to", () => {
  const sandbox = world();
  const { locationId } = sandbox.addLocation({ clientId: OLDER.clientId });
  assert.equal(claimsOf(sandbox.install({ locationId }).access_token)["sourceId"], OLDER.clientId);
  const anew = sandbox.install({ locationId }, { clientId: sandbox.app.clientId });
  assert.equal(claimsOf(anew.access_token)["sourceId"], sandbox.app.clientId);
  assert.equal(claimsOf(sandbox.install({ locationId }).access_token)["sourceId"], sandbox.app.clientId);
  assert.throws(() => sandbox.install({ locationId }, { clientId: "nobody" }), /no pair nobody/);
});

Deno.test("a deleted pair is no client any more, and what was issued to it nobody can refresh", async () => {
  const sandbox = world();
  const [locationId = ""] = sandbox.locationIds();
  const old = sandbox.install({ locationId }, { clientId: OLDER.clientId });
  sandbox.deletePair(OLDER.clientId);
  const refused = await refresh(sandbox, old.refresh_token, BY_OLDER);
  assert.deepEqual([refused.status, refused.body.message], [401, INVALID_CLIENT]);
  assert.equal((await refresh(sandbox, old.refresh_token)).body.message, ANOTHER);
  const asked = await reconnect(sandbox, {
    locationId,
    clientKey: OLDER.clientId,
    clientSecret: OLDER.clientSecret,
  });
  assert.equal(asked.status, 401);
  assert.equal((await reconnect(sandbox, { locationId })).status, 200, "the current pair goes on");
  assert.ok(sandbox.isLiving(old.access_token));

  const page = new URL(`${HOST}/v2/oauth/chooselocation?response_type=code&scope=x`);
  page.searchParams.set("client_id", OLDER.clientId);
  page.searchParams.set("redirect_uri", sandbox.app.redirectUri);
  assert.equal((await sandbox.fetch(page)).status, 400);
  assert.throws(() => sandbox.deletePair("nobody"), /no pair nobody/);
});

Deno.test("a token says in its claims to whom it was issued and where it comes from", async () => {
  const sandbox = world();
  const [locationId = ""] = sandbox.locationIds();
  const agency = sandbox.install({ companyId: "agency" }, { clientId: OLDER.clientId });
  const own = claimsOf(sandbox.install({ locationId }).access_token);
  assert.deepEqual(
    ["sourceId", "primaryAuthClassId", "source", "channel"].map((name) => own[name]),
    [sandbox.app.clientId, locationId, "INTEGRATION", "OAUTH"],
  );
  const minted = await postForm(sandbox, "/oauth/locationToken", { companyId: "agency", locationId }, {
    authorization: `Bearer ${agency.access_token}`,
    version: "2021-07-28",
  });
  const renewed = await refresh(sandbox, minted.body.refresh_token, BY_OLDER);
  for (const token of [minted.body.access_token, renewed.body.access_token]) {
    const { authClassId, primaryAuthClassId, sourceId } = claimsOf(token);
    assert.deepEqual([authClassId, primaryAuthClassId, sourceId], [locationId, "agency", OLDER.clientId]);
  }
});

Deno.test("a dead code can be told as public code bases report it: with 401, before the credentials", async () => {
  let now = 0;
  const sandbox = createSandbox({ now: () => now, codeNotFoundStyle: true });
  const wrong = { client_secret: "wrong" };
  const code = sandbox.authorize({ locationId: "sub" });
  assert.equal((await exchange(sandbox, code, wrong)).body.message, INVALID_CLIENT, "a living code");
  assert.equal((await exchange(sandbox, code)).status, 200);

  const late = sandbox.authorize({ locationId: "sub" });
  now += 60_000;
  for (const dead of [code, late, "unknown"]) {
    const { status, body } = await exchange(sandbox, dead, wrong);
    const notFound = { error: "UnAuthorized!", error_description: "Authorization code not found" };
    assert.deepEqual([status, body], [401, notFound]);
  }
  assert.equal(sandbox.counts.spentCodeUses, 1);
});
