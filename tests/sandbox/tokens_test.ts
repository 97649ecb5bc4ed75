import assert from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { exchange, get, postForm, reconnect, refresh } from "./client.ts";

const START = Date.UTC(2026, 10, 24);

Deno.test("a refresh returns a new pair and ends the old refresh token; a late reuse is refused and counted", async () => {
  let now = START;
  const sandbox = createSandbox({ now: () => now });
  const { locationId } = sandbox.addLocation();
  const first = sandbox.install({ locationId });

  const second = await refresh(sandbox, first.refresh_token);
  assert.equal(second.status, 200);
  assert.equal(second.body.locationId, locationId);
  assert.equal(second.body.expires_in, 86399);
  assert.notEqual(second.body.refresh_token, first.refresh_token);
  assert.ok(sandbox.isLiving(first.access_token), "the old access token lives on until it expires");

  now += 30_000;
  const reuse = await refresh(sandbox, first.refresh_token);
  assert.equal(reuse.status, 400);
  assert.equal(reuse.body.message, "Invalid grant: refresh token is invalid");
  assert.equal(sandbox.counts.spentRefreshTokenUses, 1);
  assert.equal(sandbox.counts.refresh, 2);
  assert.equal((await refresh(sandbox, second.body.refresh_token)).status, 200);
});

Deno.test("an access token lives expires_in seconds, a refresh token a year, a code a minute", async () => {
  let now = START;
  const sandbox = createSandbox({ now: () => now });
  const { locationId } = sandbox.addLocation();
  const tokens = sandbox.install({ locationId });

  now = START + 86_399_000 - 1;
  assert.equal((await get(sandbox, `/locations/${locationId}`, tokens.access_token)).status, 200);
  now++;
  const late = await get(sandbox, `/locations/${locationId}`, tokens.access_token);
  assert.deepEqual([late.status, late.body.message], [401, "Invalid JWT"]);

  const code = sandbox.authorize({ locationId });
  now += 60_000;
  assert.equal((await exchange(sandbox, code)).body.message, "Invalid grant: authorization code is invalid");

  now = START + 365 * 86_400_000;
  assert.equal((await refresh(sandbox, tokens.refresh_token)).status, 400);
  assert.equal(sandbox.counts.spentRefreshTokenUses, 0, "an expired token is not a spent one");
});

Deno.test("a code works once", async () => {
  const sandbox = createSandbox();
  const code = sandbox.authorize({ locationId: "l1C08ntBrFjLS0elLIYU" });
  assert.equal((await exchange(sandbox, code)).status, 200);
  assert.equal((await exchange(sandbox, code)).body.message, "Invalid grant: authorization code is invalid");
  assert.equal(sandbox.counts.spentCodeUses, 1);
});

Deno.test("a paused location refuses a refresh without burning the token", async () => {
  const sandbox = createSandbox();
  const { locationId } = sandbox.addLocation();
  const { refresh_token } = sandbox.install({ locationId });
  sandbox.pause(locationId);
  const paused = await refresh(sandbox, refresh_token);
  assert.deepEqual([paused.status, paused.body.message], [400, "Location is not active"]);
  assert.equal((await reconnect(sandbox, { locationId })).body.message, "Location is not active");
  sandbox.resume(locationId);
  assert.equal((await refresh(sandbox, refresh_token)).status, 200);
});

Deno.test("tokens look like HighLevel's and are never twice the same", () => {
  const sandbox = createSandbox({ now: () => START });
  const { companyId } = sandbox.addCompany();
  const { locationId } = sandbox.addLocation({ companyId });
  const first = sandbox.install({ locationId });
  const second = sandbox.install({ locationId });
  assert.notEqual(first.access_token, second.access_token);
  assert.equal(first.companyId, companyId);
  assert.match(locationId, /^[A-Za-z0-9]{20}$/);
  assert.match(sandbox.app.clientId, /^[0-9a-f]{24}-[A-Za-z0-9]{8}$/);

  const [, payload = ""] = first.access_token.split(".");
  const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
  assert.ok(first.access_token.length > 1000 && first.access_token.length < 3000);
  assert.equal(claims.authClass, "Location");
  assert.equal(claims.authClassId, locationId);
  assert.equal(claims.exp - claims.iat, 86399);
});

Deno.test("a token changed in one character is unknown", () => {
  const sandbox = createSandbox();
  const { access_token } = sandbox.install({ locationId: "l1C08ntBrFjLS0elLIYU" });
  assert.ok(sandbox.knows(access_token));
  assert.ok(!sandbox.knows(access_token + "x"));
  assert.ok(!sandbox.knows("X" + access_token.slice(1)));
  assert.ok(!sandbox.isLiving(""));
});

Deno.test("every token and code ever issued is among the issued secrets", async () => {
  const sandbox = createSandbox();
  const { locationId } = sandbox.addLocation();
  const tokens = sandbox.install({ locationId });
  const grant = await reconnect(sandbox, { locationId });
  const renewed = await exchange(sandbox, grant.body.authorizationCode);
  assert.deepEqual(
    new Set(sandbox.issuedSecrets()),
    new Set([
      tokens.access_token,
      tokens.refresh_token,
      grant.body.authorizationCode,
      renewed.body.access_token,
      renewed.body.refresh_token,
    ]),
  );
});

Deno.test("the same seed makes the same world", () => {
  const [one, two] = [1, 2].map(() => {
    const sandbox = createSandbox({ seed: 7, now: () => START, companies: [{ locations: 2 }] });
    return [sandbox.app, sandbox.locationIds(), sandbox.install({ locationId: "abc" })];
  });
  assert.deepEqual(one, two);
});

Deno.test("what is wrong with a token request is said as HighLevel says it", async (t) => {
  const sandbox = createSandbox();
  const { locationId } = sandbox.addLocation();
  const { refresh_token = "" } = sandbox.install({ locationId });
  const good = {
    client_id: sandbox.app.clientId,
    client_secret: sandbox.app.clientSecret,
    grant_type: "refresh_token",
    refresh_token,
  };
  const cases: [string, Record<string, string>, number, string][] = [
    ["no client id", { client_id: "" }, 400, "Missing parameter: `client_id`"],
    ["no refresh token", { refresh_token: "" }, 400, "Missing parameter: `refresh_token`"],
    ["wrong secret", { client_secret: "x" }, 401, "Invalid client: client credentials are invalid"],
    ["other grant", { grant_type: "password" }, 400, "Unsupported grant type: `grant_type` is invalid"],
    ["odd user type", { user_type: "location" }, 400, "Invalid parameter: `user_type`"],
    ["other user type", { user_type: "Company" }, 400, "Invalid parameter: `user_type`"],
  ];
  for (const [name, change, status, message] of cases) {
    await t.step(name, async () => {
      const answer = await postForm(sandbox, "/oauth/token", { ...good, ...change });
      assert.deepEqual([answer.status, answer.body.message], [status, message]);
    });
  }
  await t.step("a wrong content type", async () => {
    for (const type of ["application/json", "text/plain"]) {
      const answer = await postForm(sandbox, "/oauth/token", good, { "content-type": type });
      assert.equal(answer.status, 400);
    }
  });
  assert.ok(sandbox.isLiving(refresh_token), "no refusal burned the token");
});

Deno.test("errors can be OAuth's own", async () => {
  const sandbox = createSandbox({ errorStyle: "oauth" });
  const { status, body } = await refresh(sandbox, "nonsense");
  assert.equal(status, 400);
  assert.deepEqual(body, {
    error: "invalid_grant",
    error_description: "Invalid grant: refresh token is invalid",
  });
});
