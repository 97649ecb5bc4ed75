import assert from "node:assert/strict";
import { type AnswerExpiresIn, createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { type Answered, exchange, get, HOST, postForm, read, refresh } from "./client.ts";

function mint(sandbox: Sandbox, locationId: string, v3 = false): Promise<Answered> {
  const { access_token } = sandbox.install({ companyId: "agency" });
  return postForm(sandbox, v3 ? "/oauth/location-token" : "/oauth/locationToken", {
    companyId: "agency",
    locationId,
  }, { authorization: `Bearer ${access_token}`, version: v3 ? "v3" : "2021-07-28" });
}

function refreshAsJson(
  sandbox: Sandbox,
  fields: object,
  version?: string,
): Promise<Answered> {
  return read(sandbox.fetch(`${HOST}/oauth/token`, {
    method: "POST",
    headers: { "content-type": "application/json", ...version !== undefined && { version } },
    body: JSON.stringify(fields),
  }));
}

Deno.test("a token answer names user and trace, and version and plan where there are any", async () => {
  const sandbox = createSandbox({
    locations: [{ locationId: "plain" }, {
      locationId: "paid",
      userId: "user1",
      versionId: "version1",
      planId: "plan1",
    }],
  });
  const plain = await exchange(sandbox, sandbox.authorize({ locationId: "plain" }));
  assert.match(plain.body.userId, /^[A-Za-z0-9]{20}$/);
  assert.match(plain.body.traceId, /^[0-9a-f-]{36}$/);
  assert.ok(!("versionId" in plain.body || "planId" in plain.body));
  const renewed = await refresh(sandbox, plain.body.refresh_token);
  assert.equal(renewed.body.userId, plain.body.userId, "one installation, one user");

  const { userId, versionId, planId } = sandbox.install({ locationId: "paid" });
  assert.deepEqual([userId, versionId, planId], ["user1", "version1", "plan1"]);
});

Deno.test("a location token's answer has the fields of HighLevel's schema and no other", async () => {
  const seed = { locationId: "sub", versionId: "version1", planId: "plan1" };
  const sandbox = createSandbox({ companies: [{ companyId: "agency", locations: [seed] }] });
  const common = ["scope", "locationId", "planId", "userId", "appId", "versionId"];
  const legacy = ["access_token", "token_type", "expires_in", "refresh_token", ...common];
  assert.deepEqual(Object.keys((await mint(sandbox, "sub")).body).sort(), legacy.sort());
  const v3 = ["accessToken", "tokenType", "expiresIn", "refreshToken", ...common];
  assert.deepEqual(Object.keys((await mint(sandbox, "sub", true)).body).sort(), v3.sort());

  const without = createSandbox({
    locationRefreshTokens: false,
    companies: [{ companyId: "agency", locations: [{ locationId: "sub" }] }],
  });
  const { body } = await mint(without, "sub");
  assert.deepEqual(["refresh_token" in body, "versionId" in body, "planId" in body], [false, false, false]);
});

Deno.test("what an answer says about the lifetime can be anything; the token lives as long as before", async () => {
  let now = 0;
  const sandbox = createSandbox({ now: () => now, answerExpiresIn: "omit", locations: 1 });
  const [locationId = ""] = sandbox.locationIds();
  const ask = (): Promise<Answered> => exchange(sandbox, sandbox.authorize({ locationId }));
  assert.ok(!("expires_in" in (await ask()).body));
  for (const told of [null, -5, "86399", 3.7] satisfies AnswerExpiresIn[]) {
    sandbox.set({ answerExpiresIn: told });
    assert.equal((await ask()).body.expires_in, told);
  }
  assert.equal(sandbox.install({ locationId }).expires_in, 86_399, "install tells the truth");
  const { access_token } = (await ask()).body;
  now = 86_398_999;
  assert.equal((await get(sandbox, `/locations/${locationId}`, access_token)).status, 200);
  sandbox.set({ answerExpiresIn: undefined, expiresIn: 60 });
  assert.equal((await ask()).body.expires_in, 60);

  sandbox.set({ answerExpiresIn: "omit" });
  const v3 = await postForm(sandbox, "/oauth/token", {
    clientId: sandbox.app.clientId,
    clientSecret: sandbox.app.clientSecret,
    grantType: "authorization_code",
    code: sandbox.authorize({ locationId }),
  }, { version: "v3" });
  assert.deepEqual([v3.status, "expiresIn" in v3.body], [200, false]);
});

Deno.test("the token endpoint takes JSON, in the spelling of the version that is asked for", async () => {
  const sandbox = createSandbox();
  const { clientId, clientSecret } = sandbox.app;
  const { refresh_token } = sandbox.install({ locationId: "sub" });
  const legacy = await refreshAsJson(sandbox, {
    client_id: clientId,
    client_secret: clientSecret,
    grant_type: "refresh_token",
    refresh_token,
  });
  assert.equal(legacy.status, 200);
  const fields = { clientId, clientSecret, grantType: "refresh_token" };
  const v3 = await refreshAsJson(sandbox, { ...fields, refreshToken: legacy.body.refresh_token }, "v3");
  assert.ok(sandbox.isLiving(v3.body.refreshToken));
  assert.deepEqual([sandbox.counts.refresh, sandbox.counts.exchange], [2, 0]);

  const unversioned = await refreshAsJson(sandbox, fields);
  assert.equal(unversioned.body.message, "Missing parameter: `client_id`");
  const odd = await refreshAsJson(sandbox, { ...fields, refreshToken: 5 }, "v3");
  assert.equal(odd.body.message, "Invalid parameter: `refreshToken`");
  assert.equal((await refreshAsJson(sandbox, [fields], "v3")).status, 400);
});

Deno.test("a fault meets JSON requests by their grant too", async () => {
  const sandbox = createSandbox();
  const fault = sandbox.fault({ on: "refresh", kind: "status", status: 418 });
  assert.equal((await refreshAsJson(sandbox, { grant_type: "refresh_token" })).status, 418);
  assert.equal(fault.hits, 1);
});

Deno.test("a bulk installation says what it is of, and its token keeps to the locations approved", async () => {
  const locations = [{ locationId: "one" }, { locationId: "two" }, { locationId: "out", installed: false }];
  const bulkOf = (sandbox: Sandbox): unknown[] => {
    const answer = sandbox.install({ companyId: "agency" });
    const { isBulkInstallation, approvedLocations, approveAllLocations, installToFutureLocations } = answer;
    return [isBulkInstallation, approvedLocations, approveAllLocations, installToFutureLocations];
  };
  const plain = createSandbox({ companies: [{ companyId: "agency", locations }] });
  assert.deepEqual(bulkOf(plain), [true, undefined, undefined, undefined], "as before");
  const open = createSandbox({ companies: [{ companyId: "agency", bulk: {}, locations }] });
  assert.deepEqual(bulkOf(open), [true, ["one", "two"], false, false]);

  const bulk = { approvedLocations: ["one"] };
  const named = createSandbox({ companies: [{ companyId: "agency", bulk, locations }] });
  assert.deepEqual(bulkOf(named), [true, ["one"], false, false]);
  assert.deepEqual([(await mint(named, "one")).status, (await mint(named, "two")).status], [201, 401]);

  for (const more of [{ approveAllLocations: true }, { installToFutureLocations: true }]) {
    const all = createSandbox({
      companies: [{ companyId: "agency", bulk: { ...bulk, ...more }, locations }],
    });
    assert.equal((await mint(all, "two")).status, 201);
  }
  assert.equal(named.install({ locationId: "one" }).isBulkInstallation, false);
});
