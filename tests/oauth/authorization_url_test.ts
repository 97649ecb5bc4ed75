import assert from "node:assert/strict";
import { authorizationUrl } from "../../src/oauth/authorization_url.ts";
import { exchangeCode } from "../../src/oauth/exchange_code.ts";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { APP } from "./recording_fetch.ts";

const app = { ...APP, redirectUri: "https://app.example/cb?x=1" };

Deno.test("the link names the app, its redirect URI and its scopes, and no secret", () => {
  const url = authorizationUrl(app, { scope: ["contacts.readonly", "contacts.write"] });
  assert.equal(url.origin + url.pathname, "https://marketplace.gohighlevel.com/v2/oauth/chooselocation");
  assert.deepEqual([...url.searchParams], [
    ["response_type", "code"],
    ["client_id", APP.clientId],
    ["redirect_uri", "https://app.example/cb?x=1"],
    ["scope", "contacts.readonly contacts.write"],
  ]);
  assert.ok(!url.href.includes(APP.clientSecret));
});

Deno.test("state, version and the same tab are added where asked for", () => {
  const url = authorizationUrl(app, { scope: "a b", state: "s&t", versionId: "v1", sameTab: true });
  assert.deepEqual([...url.searchParams].slice(3), [
    ["scope", "a b"],
    ["state", "s&t"],
    ["version_id", "v1"],
    ["loginWindowOpenMode", "self"],
  ]);
});

Deno.test("a version of the app for all links gives way to that of one link", () => {
  const versioned = { ...app, versionId: "live" };
  const versionOf = (request: { versionId?: string }): string | null =>
    authorizationUrl(versioned, { scope: "a", ...request }).searchParams.get("version_id");
  assert.deepEqual([versionOf({}), versionOf({ versionId: "v1" })], ["live", "v1"]);
  assert.throws(
    () => authorizationUrl({ ...app, versionId: "" }, { scope: "a" }),
    /^TypeError: app.versionId must/,
  );
});

Deno.test("white label and a marketplace of one's own change the site only", () => {
  const scope = "a";
  const white = authorizationUrl(app, { scope, whiteLabel: true });
  assert.equal(white.origin, "https://marketplace.leadconnectorhq.com");
  const own = authorizationUrl({ ...app, marketplaceUrl: "http://localhost:1/m/" }, {
    scope,
    whiteLabel: true,
  });
  assert.equal(own.origin + own.pathname, "http://localhost:1/m/v2/oauth/chooselocation");
});

Deno.test("a code from the sandbox's page is exchanged for tokens", async () => {
  const sandbox = createSandbox({ seed: 11 });
  const { locationId } = sandbox.addLocation();
  const sandboxApp = { ...sandbox.app, fetch: sandbox.fetch };
  const url = authorizationUrl(sandboxApp, { scope: sandbox.app.scope, state: "bound" });
  url.searchParams.set("sandbox_target", `location:${locationId}`);
  const response = await sandbox.fetch(url, { redirect: "manual" });
  const back = new URL(response.headers.get("location") ?? "");
  assert.equal(back.searchParams.get("state"), "bound");
  const code = back.searchParams.get("code") ?? "";
  const tokens = await exchangeCode(sandboxApp, { code, userType: "Location" });
  assert.equal(tokens.locationId, locationId);
});
