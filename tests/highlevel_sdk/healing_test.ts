import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { Buffer } from "node:buffer";
import { HighLevel, MemorySessionStorage, type SessionStorage } from "@gohighlevel/api-client";
import { healingSdk } from "../../examples/sdk_session_storage.ts";
import { Connections, MemoryStore } from "../../mod.ts";
import { healing, type HealingOptions } from "../../src/highlevel_sdk/mod.ts";
import type { Sandbox } from "../../src/sandbox/mod.ts";
import { anything } from "../oauth/anything.ts";
import { servedSandbox } from "../examples/served_sandbox.ts";

/** HighLevel's SDK against the sandbox, its tokens under the care of `Connections`. */
function sdkAt(
  baseUrl: string,
  { app }: Sandbox,
  options: HealingOptions = {},
): { highLevel: HighLevel; connections: Connections } {
  const { clientId, clientSecret } = app;
  const connections = new Connections({
    app: { clientId, clientSecret, baseUrl },
    store: new MemoryStore(),
    sleep: () => Promise.resolve(),
  });
  const highLevel = healing(plainSdkAt(baseUrl, app), connections, options);
  return { highLevel, connections };
}

/** The SDK as it is, with a storage of its own. */
function plainSdkAt(
  baseUrl: string,
  { clientId, clientSecret }: Sandbox["app"],
  sessionStorage: SessionStorage = new MemorySessionStorage(),
): HighLevel {
  const config = {
    clientId,
    clientSecret,
    apiVersion: "2021-07-28",
    logLevel: "none" as const,
    sessionStorage,
  };
  const highLevel = new HighLevel(config);
  highLevel.getHttpClient().defaults.baseURL = baseUrl;
  return highLevel;
}

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

Deno.test("beside the storage that was there before: taken over by the first call, and every new token is written to it", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { companyId } = sandbox.addCompany();
  const { locationId } = sandbox.addLocation({ companyId });
  const before = new MemorySessionStorage();
  const old = plainSdkAt(baseUrl, sandbox.app, before);
  await before.setSession(companyId, { ...sandbox.install({ companyId }) });
  await before.setSession(locationId, { ...sandbox.install({ locationId }) });

  const { highLevel, connections } = sdkAt(baseUrl, sandbox, { also: before });
  assert.equal((await highLevel.locations.getLocation({ locationId })).location?.id, locationId);
  assert.equal((await highLevel.getSessionStorage().getSession(companyId))?.userType, "Company");
  assert.deepEqual(
    [sandbox.counts.total, sandbox.counts.refresh],
    [1, 0],
    "both were taken over, none was refreshed",
  );
  assert.equal((await connections.get({ companyId }))?.status, "connected");

  sandbox.expireAccessTokens();
  assert.equal((await highLevel.locations.getLocation({ locationId })).location?.id, locationId);
  const held = await connections.tokens({ locationId });
  const theirs = await before.getSession(locationId);
  assert.deepEqual([theirs?.access_token, theirs?.refresh_token], [held.accessToken, held.refreshToken]);
  assert.equal(sandbox.counts.refresh, 1);

  // The way back: the SDK alone goes on with what is in its storage.
  sandbox.expireAccessTokens();
  assert.equal((await old.locations.getLocation({ locationId })).location?.id, locationId);
  assert.deepEqual([sandbox.counts.refresh, sandbox.counts.spentRefreshTokenUses], [2, 0]);
});

Deno.test("what a process with the SDK alone has refreshed meanwhile is found before a refresh token is spent", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { locationId } = sandbox.addLocation();
  const before = new MemorySessionStorage();
  const old = plainSdkAt(baseUrl, sandbox.app, before);
  await before.setSession(locationId, { ...sandbox.install({ locationId }), expires_in: 3_600 });
  const { highLevel, connections } = sdkAt(baseUrl, sandbox, { also: before });
  await highLevel.locations.getLocation({ locationId });
  sandbox.expireAccessTokens();
  await old.locations.getLocation({ locationId }); // refreshes, and keeps the new pair in its own storage
  assert.equal((await highLevel.locations.getLocation({ locationId })).location?.id, locationId);
  assert.deepEqual([sandbox.counts.refresh, sandbox.counts.spentRefreshTokenUses], [1, 0]);
  assert.equal(
    (await connections.tokens({ locationId })).accessToken,
    (await before.getSession(locationId))?.access_token,
  );
});

Deno.test("their storage may throw at every call: it is told, and no call and no token is lost by it", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { locationId } = sandbox.addLocation();
  class Broken extends MemorySessionStorage {
    isBroken = true;
    override getSession(id: string) {
      return this.isBroken ? Promise.reject(new Error("MongoNetworkError")) : super.getSession(id);
    }
    override setSession(id: string, session: Parameters<MemorySessionStorage["setSession"]>[1]) {
      return this.isBroken ? Promise.reject(new Error("MongoNetworkError")) : super.setSession(id, session);
    }
  }
  const also = new Broken();
  const failed: string[] = [];
  const { highLevel, connections } = sdkAt(baseUrl, sandbox, {
    also,
    onAlsoFailed: (error, id) => failed.push(`${id} ${error instanceof Error && error.message}`),
  });
  await highLevel.getSessionStorage().setSession(locationId, { ...sandbox.install({ locationId }) });
  sandbox.expireAccessTokens();
  assert.equal((await highLevel.locations.getLocation({ locationId })).location?.id, locationId);
  assert.equal(sandbox.counts.refresh, 1);
  assert.ok(
    failed.length > 1 && failed.every((text) => text === `${locationId} MongoNetworkError`),
    `${failed}`,
  );
  also.isBroken = false;
  await highLevel.getSessionStorage().getSession(locationId);
  const { accessToken, refreshToken } = await connections.tokens({ locationId });
  const theirs = await also.getSession(locationId);
  assert.deepEqual([theirs?.access_token, theirs?.refresh_token], [accessToken, refreshToken], "made good");
});

Deno.test("what was forgotten does not come back from their storage, and what is installed again does", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { locationId } = sandbox.addLocation();
  const before = new MemorySessionStorage();
  const { highLevel, connections } = sdkAt(baseUrl, sandbox, { also: before });
  const storage = highLevel.getSessionStorage();
  await storage.setSession(locationId, { ...sandbox.install({ locationId }) });
  await connections.forget({ locationId }); // by a webhook, say: their storage still has it
  assert.equal(await storage.getSession(locationId), null);
  assert.equal(await connections.get({ locationId }), undefined);
  await storage.setSession(locationId, { ...sandbox.install({ locationId }) });
  assert.notEqual(await storage.getSession(locationId), null);
  await storage.deleteSession(locationId);
  assert.deepEqual([await storage.getSession(locationId), await before.getSession(locationId)], [null, null]);
});

Deno.test("the SDK's own webhooks reach the connections: INSTALL is kept, UNINSTALL is forgotten", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { companyId } = sandbox.addCompany();
  const { locationId } = sandbox.addLocation({ companyId, installed: true });
  const pair = generateKeyPairSync("ed25519");
  const webhookPublicKey = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
  const before = new MemorySessionStorage();
  const plain = plainSdkAt(baseUrl, sandbox.app, before);
  plain.updateConfig({ webhookPublicKey });
  const { clientId, clientSecret } = sandbox.app;
  const connections = new Connections({ app: { clientId, clientSecret, baseUrl }, store: new MemoryStore() });
  const highLevel = healing(plain, connections, { also: before });
  await highLevel.getSessionStorage().setSession(companyId, { ...sandbox.install({ companyId }) });

  const deliver = async (type: "INSTALL" | "UNINSTALL"): Promise<void> => {
    const appId = clientId.split("-")[0];
    const body = Buffer.from(JSON.stringify({ type, appId, companyId, locationId }));
    const signature = sign(null, body, pair.privateKey).toString("base64");
    const request = { method: "POST", url: "/webhooks", headers: { "x-ghl-signature": signature }, body };
    await highLevel.webhooks.subscribe()(request, {}, () => {});
  };
  await deliver("INSTALL");
  assert.equal((await connections.get({ locationId }))?.status, "connected");
  assert.ok(sandbox.isLiving((await before.getSession(locationId))?.access_token ?? ""));
  await deliver("UNINSTALL");
  assert.equal(await connections.get({ locationId }), undefined);
  assert.equal(await before.getSession(locationId), null);
});

Deno.test("their storage is opened once, by whoever made it, and closed with the SDK's", async () => {
  const opened: string[] = [];
  class Counting extends MemorySessionStorage {
    override init() {
      return Promise.resolve(void opened.push("init"));
    }
    override disconnect() {
      return Promise.resolve(void opened.push("disconnect"));
    }
  }
  for (const sessionStorage of [new Counting(), undefined]) {
    opened.length = 0;
    const also = sessionStorage ?? new Counting();
    const credentials = { clientId: "0123456789abcdef01234567-a", clientSecret: "a secret" };
    const connections = new Connections({ app: credentials, store: new MemoryStore() });
    const sdk = new HighLevel({ ...credentials, logLevel: "none", ...sessionStorage && { sessionStorage } });
    await healing(sdk, connections, { also }).disconnectSessionStorage();
    assert.deepEqual(opened, ["init", "disconnect"]);
  }
});

Deno.test("the example puts the SDK under care beside the storage that it had", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { locationId } = sandbox.addLocation();
  const { clientId, clientSecret } = sandbox.app;
  const connections = new Connections({ app: { clientId, clientSecret, baseUrl }, store: new MemoryStore() });
  const before = new MemorySessionStorage();
  const highLevel = healingSdk(sandbox.app, connections, before);
  await before.setSession(locationId, { ...sandbox.install({ locationId }) });
  assert.ok(await highLevel.getSessionStorage().getAccessToken(locationId));
  assert.equal(sandbox.counts.total, 0);
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
