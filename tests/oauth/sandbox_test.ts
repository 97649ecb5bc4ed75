import assert from "node:assert/strict";
import { exchangeCode } from "../../src/oauth/exchange_code.ts";
import { installedLocations } from "../../src/oauth/installed_locations.ts";
import { locationToken } from "../../src/oauth/location_token.ts";
import { reconnect } from "../../src/oauth/reconnect.ts";
import { recoverTokens } from "../../src/oauth/recover_tokens.ts";
import { refreshTokens } from "../../src/oauth/refresh_tokens.ts";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { stillTime } from "./recording_fetch.ts";
import { rejection } from "./rejection.ts";

for (const apiVersion of ["2021-07-28", "2023-02-21", "v3"] as const) {
  Deno.test(`the sandbox understands every request (${apiVersion})`, async () => {
    const time = stillTime();
    const sandbox = createSandbox({ seed: 1, now: time.now });
    const app = { ...sandbox.app, apiVersion, fetch: sandbox.fetch };
    const { companyId } = sandbox.addCompany();
    const { locationId } = sandbox.addLocation({ companyId });

    const grant = await reconnect(app, { locationId }, time);
    assert.equal(grant.expiresAt.getTime(), time.now() + 60_000);
    assert.match(grant.traceId, /^[0-9a-f-]{36}$/);

    const exchanged = await exchangeCode(app, { code: grant.authorizationCode, userType: "Location" }, time);
    const unknown = { accessToken: "", refreshToken: "", refreshTokenId: "", traceId: "", userId: "" };
    assert.deepEqual({ ...exchanged, ...unknown }, {
      accessToken: "",
      tokenType: "Bearer",
      expiresAt: new Date(time.now() + 86_399_000),
      refreshToken: "",
      scope: sandbox.app.scope.split(" "),
      userType: "Location",
      locationId,
      companyId,
      refreshTokenId: "",
      appId: sandbox.app.clientId.split("-")[0],
      isBulkInstallation: false,
      traceId: "",
      userId: "",
    });
    assert.match(exchanged.traceId ?? "", /^[0-9a-f-]{36}$/);
    assert.match(exchanged.userId ?? "", /^[A-Za-z0-9]{20}$/);

    const spent = exchanged.refreshToken ?? "";
    const refreshed = await refreshTokens(app, { refreshToken: spent, userType: "Location" }, time);
    assert.notEqual(refreshed.refreshToken, spent);
    assert.ok(sandbox.isLiving(refreshed.accessToken) && !sandbox.isLiving(spent));

    const company = await recoverTokens(app, { companyId }, time);
    const minted = await locationToken(
      app,
      { companyId, locationId, accessToken: company.accessToken },
      time,
    );
    assert.equal(minted.locationId, locationId);
    assert.ok(sandbox.isLiving(minted.accessToken));

    const { reconnect: reconnects, exchange, refresh, locationToken: minting, total } = sandbox.counts;
    assert.deepEqual({ reconnects, exchange, refresh, minting, total }, {
      reconnects: 2,
      exchange: 2,
      refresh: 1,
      minting: 1,
      total: 6,
    });
  });

  Deno.test(`every installed location of a company is listed once, page after page (${apiVersion})`, async () => {
    const sandbox = createSandbox({ seed: 2, companies: [{ locations: 25 }] });
    const [companyId = ""] = sandbox.companyIds();
    const [uninstalled = ""] = sandbox.locationIds();
    sandbox.uninstall({ locationId: uninstalled });
    const app = { ...sandbox.app, apiVersion, fetch: sandbox.fetch };
    const { accessToken } = await recoverTokens(app, { companyId });
    for (const [pageSize, pages] of [[100, 1], [24, 1], [10, 3], [1, 24]] as const) {
      sandbox.resetCounts();
      const request = { companyId, accessToken, pageSize };
      const found = await Array.fromAsync(installedLocations(app, request));
      assert.deepEqual(
        found.map(({ locationId }) => locationId),
        sandbox.locationIds().filter((id) => id !== uninstalled),
      );
      assert.ok(found.every(({ isInstalled, installedAt }) => isInstalled && installedAt instanceof Date));
      // What counts may be the page alone, so only a page that is not full is the last; v3 tells.
      const isLastFull = apiVersion !== "v3" && 24 % pageSize === 0;
      assert.equal(sandbox.counts.installedLocations, isLastFull ? pages + 1 : pages);
    }
  });

  Deno.test(`what the sandbox refuses has the code of the table (${apiVersion})`, async () => {
    const sandbox = createSandbox({ seed: 3, refreshWindowMs: 0 });
    const app = { ...sandbox.app, apiVersion, fetch: sandbox.fetch };
    const { companyId } = sandbox.addCompany();
    const { locationId } = sandbox.addLocation({ companyId });
    const { refresh_token: refreshToken = "" } = sandbox.install({ locationId });
    const other = sandbox.addCompany().companyId;
    const { access_token: companyToken } = sandbox.install({ companyId });
    const codeOf = async (call: Promise<unknown>): Promise<string> => (await rejection(call)).code;
    const refresh = (): Promise<unknown> => refreshTokens(app, { refreshToken, userType: "Location" });

    sandbox.pause(locationId);
    assert.equal(await codeOf(reconnect(app, { locationId })), "location_inactive");
    assert.equal(await codeOf(refresh()), "location_inactive");
    sandbox.resume(locationId);
    await refresh(); // the same token works again
    assert.equal(await codeOf(refresh()), "invalid_grant");

    const wrong = { ...app, clientSecret: "00000000-0000-0000-0000-000000000000" };
    assert.equal(await codeOf(reconnect(wrong, { locationId })), "invalid_client");
    assert.equal(await codeOf(exchangeCode(wrong, { code: "c", userType: "Location" })), "invalid_client");
    assert.equal(await codeOf(exchangeCode(app, { code: "c", userType: "Location" })), "invalid_grant");
    assert.equal(await codeOf(reconnect(app, { locationId: "nobody" })), "not_installed");
    const foreign = { companyId: other, locationId, accessToken: companyToken };
    assert.equal(await codeOf(locationToken(app, foreign)), "forbidden");
    const dead = { companyId, locationId, accessToken: "no.such.token" };
    assert.equal(await codeOf(locationToken(app, dead)), "unauthorized");
    assert.equal(await codeOf(installedLocations(app, dead).next()), "unauthorized");
    assert.equal(await codeOf(installedLocations(app, foreign).next()), "forbidden");

    sandbox.uninstall({ locationId });
    assert.equal(await codeOf(reconnect(app, { locationId })), "not_installed");
    sandbox.removeReconnect();
    assert.equal(await codeOf(reconnect(app, { companyId })), "endpoint_removed");
  });
}
