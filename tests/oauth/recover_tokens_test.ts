import assert from "node:assert/strict";
import { recoverTokens } from "../../src/oauth/recover_tokens.ts";
import { createSandbox } from "../../src/sandbox/mod.ts";
import {
  APP,
  broken,
  COMPANY_ID,
  GRANT_ANSWER,
  json,
  LOCATION_ID,
  recordingFetch,
  stillTime,
  TOKEN_ANSWER,
} from "./recording_fetch.ts";
import { rejection } from "./rejection.ts";

const INVALID_GRANT = json(400, { message: "Invalid grant: authorization code is invalid" });
const OLD = [
  { clientId: "66a1b2c3d4e5f6a7b8c9d0e1-older111", clientSecret: "older-secret-1" },
  { clientId: "66a1b2c3d4e5f6a7b8c9d0e1-older222", clientSecret: "older-secret-2" },
];

Deno.test("lost tokens of a location and of an agency come back with 2 requests", async () => {
  const sandbox = createSandbox({ seed: 7, companies: [{ locations: 1 }] });
  const [companyId = ""] = sandbox.companyIds();
  const [locationId = ""] = sandbox.locationIds();
  for (const target of [{ locationId }, { companyId }]) {
    sandbox.install(target);
    sandbox.loseTokens();
    sandbox.resetCounts();
    const tokens = await recoverTokens({ ...sandbox.app, fetch: sandbox.fetch }, target);
    assert.ok(sandbox.isLiving(tokens.accessToken) && sandbox.isLiving(tokens.refreshToken ?? ""));
    assert.equal(tokens.userType, "companyId" in target ? "Company" : "Location");
    const { reconnect, exchange, total } = sandbox.counts;
    assert.deepEqual({ reconnect, exchange, total }, { reconnect: 1, exchange: 1, total: 2 });
  }
});

Deno.test("a code that HighLevel does not find, and says so with 401, is asked for once more", async () => {
  const notFound = json(401, { error: "UnAuthorized!", error_description: "Authorization code not found" });
  const grant = json(200, GRANT_ANSWER);
  const { fetch, requests } = recordingFetch(grant, notFound, grant, json(200, TOKEN_ANSWER));
  const tokens = await recoverTokens({ ...APP, fetch }, { locationId: LOCATION_ID }, stillTime());
  assert.equal(tokens.accessToken, TOKEN_ANSWER.access_token);
  assert.equal(requests.length, 4);
});

Deno.test("a code that ended before it was exchanged is asked for once more", async () => {
  const { fetch, requests } = recordingFetch(
    json(200, GRANT_ANSWER),
    INVALID_GRANT,
    json(200, { ...GRANT_ANSWER, authorizationCode: "the-second-code" }),
    json(200, TOKEN_ANSWER),
  );
  await recoverTokens({ ...APP, fetch }, { locationId: LOCATION_ID }, stillTime());
  assert.deepEqual(requests.map(({ url }) => new URL(url).pathname), [
    "/oauth/reconnect",
    "/oauth/token",
    "/oauth/reconnect",
    "/oauth/token",
  ]);
  assert.equal(new URLSearchParams(requests[3]?.body).get("code"), "the-second-code");
});

Deno.test("a second dead code is the end: 4 requests", async () => {
  const replies = [json(200, GRANT_ANSWER), INVALID_GRANT] as const;
  const { fetch, requests } = recordingFetch(...replies, ...replies, ...replies);
  const error = await rejection(recoverTokens({ ...APP, fetch }, { locationId: LOCATION_ID }, stillTime()));
  assert.deepEqual([error.code, requests.length], ["invalid_grant", 4]);
  assert.deepEqual(error.target, { locationId: LOCATION_ID });
});

Deno.test("an exchange that was carried out but lost is healed by a second code", async () => {
  const sandbox = createSandbox({ seed: 8 });
  const { locationId } = sandbox.addLocation();
  sandbox.fault({ on: "exchange", kind: "reset_after" });
  const tokens = await recoverTokens({ ...sandbox.app, fetch: sandbox.fetch }, { locationId }, stillTime());
  assert.ok(sandbox.isLiving(tokens.accessToken));
  assert.deepEqual([sandbox.counts.reconnect, sandbox.counts.exchange], [2, 3]);
});

Deno.test("older pairs are tried in turn where the current one is refused", async () => {
  const [first, second] = OLD;
  assert.ok(first && second);
  const sandbox = createSandbox({ seed: 9, app: { previous: OLD } });
  const { locationId } = sandbox.addLocation({ clientId: second.clientId });
  const app = { ...sandbox.app, fetch: sandbox.fetch, previousCredentials: OLD };
  const tokens = await recoverTokens(app, { locationId });
  assert.ok(sandbox.isLiving(tokens.accessToken));
  const pairs = sandbox.requests.map(({ body = "" }) =>
    body.startsWith("{") ? JSON.parse(body).clientKey : new URLSearchParams(body).get("client_id")
  );
  assert.deepEqual(pairs, [app.clientId, first.clientId, second.clientId, second.clientId]);
  assert.deepEqual(sandbox.requests.map(({ status }) => status), [401, 401, 200, 200]);
});

Deno.test("where every pair is refused, the current pair's refusal is told", async () => {
  const { fetch, requests } = recordingFetch(
    json(400, { message: "App is not installed on this location", traceId: "of-the-current-pair" }),
    json(401, { message: "Invalid client: client is invalid" }),
    json(400, { message: "The moon is in the wrong phase" }),
  );
  const app = { ...APP, fetch, previousCredentials: OLD };
  const error = await rejection(recoverTokens(app, { locationId: LOCATION_ID }, stillTime()));
  assert.deepEqual([error.code, error.traceId, requests.length], ["not_installed", "of-the-current-pair", 3]);
});

const NO_OTHER_PAIR = {
  location_inactive: json(400, { message: "Location is not active" }),
  endpoint_removed: json(400, { message: "API endpoint has been removed" }),
  unavailable: json(503, {}),
  rate_limited: json(429, {}, { "Retry-After": "60" }),
  network: broken(),
};
for (const [code, reply] of Object.entries(NO_OTHER_PAIR)) {
  Deno.test(`"${code}" says nothing about the pair: no other is tried`, async () => {
    const { fetch, requests } = recordingFetch(reply);
    const app = { ...APP, fetch, previousCredentials: OLD };
    const error = await rejection(recoverTokens(app, { locationId: LOCATION_ID }, stillTime()));
    assert.equal(error.code, code);
    assert.ok(requests.every(({ body = "" }) => body.includes(APP.clientId)));
  });
}

const FOREIGN = [
  [{ locationId: LOCATION_ID }, { ...TOKEN_ANSWER, locationId: "somebodyElse" }],
  [{ locationId: LOCATION_ID }, { ...TOKEN_ANSWER, userType: "Company", companyId: COMPANY_ID }],
  [{ companyId: COMPANY_ID }, { ...TOKEN_ANSWER, companyId: COMPANY_ID }],
  [{ companyId: COMPANY_ID }, { ...TOKEN_ANSWER, userType: "Company", companyId: "somebodyElse" }],
] as const;
for (const [target, answer] of FOREIGN) {
  const of = `${answer.userType} ${answer.locationId}`;
  Deno.test(`${JSON.stringify(target)} refuses tokens of another connection (${of})`, async () => {
    const { fetch, requests } = recordingFetch(json(200, GRANT_ANSWER), json(200, answer));
    const error = await rejection(recoverTokens({ ...APP, fetch }, target, stillTime()));
    assert.equal(error.code, "malformed_response");
    assert.match(error.message, /tokens of another connection/);
    assert.deepEqual(error.target, target);
    assert.equal(requests.length, 2);
  });
}

Deno.test("tokens that do not say whose they are, are taken for the target's", async () => {
  const { userType: _, locationId: __, ...silent } = TOKEN_ANSWER;
  for (const target of [{ locationId: LOCATION_ID }, { companyId: COMPANY_ID }]) {
    const { fetch } = recordingFetch(json(200, GRANT_ANSWER), json(200, silent));
    const tokens = await recoverTokens({ ...APP, fetch }, target, stillTime());
    assert.equal(tokens.userType, "companyId" in target ? "Company" : "Location");
  }
});

Deno.test("a Reconnect code is exchanged without a redirect URI, since no authorisation request had one", async () => {
  const sandbox = createSandbox();
  const { locationId } = sandbox.addLocation({ installed: true });
  const app = { ...sandbox.app, fetch: sandbox.fetch, redirectUri: "https://elsewhere.example/" };
  const tokens = await recoverTokens(app, { locationId });
  assert.equal(tokens.locationId, locationId);
  assert.equal(sandbox.requests.at(-1)?.body?.includes("redirect"), false);
});
