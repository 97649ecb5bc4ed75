import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { generateKeyPairSync, sign } from "node:crypto";
import { HighLevel, MemorySessionStorage } from "@gohighlevel/api-client";
import { healingSdk } from "../../examples/sdk_session_storage.ts";
import { Connections, MemoryStore } from "../../mod.ts";
import { HealingStorage } from "../../src/highlevel_sdk/healing_storage.ts";
import { healing } from "../../src/highlevel_sdk/mod.ts";
import { TheirStorage } from "../../src/highlevel_sdk/their_storage.ts";
import { servedSandbox } from "../examples/served_sandbox.ts";
import { plainSdkAt, sdkAt } from "./sdk_world.ts";

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

Deno.test("their storage is asked for a newer token as soon as Connections may refresh the one that is held", async () => {
  const also = new MemorySessionStorage();
  also.setClientId("0123456789abcdef01234567-a");
  await also.setSession("location", { access_token: "newer", expire_at: 25 * 3_600_000 });
  const theirs = new TheirStorage(also, { isOpen: true, onFailed: (error) => assert.fail(`${error}`) });
  const saved: string[] = [];
  const connections = {
    tokens: () => Promise.reject(new Error("nobody asks")),
    get: ({ companyId }: { companyId?: string }) =>
      Promise.resolve(companyId ? undefined : { status: "connected", expiresAt: new Date(24 * 3_600_000) }),
    save: (_: object, { accessToken }: { accessToken: string }) =>
      Promise.resolve(void saved.push(accessToken)),
    forget: () => Promise.resolve(),
    flush: () => Promise.resolve(),
  };
  for (const [hour, expected] of [[17, []], [18, ["newer"]]] as const) {
    const storage = new HealingStorage(connections, theirs, () => hour * 3_600_000 + 1);
    await storage.getSession("location").catch(() => {});
    assert.deepEqual(saved, expected, `${24 - hour} h before its end`);
  }
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

Deno.test("their storage may throw when it is opened, closed or told the client id: it is told, and made good by the next call", async () => {
  await using world = await servedSandbox();
  const { sandbox, baseUrl } = world;
  const { locationId } = sandbox.addLocation();
  const trouble = new Error("MongoNetworkError");
  const done: string[] = [];
  class Broken extends MemorySessionStorage {
    isBroken = true;
    override setClientId(id: string) {
      if (this.isBroken) throw trouble;
      done.push(id);
      super.setClientId(id);
    }
    override init() {
      return this.isBroken ? Promise.reject(trouble) : Promise.resolve(void done.push("init"));
    }
    override disconnect() {
      return this.isBroken ? Promise.reject(trouble) : super.disconnect();
    }
    override deleteSession(id: string) {
      return this.isBroken ? Promise.reject(trouble) : super.deleteSession(id);
    }
  }
  const also = new Broken();
  const failed: unknown[][] = [];
  const onAlsoFailed = (...told: unknown[]) => failed.push(told);
  const { highLevel } = sdkAt(baseUrl, sandbox, { also, onAlsoFailed });
  const storage = highLevel.getSessionStorage();
  await storage.init();
  await storage.setSession(locationId, { ...sandbox.install({ locationId }) });
  assert.equal((await highLevel.locations.getLocation({ locationId })).location?.id, locationId);
  await storage.disconnect();
  assert.ok(failed.some(([, id]) => id === ""), "opening");
  assert.ok(failed.some(([, id]) => id === locationId), "calls");
  assert.ok(failed.every(([error]) => error === trouble), `${failed}`);

  also.isBroken = false;
  await Promise.all([storage.init(), storage.getSession(locationId)]);
  assert.deepEqual(done, [sandbox.app.clientId, "init"]);
  assert.ok(await also.getSession(locationId), "written by the next call");
  also.isBroken = true;
  await storage.deleteSession(locationId);
  assert.equal(await storage.getSession(locationId), null, "forgotten here all the same");
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
