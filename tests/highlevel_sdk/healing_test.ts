import assert from "node:assert/strict";
import { HighLevel } from "@gohighlevel/api-client";
import { Connections, MemoryStore } from "../../mod.ts";
import { healing } from "../../src/highlevel_sdk/mod.ts";
import { servedSandbox } from "../examples/served_sandbox.ts";
import { anything } from "../oauth/anything.ts";
import { sdkAt } from "./sdk_world.ts";

Deno.test("the SDK keeps working when HighLevel loses its tokens", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { locationId } = sandbox.addLocation();
  const { highLevel } = sdkAt(baseUrl, sandbox);
  await highLevel.getSessionStorage().setSession(locationId, { ...sandbox.install({ locationId }) });
  assert.equal((await highLevel.locations.getLocation({ locationId })).location?.id, locationId);
  assert.equal(sandbox.counts.total, 1, "a living token costs nothing");

  sandbox.loseTokens();
  assert.equal((await highLevel.locations.getLocation({ locationId })).location?.id, locationId);
  assert.deepEqual([sandbox.counts.refresh, sandbox.counts.reconnect, sandbox.counts.exchange], [1, 1, 1]);
});

Deno.test("the SDK finds a connection that was never saved", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { locationId } = sandbox.addLocation();
  const { highLevel } = sdkAt(baseUrl, sandbox);
  assert.equal((await highLevel.locations.getLocation({ locationId })).location?.id, locationId);
  assert.deepEqual([sandbox.counts.reconnect, sandbox.counts.exchange, sandbox.counts.total], [1, 1, 3]);
});

Deno.test("200 calls of the SDK and others of Connections share one recovery, and no refresh token is spent twice", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { locationId } = sandbox.addLocation();
  const { highLevel, connections } = sdkAt(baseUrl, sandbox);
  await highLevel.getSessionStorage().setSession(locationId, { ...sandbox.install({ locationId }) });
  sandbox.expireAccessTokens();
  await Promise.all([
    ...Array.from({ length: 200 }, () => highLevel.locations.getLocation({ locationId })),
    connections.fetch({ locationId }, `/locations/${locationId}`).then((response) => response.body?.cancel()),
  ]);
  assert.deepEqual([sandbox.counts.refresh, sandbox.counts.spentRefreshTokenUses], [1, 0]);
  assert.equal(sandbox.counts.reconnect, 0);
});

Deno.test("the SDK survives the lost answer of a refresh", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { locationId } = sandbox.addLocation();
  const { highLevel } = sdkAt(baseUrl, sandbox);
  await highLevel.getSessionStorage().setSession(locationId, { ...sandbox.install({ locationId }) });
  sandbox.expireAccessTokens();
  sandbox.fault({ on: "refresh", kind: "reset_after" });
  assert.equal((await highLevel.locations.getLocation({ locationId })).location?.id, locationId);
});

Deno.test("the SDK's session shows a stand-in, never the refresh token", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { locationId } = sandbox.addLocation();
  const { highLevel, connections } = sdkAt(baseUrl, sandbox);
  const storage = highLevel.getSessionStorage();
  const { refresh_token = "", ...rest } = sandbox.install({ locationId });
  await storage.setSession(locationId, { ...rest, refresh_token });
  const session = await storage.getSession(locationId);
  assert.ok(!JSON.stringify(session).includes(refresh_token));
  await storage.setSession(locationId, { ...session }); // as the SDK does after a refresh
  assert.equal((await connections.tokens({ locationId })).refreshToken, refresh_token, "it is still kept");
  await storage.deleteSession(locationId);
  assert.equal(await storage.getSession(locationId), null);
});

Deno.test("the SDK is told nothing where a person must authorise", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { highLevel } = sdkAt(baseUrl, sandbox);
  const { locationId } = sandbox.addLocation({ installed: false });
  await assert.rejects(highLevel.locations.getLocation({ locationId }), /token required/i);
});

Deno.test("companies are companies: the SDK gets an agency's token", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { companyId } = sandbox.addCompany();
  const { highLevel } = sdkAt(baseUrl, sandbox);
  const storage = highLevel.getSessionStorage();
  await storage.setSession(companyId, { ...sandbox.install({ companyId }) });
  sandbox.expireAccessTokens();
  sandbox.addLocation({ companyId });
  const appId = sandbox.app.clientId.split("-")[0] ?? "";
  const found = await highLevel.oauth.getInstalledLocation({ companyId, appId, isInstalled: true }, {
    headers: { Version: "2021-07-28" },
  });
  assert.equal(found.locations?.length, 1);
  assert.equal(sandbox.counts.refresh, 1);
});

Deno.test("a location comes back through its agency where Reconnect is gone, as the SDK's calls ask for it", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { companyId } = sandbox.addCompany();
  const { locationId } = sandbox.addLocation({ companyId });
  const { highLevel } = sdkAt(baseUrl, sandbox);
  const storage = highLevel.getSessionStorage();
  await storage.setSession(companyId, { ...sandbox.install({ companyId }) });
  await storage.setSession(locationId, { ...sandbox.install({ locationId }) });
  sandbox.removeReconnect();
  sandbox.loseTokens({ locationId });
  assert.equal((await highLevel.locations.getLocation({ locationId })).location?.id, locationId);
  assert.deepEqual([sandbox.counts.locationToken, sandbox.counts.reconnect], [1, 1]);
});

Deno.test("a scope that is missing, which HighLevel calls 401, spends no token: 20 calls, no refresh", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { locationId } = sandbox.addLocation();
  const { highLevel } = sdkAt(baseUrl, sandbox);
  const scope = sandbox.app.scope.split(" ").filter((one) => !one.startsWith("contacts.")).join(" ");
  sandbox.setScope(scope);
  await highLevel.getSessionStorage().setSession(locationId, { ...sandbox.install({ locationId }) });
  for (let call = 0; call < 20; call++) {
    await assert.rejects(highLevel.contacts.getContacts({ locationId }), /not authorized for this scope/);
    assert.equal((await highLevel.locations.getLocation({ locationId })).location?.id, locationId);
  }
  assert.deepEqual([sandbox.counts.refresh, sandbox.counts.reconnect, sandbox.counts.locationToken], [
    0,
    0,
    0,
  ]);
});

Deno.test("a connection that was healed within the last minute is not healed again, whatever is refused", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { locationId } = sandbox.addLocation();
  let now = Date.now();
  const { highLevel } = sdkAt(baseUrl, sandbox, { now: () => now });
  const call = () => highLevel.locations.getLocation({ locationId });
  await highLevel.getSessionStorage().setSession(locationId, { ...sandbox.install({ locationId }) });
  sandbox.loseTokens();
  await call();
  sandbox.loseTokens();
  for (let refused = 0; refused < 5; refused++) await assert.rejects(call(), /Invalid JWT/);
  assert.equal(sandbox.counts.reconnect, 1);
  now += 60_001;
  assert.equal((await call()).location?.id, locationId);
  assert.equal(sandbox.counts.reconnect, 2);
});

Deno.test("what is no SDK, no Connections or no storage is named", () => {
  const connections = new Connections({
    app: { clientId: "0123456789abcdef01234567-a", clientSecret: "a secret" },
    store: new MemoryStore(),
  });
  const highLevel = new HighLevel({ clientId: "a", clientSecret: "b", logLevel: "none" });
  const also: object = {};
  const wrong: readonly [unknown, unknown, object, RegExp][] = [
    [{}, connections, {}, /^highLevel must be/],
    [undefined, connections, {}, /^highLevel must be/],
    [highLevel, {}, {}, /^connections must be/],
    [highLevel, connections, { also }, /^also must be/],
  ];
  for (const [sdk, those, options, message] of wrong) {
    assert.throws(() => healing(anything(sdk), anything(those), options), { name: "TypeError", message });
  }
});
