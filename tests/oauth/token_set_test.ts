import assert from "node:assert/strict";
import { inspect } from "node:util";
import { exchangeCode } from "../../src/oauth/exchange_code.ts";
import { reconnect } from "../../src/oauth/reconnect.ts";
import type { HighLevelApp } from "../../src/oauth/highlevel_app.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import {
  APP,
  COMPANY_ID,
  GRANT_ANSWER,
  json,
  LOCATION_ID,
  recordingFetch,
  TOKEN_ANSWER,
} from "./recording_fetch.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const REST = {
  userType: "Company",
  locationId: LOCATION_ID,
  companyId: COMPANY_ID,
  userId: "u1",
  refreshTokenId: "r1",
  planId: "p1",
  appId: "a1",
  versionId: "v1",
  approvedLocations: ["one", "two"],
  isBulkInstallation: true,
  installToFutureLocations: false,
  approveAllLocations: true,
};
const READ = {
  accessToken: "access",
  tokenType: "bearer",
  expiresAt: new Date(NOW + 60_000),
  refreshToken: "refresh",
  scope: ["a.read", "b.write"],
  ...REST,
};

const SPELLINGS = {
  legacy: {
    access_token: "access",
    token_type: "bearer",
    expires_in: 60,
    refresh_token: "refresh",
    scope: "a.read b.write",
    ...REST,
  },
  v3: {
    accessToken: "access",
    tokenType: "bearer",
    expiresIn: 60,
    refreshToken: "refresh",
    scope: "a.read b.write",
    ...REST,
  },
  "snake case throughout": {
    access_token: "access",
    token_type: "bearer",
    expires_in: "60",
    refresh_token: "refresh",
    scope: ["a.read", "b.write"],
    user_type: "Company",
    location_id: LOCATION_ID,
    company_id: COMPANY_ID,
    user_id: "u1",
    refresh_token_id: "r1",
    plan_id: "p1",
    app_id: "a1",
    version_id: "v1",
    approved_locations: ["one", "two"],
    is_bulk_installation: true,
    install_to_future_locations: false,
    approve_all_locations: true,
  },
};
for (const [name, answer] of Object.entries(SPELLINGS)) {
  for (const apiVersion of ["2021-07-28", "v3"] as const) {
    Deno.test(`an answer in ${name} spelling is read whole, though ${apiVersion} was asked for`, async () => {
      const { fetch } = recordingFetch(json(200, answer));
      const app: HighLevelApp = { ...APP, apiVersion, fetch };
      const tokens = await exchangeCode(app, { code: "c", userType: "Location" }, { now: () => NOW });
      assert.deepEqual({ ...tokens }, READ);
    });
  }
}

Deno.test("strange extras are left out and never cost the tokens", () => {
  const strange = {
    access_token: "a",
    expires_in: 0,
    token_type: 5,
    refresh_token: "",
    scope: { a: 1 },
    userType: "Agency",
    locationId: 5,
    companyId: null,
    userId: "",
    approvedLocations: "all",
    isBulkInstallation: "yes",
    unknown: "x",
    constructor: "x",
    __proto__: { planId: "inherited" },
  };
  assert.deepEqual({ ...tokenSetFrom(strange, NOW, "Location") }, {
    accessToken: "a",
    tokenType: "Bearer",
    expiresAt: new Date(NOW + 3_600_000),
    scope: [],
    userType: "Location",
  });
  const mixed = { ...TOKEN_ANSWER, scope: ["a", 5, null], approvedLocations: [5, "one", {}] };
  const tokens = tokenSetFrom(mixed, NOW, "Location");
  assert.deepEqual([tokens.scope, tokens.approvedLocations], [["a"], ["one"]]);
});

Deno.test("JSON from the wire cannot reach a prototype", () => {
  const body = JSON.parse(
    `{"access_token":"a","expires_in":1,"__proto__":{"refresh_token":"r","polluted":1}}`,
  );
  const tokens = tokenSetFrom(body, NOW, "Location");
  assert.equal(tokens.refreshToken, undefined);
  assert.ok(!("polluted" in {}));
});

Deno.test("a TokenSet inspects without its tokens, however deep, and its JSON is whole", () => {
  const tokens = tokenSetFrom(TOKEN_ANSWER, NOW, "Location");
  const nested = { a: [{ tokens }], map: new Map([["t", tokens]]) };
  for (const value of [tokens, nested]) {
    const shown = [
      Deno.inspect(value, { depth: 99 }),
      Deno.inspect(value, { depth: 99, showHidden: true, compact: false }),
      inspect(value, { depth: 99 }),
      inspect(value, { depth: 99, showHidden: true, getters: true }),
    ];
    for (const text of shown) {
      assert.ok(
        !text.includes(TOKEN_ANSWER.access_token) && !text.includes(TOKEN_ANSWER.refresh_token),
        text,
      );
      assert.ok(text.includes("[redacted]") && text.includes(LOCATION_ID), text);
    }
  }
  const { access_token, refresh_token } = TOKEN_ANSWER;
  const whole = JSON.parse(JSON.stringify(tokens));
  assert.deepEqual(whole, { ...tokens, expiresAt: tokens.expiresAt.toISOString() });
  assert.deepEqual([whole.accessToken, whole.refreshToken], [access_token, refresh_token]);
  assert.deepEqual(Object.keys(tokens).sort(), Object.keys(whole).sort());
});

Deno.test("a ReconnectGrant hides its code from JSON, inspection, spreading and cloning, and gives it when asked", async () => {
  const { fetch } = recordingFetch(json(200, GRANT_ANSWER));
  const grant = await reconnect({ ...APP, fetch }, { locationId: LOCATION_ID });
  const { authorizationCode, expiresAt, traceId } = GRANT_ANSWER;
  assert.equal(grant.authorizationCode, authorizationCode);
  assert.equal(grant.expiresAt.toISOString(), expiresAt);
  const shown = [
    JSON.stringify([grant]),
    Deno.inspect({ grant }, { showHidden: true, depth: 99 }),
    inspect({ grant }, { showHidden: true, depth: 99 }),
    JSON.stringify({ ...grant }),
    JSON.stringify(structuredClone(grant)),
  ];
  for (const text of shown) {
    assert.ok(!text.includes(authorizationCode), text);
    assert.ok(text.includes(traceId), text);
  }
});

for (const status of [200, 201, 202, 206, 299]) {
  Deno.test(`${status} is a success like any 2xx`, async () => {
    const { fetch } = recordingFetch(json(status, GRANT_ANSWER));
    const grant = await reconnect({ ...APP, fetch }, { locationId: LOCATION_ID });
    assert.equal(grant.authorizationCode, GRANT_ANSWER.authorizationCode);
  });
}

Deno.test("a Reconnect answer without a trace id, or with its moment in ms, is taken", async () => {
  const { fetch } = recordingFetch(json(200, { authorizationCode: "c", expiresAt: NOW }));
  const { expiresAt, traceId } = await reconnect({ ...APP, fetch }, { companyId: COMPANY_ID });
  assert.deepEqual([expiresAt.getTime(), traceId], [NOW, ""]);
});
