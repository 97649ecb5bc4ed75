import assert from "node:assert/strict";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { type Answered, exchange, get, HOST, postForm } from "./client.ts";

const V3 = { version: "v3" };

function exchangeV3(sandbox: Sandbox, headers: Record<string, string>): Promise<Answered> {
  return postForm(sandbox, "/oauth/token", {
    clientId: sandbox.app.clientId,
    clientSecret: sandbox.app.clientSecret,
    grantType: "authorization_code",
    code: sandbox.authorize({ locationId: "l1C08ntBrFjLS0elLIYU" }),
    userType: "Location",
  }, headers);
}

Deno.test("v3 takes and gives v3's spelling, and only that", async () => {
  const sandbox = createSandbox();
  const { status, body } = await exchangeV3(sandbox, V3);
  assert.equal(status, 200);
  assert.ok(sandbox.isLiving(body.accessToken) && sandbox.isLiving(body.refreshToken));
  assert.deepEqual([body.tokenType, body.expiresIn], ["Bearer", 86399]);
  assert.ok(!Object.keys(body).some((name) => name.includes("_")));

  const unversioned = await exchangeV3(sandbox, {});
  assert.equal(unversioned.body.message, "Missing parameter: `client_id`");
  const code = sandbox.authorize({ locationId: "l1C08ntBrFjLS0elLIYU" });
  const fields = { client_id: sandbox.app.clientId, grant_type: "authorization_code", code };
  const legacy = await postForm(sandbox, "/oauth/token", fields, V3);
  assert.equal(legacy.body.message, "Missing parameter: `clientId`");
});

Deno.test("a legacy path asked with v3 says so; a v3 path without v3 does not exist", async () => {
  const sandbox = createSandbox();
  const removed = await postForm(sandbox, "/oauth/locationToken", {}, V3);
  assert.equal(removed.status, 400);
  assert.match(
    removed.body.message,
    /is not available in API version v3\. This endpoint was removed in version v3\. /,
  );
  assert.equal((await get(sandbox, "/oauth/installedLocations", "", "v3")).status, 400);
  assert.equal((await postForm(sandbox, "/oauth/location-token", {})).status, 404);
  assert.equal((await get(sandbox, "/oauth/installed-locations", "")).status, 404);
  assert.equal((await get(sandbox, "/oauth/reconnect", "")).body.message, "Cannot GET /oauth/reconnect");
});

Deno.test("a company's token buys location tokens in both versions", async () => {
  const sandbox = createSandbox({ companies: [{ companyId: "agency", locations: [{ locationId: "sub" }] }] });
  sandbox.addLocation({ locationId: "stranger" });
  const { access_token } = sandbox.install({ companyId: "agency" });
  const own = sandbox.install({ locationId: "sub" });
  const ask = (path: string, locationId: string, token: string, version?: string): Promise<Answered> =>
    postForm(sandbox, path, { companyId: "agency", locationId }, {
      authorization: `Bearer ${token}`,
      ...version && { version },
    });

  const legacy = await ask("/oauth/locationToken", "sub", access_token, "2021-07-28");
  assert.equal(legacy.status, 201);
  assert.deepEqual([legacy.body.appId, legacy.body.locationId], [sandbox.app.clientId.split("-")[0], "sub"]);
  assert.ok(sandbox.isLiving(legacy.body.refresh_token));
  const v3 = await ask("/oauth/location-token", "sub", access_token, "v3");
  assert.ok(sandbox.isLiving(v3.body.accessToken));

  assert.equal((await ask("/oauth/locationToken", "sub", access_token)).status, 401, "no Version header");
  assert.equal((await ask("/oauth/locationToken", "sub", own.access_token, "2021-07-28")).status, 401);
  assert.equal((await ask("/oauth/locationToken", "stranger", access_token, "2021-07-28")).status, 401);
  assert.equal((await ask("/oauth/locationToken", "", access_token, "2021-07-28")).status, 422);
  sandbox.pause("sub");
  const paused = await ask("/oauth/locationToken", "sub", access_token, "2021-07-28");
  assert.equal(paused.body.message, "Location is not active");
});

Deno.test("installed locations come in pages, each once, in both versions", async () => {
  const sandbox = createSandbox({ companies: [{ companyId: "agency", locations: 45 }] });
  const ids = sandbox.locationIds();
  sandbox.uninstall({ locationId: ids[3] ?? "" });
  const expected = ids.filter((_, index) => index !== 3);
  const { access_token } = sandbox.install({ companyId: "agency" });
  const appId = sandbox.app.clientId.split("-")[0];
  const query = `companyId=agency&appId=${appId}&isInstalled=true`;

  const legacy: string[] = [];
  for (let skip = 0; skip < 60; skip += 20) {
    const page = await get(
      sandbox,
      `/oauth/installedLocations?${query}&skip=${skip}&limit=20`,
      access_token,
    );
    assert.equal(page.body.count, 44);
    legacy.push(...page.body.locations.map((item: { _id: string }) => item._id));
  }
  assert.deepEqual(legacy, expected);

  const v3: string[] = [];
  let pageToken = "";
  do {
    const page = await get(
      sandbox,
      `/oauth/installed-locations?${query}&pageSize=22${pageToken && `&pageToken=${pageToken}`}`,
      access_token,
      "v3",
    );
    v3.push(...page.body.items.map((item: { _id: string }) => item._id));
    pageToken = page.body.pagination.nextPageToken ?? "";
    assert.equal(page.body.pagination.hasNextPage, pageToken !== "");
  } while (pageToken !== "");
  assert.deepEqual(v3, expected);
  assert.equal(sandbox.counts.installedLocations, 5, "no empty page at the end");

  const wrong = await get(
    sandbox,
    `/oauth/installed-locations?${query}&pageToken=nonsense`,
    access_token,
    "v3",
  );
  assert.equal(wrong.status, 422);
  assert.equal(wrong.body.error.code, "VALIDATION_ERROR");
  assert.equal((await get(sandbox, "/oauth/installedLocations", access_token)).status, 422);
});

Deno.test("the API asks for a version and a token of this location or its company", async () => {
  const sandbox = createSandbox({ companies: [{ companyId: "agency", locations: [{ locationId: "sub" }] }] });
  sandbox.addLocation({ locationId: "other" });
  const sub = sandbox.install({ locationId: "sub" }).access_token;
  const agency = sandbox.install({ companyId: "agency" }).access_token;
  const other = sandbox.install({ locationId: "other" }).access_token;
  const statuses = await Promise.all(
    [sub, agency, other, "nonsense"].map(async (token) =>
      (await get(sandbox, "/contacts/?locationId=sub", token)).status
    ),
  );
  assert.deepEqual(statuses, [200, 200, 401, 401]);
  const authorization = `Bearer ${sub}`;
  const unversioned = await sandbox.fetch(`${HOST}/locations/sub`, { headers: { authorization } });
  assert.equal(unversioned.status, 401);

  const created = await sandbox.fetch(`${HOST}/contacts/`, {
    method: "POST",
    headers: { authorization, version: "2021-07-28", "content-type": "application/json" },
    body: JSON.stringify({ locationId: "sub", firstName: "Ada" }),
  });
  assert.equal(created.status, 201);
  assert.match(await created.text(), /"firstName":"Ada"/);
});

Deno.test("the authorisation page redirects back with a code and the state", async () => {
  const sandbox = createSandbox({ companies: [{ companyId: "agency", installed: false }], locations: 1 });
  const page = new URL("https://marketplace.gohighlevel.com/v2/oauth/chooselocation");
  page.search = new URLSearchParams({
    response_type: "code",
    client_id: sandbox.app.clientId,
    redirect_uri: sandbox.app.redirectUri,
    scope: "contacts.readonly",
    state: "s t/1",
    sandbox_target: "company:agency",
  }).toString();
  const response = await sandbox.fetch(page, { redirect: "manual" });
  assert.equal(response.status, 302);
  const back = new URL(response.headers.get("location") ?? "");
  assert.equal(back.origin + back.pathname, sandbox.app.redirectUri);
  assert.equal(back.searchParams.get("state"), "s t/1");
  const code = back.searchParams.get("code") ?? "";
  assert.equal((await exchange(sandbox, code, { redirect_uri: "https://evil.example/" })).status, 400);
  const tokens = await exchange(sandbox, code, { redirect_uri: sandbox.app.redirectUri });
  assert.deepEqual([tokens.body.userType, tokens.body.companyId], ["Company", "agency"]);

  page.searchParams.set("redirect_uri", "https://evil.example/");
  assert.equal((await sandbox.fetch(page)).status, 400);
});
