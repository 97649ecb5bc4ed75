import assert from "node:assert/strict";
import { exchangeCode } from "../../../src/oauth/exchange_code.ts";
import { installedLocations } from "../../../src/oauth/installed_locations.ts";
import { locationToken } from "../../../src/oauth/location_token.ts";
import { reconnect } from "../../../src/oauth/reconnect.ts";
import { refreshTokens } from "../../../src/oauth/refresh_tokens.ts";
import {
  APP,
  COMPANY_ID,
  GRANT_ANSWER,
  json,
  LOCATION_ID,
  recordingFetch,
  TOKEN_ANSWER,
} from "../recording_fetch.ts";

const HOST = "https://services.leadconnectorhq.com";
const FORM = "application/x-www-form-urlencoded";

for (const apiVersion of [undefined, "2021-07-28", "v3"] as const) {
  const app = apiVersion ? { ...APP, apiVersion } : APP;
  const v3 = apiVersion === "v3";
  const version = apiVersion ?? "2021-07-28";
  const name = apiVersion ?? "no version named";

  Deno.test(`reconnect posts the credentials and one id as JSON (${name})`, async () => {
    for (const target of [{ locationId: LOCATION_ID }, { companyId: COMPANY_ID }]) {
      const { fetch, requests } = recordingFetch(json(200, GRANT_ANSWER));
      await reconnect({ ...app, fetch }, target);
      const [id, value] = Object.entries(target)[0] ?? [];
      assertRequests(requests, [{
        method: "POST",
        url: `${HOST}/oauth/reconnect`,
        headers: { accept: "application/json", "content-type": "application/json" },
        body: `{"clientKey":"${APP.clientId}","clientSecret":"${APP.clientSecret}","${id}":"${value}"}`,
      }]);
    }
  });

  Deno.test(`exchangeCode posts the code as a form, every byte encoded (${name})`, async () => {
    const { fetch, requests } = recordingFetch(json(200, TOKEN_ANSWER));
    const redirectUri = "https://app.example/cb?a=1&b=2";
    await exchangeCode({ ...app, fetch, redirectUri }, { code: "a+b/c=&d e~é", userType: "Location" });
    const code = "a%2Bb%2Fc%3D%26d+e%7E%C3%A9";
    const uri = "https%3A%2F%2Fapp.example%2Fcb%3Fa%3D1%26b%3D2";
    assertRequests(requests, [{
      method: "POST",
      url: `${HOST}/oauth/token`,
      headers: { accept: "application/json", "content-type": FORM, version },
      body: v3
        ? `clientId=${APP.clientId}&clientSecret=${APP.clientSecret}&grantType=authorization_code` +
          `&code=${code}&userType=Location&redirectUri=${uri}`
        : `client_id=${APP.clientId}&client_secret=${APP.clientSecret}&grant_type=authorization_code` +
          `&code=${code}&user_type=Location&redirect_uri=${uri}`,
    }]);
  });

  Deno.test(`refreshTokens posts the refresh token and no redirect URI (${name})`, async () => {
    const { fetch, requests } = recordingFetch(json(200, TOKEN_ANSWER));
    const configured = { ...app, fetch, redirectUri: "https://app.example/cb" };
    await refreshTokens(configured, { refreshToken: "r.e-f_1", userType: "Company" });
    assertRequests(requests, [{
      method: "POST",
      url: `${HOST}/oauth/token`,
      headers: { accept: "application/json", "content-type": FORM, version },
      body: v3
        ? `clientId=${APP.clientId}&clientSecret=${APP.clientSecret}&grantType=refresh_token` +
          `&refreshToken=r.e-f_1&userType=Company`
        : `client_id=${APP.clientId}&client_secret=${APP.clientSecret}&grant_type=refresh_token` +
          `&refresh_token=r.e-f_1&user_type=Company`,
    }]);
  });

  Deno.test(`locationToken posts both ids with the company's bearer token (${name})`, async () => {
    const { fetch, requests } = recordingFetch(json(201, TOKEN_ANSWER));
    const request = { companyId: COMPANY_ID, locationId: LOCATION_ID, accessToken: "com.pa-ny_1" };
    await locationToken({ ...app, fetch }, request);
    assertRequests(requests, [{
      method: "POST",
      url: `${HOST}/oauth/${v3 ? "location-token" : "locationToken"}`,
      headers: {
        accept: "application/json",
        authorization: "Bearer com.pa-ny_1",
        "content-type": FORM,
        version,
      },
      body: `companyId=${COMPANY_ID}&locationId=${LOCATION_ID}`,
    }]);
  });

  Deno.test(`installedLocations gets page after page with the company's bearer token (${name})`, async () => {
    const { fetch, requests } = recordingFetch(
      json(200, {
        ...v3
          ? { items: [{ _id: "one" }, { _id: "two" }] }
          : { locations: [{ _id: "one" }, { _id: "two" }], count: 3 },
        pagination: v3 ? { hasNextPage: true, nextPageToken: "p/2=" } : undefined,
      }),
      json(200, {
        ...v3 ? { items: [{ _id: "three" }] } : { locations: [{ _id: "three" }], count: 3 },
        pagination: v3 ? { hasNextPage: false, nextPageToken: "p/3=" } : undefined,
      }),
    );
    const request = { companyId: COMPANY_ID, accessToken: "com.pa-ny_1", pageSize: 2 };
    const found = await Array.fromAsync(installedLocations({ ...app, fetch }, request));
    assert.deepEqual(found.map(({ locationId }) => locationId), ["one", "two", "three"]);
    const common = {
      method: "GET",
      headers: { accept: "application/json", authorization: "Bearer com.pa-ny_1", version },
      body: undefined,
    };
    const query = `companyId=${COMPANY_ID}&appId=66a1b2c3d4e5f6a7b8c9d0e1&isInstalled=true`;
    const url = v3
      ? `${HOST}/oauth/installed-locations?${query}&pageSize=2`
      : `${HOST}/oauth/installedLocations?${query}&limit=2`;
    assertRequests(requests, [
      { ...common, url: v3 ? url : `${url}&skip=0` },
      { ...common, url: v3 ? `${url}&pageToken=p%2F2%3D` : `${url}&skip=2` },
    ]);
  });
}

Deno.test("a base URL keeps its path, and its last slash is not doubled", async () => {
  for (const baseUrl of ["https://proxy.example/hl", "https://proxy.example/hl//"]) {
    const { fetch, requests } = recordingFetch(json(200, GRANT_ANSWER));
    await reconnect({ ...APP, baseUrl, fetch }, { locationId: LOCATION_ID });
    assert.deepEqual(requests.map(({ url }) => url), ["https://proxy.example/hl/oauth/reconnect"]);
  }
});

Deno.test("a redirect URI of the exchange itself goes before the app's", async () => {
  const { fetch, requests } = recordingFetch(json(200, TOKEN_ANSWER));
  const app = { ...APP, fetch, redirectUri: "https://app.example/a" };
  await exchangeCode(app, { code: "c", userType: "Location", redirectUri: "https://app.example/b" });
  assert.equal(new URLSearchParams(requests[0]?.body).get("redirect_uri"), "https://app.example/b");
});

function assertRequests(
  requests: ReturnType<typeof recordingFetch>["requests"],
  expected: readonly { method: string; url: string; headers: object; body: string | undefined }[],
): void {
  const seen = requests.map(({ method, url, headers: { "user-agent": agent = "", ...headers }, body }) => {
    assert.match(agent, /^highlevel-reconnect /, "Cloudflare refuses clients without a proper one");
    return { method, url, headers, body };
  });
  assert.deepEqual(seen, expected);
  for (const { redirect } of requests) {
    assert.equal(redirect, "manual", "credentials must not follow a redirect");
  }
}
