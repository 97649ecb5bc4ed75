import assert from "node:assert/strict";
import { HighLevel } from "@gohighlevel/api-client";
import { healing } from "../../examples/sdk_session_storage.ts";
import { Connections, MemoryStore } from "../../mod.ts";
import type { Sandbox } from "../../src/sandbox/mod.ts";
import { servedSandbox } from "./served_sandbox.ts";

/** HighLevel's SDK against the sandbox, its tokens under the care of `Connections`. */
function sdkAt(baseUrl: string, { app }: Sandbox): { highLevel: HighLevel; connections: Connections } {
  const { clientId, clientSecret } = app;
  const connections = new Connections({
    app: { clientId, clientSecret, baseUrl },
    store: new MemoryStore(),
    sleep: () => Promise.resolve(),
  });
  const highLevel = healing(
    new HighLevel({ clientId, clientSecret, apiVersion: "2021-07-28", logLevel: "none" }),
    connections,
  );
  highLevel.getHttpClient().defaults.baseURL = baseUrl;
  return { highLevel, connections };
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
