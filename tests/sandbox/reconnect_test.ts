import assert from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { exchange, HOST, read, reconnect, refresh } from "./client.ts";

Deno.test("after the incident reconnect gives a code, and the code new tokens", async () => {
  const now = Date.UTC(2026, 10, 24);
  const sandbox = createSandbox({ now: () => now, companies: [{ locations: 1 }] });
  const [locationId = ""] = sandbox.locationIds();
  const [companyId = ""] = sandbox.companyIds();
  for (const target of [{ locationId }, { companyId }]) {
    const lost = sandbox.install(target);
    sandbox.loseTokens();
    assert.ok(!sandbox.isLiving(lost.access_token));
    assert.equal((await refresh(sandbox, lost.refresh_token)).status, 400);

    const grant = await reconnect(sandbox, target);
    assert.equal(grant.status, 200);
    assert.equal(grant.body.expiresAt, "2026-11-24T00:01:00.000Z");
    assert.match(grant.body.traceId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    const tokens = await exchange(sandbox, grant.body.authorizationCode);
    assert.ok(sandbox.isLiving(tokens.body.access_token));
    assert.equal(tokens.body.userType, "locationId" in target ? "Location" : "Company");
  }
});

Deno.test("the incident can strike one connection only", () => {
  const sandbox = createSandbox({ locations: [{ locationId: "one" }, { locationId: "two" }] });
  const one = sandbox.install({ locationId: "one" });
  const two = sandbox.install({ locationId: "two" });
  sandbox.loseTokens({ locationId: "one" });
  assert.deepEqual([one, two].map((tokens) => sandbox.isLiving(tokens.access_token)), [false, true]);
  sandbox.expireAccessTokens();
  assert.deepEqual([two.access_token, two.refresh_token ?? ""].map(sandbox.isLiving), [false, true]);
});

Deno.test("a removed reconnect answers word for word, and comes back", async () => {
  const sandbox = createSandbox();
  const { locationId } = sandbox.addLocation();
  sandbox.removeReconnect();
  const response = await sandbox.fetch(`${HOST}/oauth/reconnect`, { method: "POST" });
  assert.equal(response.status, 400);
  assert.equal(
    await response.text(),
    `{"message":"API endpoint has been removed","error":"Bad Request","statusCode":400}`,
  );
  sandbox.restoreReconnect();
  assert.equal((await reconnect(sandbox, { locationId })).status, 200);
});

Deno.test("reconnect is strict", async (t) => {
  const sandbox = createSandbox();
  const { locationId } = sandbox.addLocation();
  sandbox.addLocation({ locationId: "gone", installed: false });
  const cases: [string, object, number, string | string[]][] = [
    ["no id", {}, 422, ["either locationId or companyId is required"]],
    ["both ids", { locationId, companyId: "c" }, 422, [
      "locationId and companyId must not be given together",
    ]],
    ["empty id", { locationId: "" }, 422, ["locationId should not be empty"]],
    ["id of another type", { locationId: 5 }, 422, ["locationId must be a string"]],
    ["unknown field", { locationId, grant: "x" }, 422, ["property grant should not exist"]],
    [
      "wrong secret",
      { locationId, clientSecret: "x" },
      401,
      "Invalid client: client credentials are invalid",
    ],
    ["unknown location", { locationId: "nobody" }, 400, "Location not found"],
    ["not installed", { locationId: "gone" }, 400, "App is not installed on this location"],
  ];
  for (const [name, fields, status, message] of cases) {
    await t.step(name, async () => {
      const answer = await reconnect(sandbox, fields);
      assert.deepEqual([answer.status, answer.body.message], [status, message]);
    });
  }
  await t.step("a form instead of JSON", async () => {
    const body = new URLSearchParams({ locationId });
    const answer = await read(sandbox.fetch(`${HOST}/oauth/reconnect`, { method: "POST", body }));
    assert.equal(answer.status, 415);
  });
  assert.equal(sandbox.issuedSecrets().length, 0);
});

Deno.test("an installation of older keys accepts those only, until it is authorised anew", async () => {
  const older = { clientId: "65a1b2c3d4e5f60718293a4b-older001", clientSecret: "older-secret" };
  const sandbox = createSandbox({ app: { previous: [older] } });
  const { locationId } = sandbox.addLocation({ clientId: older.clientId });
  const withOlder = { client_id: older.clientId, client_secret: older.clientSecret };
  const { refresh_token } = sandbox.install({ locationId });

  assert.equal((await reconnect(sandbox, { locationId })).status, 401);
  const other = await refresh(sandbox, refresh_token);
  assert.equal(other.status, 400);
  assert.equal(other.body.message, "Invalid grant: refresh token was issued to another client");
  assert.equal((await refresh(sandbox, refresh_token, withOlder)).status, 200);

  const grant = await reconnect(sandbox, {
    locationId,
    clientKey: older.clientId,
    clientSecret: older.clientSecret,
  });
  const code = grant.body.authorizationCode;
  assert.equal((await exchange(sandbox, code)).status, 400);
  assert.equal((await exchange(sandbox, code, withOlder)).status, 200);

  assert.equal((await exchange(sandbox, sandbox.authorize({ locationId }))).status, 200);
  assert.equal((await reconnect(sandbox, { locationId })).status, 200);
});

Deno.test("an uninstall ends tokens and codes; a company's ends its locations' too", async () => {
  const sandbox = createSandbox({ companies: [{ companyId: "agency", locations: [{ locationId: "sub" }] }] });
  const tokens = sandbox.install({ locationId: "sub" });
  const code = sandbox.authorize({ locationId: "sub" });
  sandbox.uninstall({ companyId: "agency" });
  assert.ok(!sandbox.isLiving(tokens.access_token));
  assert.equal((await exchange(sandbox, code)).status, 400);
  assert.equal((await reconnect(sandbox, { locationId: "sub" })).status, 400);

  const again = await exchange(sandbox, sandbox.authorize({ locationId: "sub" }));
  assert.ok(sandbox.isLiving(again.body.access_token));
  assert.ok(!sandbox.isLiving(tokens.access_token), "a new installation does not revive old tokens");
});
