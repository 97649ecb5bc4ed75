import assert from "node:assert/strict";
import OAuth2Server from "@node-oauth/oauth2-server";
import { exchangeCode } from "../../src/oauth/exchange_code.ts";
import type { HighLevelApp } from "../../src/oauth/highlevel_app.ts";
import { refreshTokens } from "../../src/oauth/refresh_tokens.ts";
import { APP, stillTime } from "./recording_fetch.ts";
import { rejection } from "./rejection.ts";

// A token endpoint that nobody of this project wrote; HighLevel's own messages are this library's.

const REDIRECT_URI = "https://app.example/cb";

Deno.test("a code buys tokens from an independent OAuth server, and lacking HighLevel's userType, what was asked for is taken", async () => {
  const { app, issueCode, isLiving } = independentServer();
  for (const userType of ["Location", "Company"] as const) {
    const before = Date.now();
    const tokens = await exchangeCode(app, { code: issueCode(), userType });
    assert.equal(tokens.userType, userType);
    assert.equal(tokens.tokenType, "Bearer");
    assert.deepEqual(tokens.scope, ["contacts.readonly", "contacts.write"]);
    const lifetimeMs = tokens.expiresAt.getTime() - before;
    assert.ok(lifetimeMs > 3_590_000 && lifetimeMs < 3_610_000, `${lifetimeMs}`);
    assert.ok(isLiving(tokens.accessToken) && isLiving(tokens.refreshToken ?? ""));
    assert.equal(tokens.locationId, undefined);
  }
});

Deno.test("refresh tokens rotate at an independent OAuth server, and a used one is invalid_grant", async () => {
  const { app, issueCode, isLiving, requests } = independentServer();
  let { refreshToken = "" } = await exchangeCode(app, { code: issueCode(), userType: "Location" });
  const spent: string[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const tokens = await refreshTokens(app, { refreshToken, userType: "Location" });
    spent.push(refreshToken);
    refreshToken = tokens.refreshToken ?? "";
    assert.ok(isLiving(refreshToken) && isLiving(tokens.accessToken));
    assert.ok(spent.every((token) => !isLiving(token)));
  }
  const before = requests();
  for (const token of spent) {
    const error = await rejection(refreshTokens(app, { refreshToken: token, userType: "Location" }));
    assert.deepEqual([error.code, error.status, error.retryable], ["invalid_grant", 400, false]);
    assert.match(error.message, /refresh token is invalid/);
    assert.ok(!error.message.includes(token));
  }
  assert.equal(requests() - before, spent.length, "an answered refresh is never repeated");
});

Deno.test("a used, an unknown and an expired code are invalid_grant at an independent OAuth server", async () => {
  const { app, issueCode } = independentServer();
  const used = issueCode();
  await exchangeCode(app, { code: used, userType: "Location" });
  for (const code of [used, "nobody-issued-this", issueCode({ expiresInMs: -1_000 })]) {
    const error = await rejection(exchangeCode(app, { code, userType: "Location" }, stillTime()));
    assert.deepEqual([error.code, error.status], ["invalid_grant", 400]);
  }
});

Deno.test("wrong credentials are invalid_client at an independent OAuth server", async () => {
  const { app, issueCode } = independentServer();
  const code = issueCode();
  for (const wrong of [{ clientSecret: "not-the-secret" }, { clientId: "not-the-id" }]) {
    const error = await rejection(exchangeCode({ ...app, ...wrong }, { code, userType: "Location" }));
    assert.equal(error.code, "invalid_client");
    assert.equal(error.retryable, false);
  }
  await exchangeCode(app, { code, userType: "Location" }); // the code was not burnt by them
});

Deno.test("a redirect URI that is not the code's is an error at an independent OAuth server, not a lost token", async () => {
  const { app, issueCode } = independentServer();
  const exchange = {
    code: issueCode(),
    userType: "Location",
    redirectUri: "https://elsewhere.example/",
  } as const;
  assert.equal((await rejection(exchangeCode(app, exchange))).code, "invalid_request");
});

Deno.test("v3's spelling is refused by an OAuth server that knows the standard only", async () => {
  const { app, issueCode } = independentServer();
  const v3: HighLevelApp = { ...app, apiVersion: "v3" };
  const error = await rejection(exchangeCode(v3, { code: issueCode(), userType: "Location" }));
  assert.equal(error.code, "invalid_client");
});

/** The library as a token endpoint behind `fetch`, with its codes and tokens in memory. */
function independentServer() {
  const client = { id: APP.clientId, grants: ["authorization_code", "refresh_token"] };
  const codes = new Map<string, OAuth2Server.AuthorizationCode>();
  const access = new Map<string, OAuth2Server.Token>();
  const refresh = new Map<string, OAuth2Server.RefreshToken>();
  const user = { id: "a user" };
  let requests = 0;

  const model: OAuth2Server.AuthorizationCodeModel & OAuth2Server.RefreshTokenModel = {
    getClient: (id, secret) =>
      Promise.resolve(id === APP.clientId && secret === APP.clientSecret ? client : false),
    getAuthorizationCode: (code) => Promise.resolve(codes.get(code)),
    saveAuthorizationCode: () => Promise.resolve(false), // nobody authorises here
    revokeAuthorizationCode: ({ authorizationCode }) => Promise.resolve(codes.delete(authorizationCode)),
    getAccessToken: (token) => Promise.resolve(access.get(token)),
    getRefreshToken: (token) => Promise.resolve(refresh.get(token)),
    revokeToken: ({ refreshToken }) => Promise.resolve(refresh.delete(refreshToken)),
    saveToken: (token, client, user) => {
      const saved = { ...token, client, user };
      access.set(token.accessToken, saved);
      if (token.refreshToken) refresh.set(token.refreshToken, { ...saved, refreshToken: token.refreshToken });
      return Promise.resolve(saved);
    },
  };
  const server = new OAuth2Server({ model, accessTokenLifetime: 3_600 });

  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    requests++;
    const request = new Request(url, init);
    const text = await request.text();
    const headers = { ...Object.fromEntries(request.headers), "content-length": `${text.length}` };
    const body = Object.fromEntries(new URLSearchParams(text));
    const response = new OAuth2Server.Response({ headers: {} });
    const asked = new OAuth2Server.Request({ headers, method: request.method, query: {}, body });
    await server.token(asked, response).catch(() => {}); // what went wrong is in `response` too
    return Response.json(response.body, { status: response.status ?? 500, headers: response.headers ?? {} });
  };

  return {
    app: { ...APP, fetch, redirectUri: REDIRECT_URI },
    issueCode({ expiresInMs = 60_000 } = {}): string {
      const authorizationCode = crypto.randomUUID().replaceAll("-", "");
      const expiresAt = new Date(Date.now() + expiresInMs);
      const scope = ["contacts.readonly", "contacts.write"];
      codes.set(authorizationCode, {
        authorizationCode,
        expiresAt,
        redirectUri: REDIRECT_URI,
        scope,
        client,
        user,
      });
      return authorizationCode;
    },
    isLiving: (token: string): boolean => access.has(token) || refresh.has(token),
    requests: () => requests,
  };
}
