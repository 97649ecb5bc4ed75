import assert from "node:assert/strict";
import { authorizationUrl } from "../../src/oauth/authorization_url.ts";
import { exchangeCode } from "../../src/oauth/exchange_code.ts";
import { installedLocations } from "../../src/oauth/installed_locations.ts";
import { locationToken } from "../../src/oauth/location_token.ts";
import { reconnect } from "../../src/oauth/reconnect.ts";
import { recoverTokens } from "../../src/oauth/recover_tokens.ts";
import { refreshTokens } from "../../src/oauth/refresh_tokens.ts";
import { checkId, checkTarget } from "../../src/oauth/target.ts";
import fc from "fast-check";
import { CALL_NAMES, CALLS } from "./endpoint_calls.ts";
import { APP, COMPANY_ID, GRANT_ANSWER, json, LOCATION_ID, recordingFetch } from "./recording_fetch.ts";

const BAD_IDS = ["", " ", "a b", "a/b", "../x", "a?b", "é", "a\n", "a.b", "x".repeat(129), null, 5, {}, [
  "abc",
]];

/** What a JavaScript caller may hand over; the types forbid most of it. */
const APPS: readonly (readonly [field: string, change: Record<string, unknown>])[] = [
  ...["", "  ", undefined, null, 5].map((clientId) => ["app.clientId", { clientId }] as const),
  ...["", "\t", undefined, null, {}].map((clientSecret) => ["app.clientSecret", { clientSecret }] as const),
  ...["2021-04-15", "V3", "", 3, null].map((apiVersion) => ["app.apiVersion", { apiVersion }] as const),
  ...[
    "http://services.leadconnectorhq.com",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
    "http://10.0.0.1",
    "http://0.0.0.0",
    "ftp://localhost",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://user@services.leadconnectorhq.com",
    "https://:password@services.leadconnectorhq.com",
    "https://services.leadconnectorhq.com?",
    "https://services.leadconnectorhq.com?a=b",
    "https://services.leadconnectorhq.com#",
    "https://services.leadconnectorhq.com/#a",
    " https://services.leadconnectorhq.com",
    "https://services.leadconnectorhq.com\n",
    "services.leadconnectorhq.com",
    "http://localhost\\@evil.example",
    "http://localhost@evil.example",
    "http://localhost:1@evil.example",
    "http://127.0.0.1:80:80",
    "https://x.example:99999",
    "https:\\\\x.example",
    "https://",
    "/oauth",
    "",
    5,
  ].map((baseUrl) => ["app.baseUrl", { baseUrl }] as const),
  ["app.fetch", { fetch: "fetch" }],
  ["app.marketplaceUrl", { marketplaceUrl: "http://marketplace.example" }],
  ["app.previousCredentials[0].clientSecret", { previousCredentials: [{ clientId: "a" }] }],
  ["app.previousCredentials[1].clientId", {
    previousCredentials: [{ clientId: "a", clientSecret: "b" }, null],
  }],
];

for (const [field, change] of APPS) {
  Deno.test(`an app with ${JSON.stringify(change)} is a TypeError about ${field}, before any request`, async () => {
    const { fetch, requests } = recordingFetch(json(200, GRANT_ANSWER));
    const app = loose({ ...APP, fetch, ...change });
    for (const name of CALL_NAMES) await rejectsNaming(field, CALLS[name](app, {}));
    await rejectsNaming(field, recoverTokens(app, { locationId: LOCATION_ID }));
    throwsNaming(field, () => authorizationUrl(app, { scope: "s", redirectUri: "https://app.example/" }));
    assert.equal(requests.length, 0);
  });
}

for (
  const baseUrl of [
    "https://x.example",
    "http://localhost:8787",
    "http://127.0.0.1:1/a",
    "http://[::1]:1",
    "http://127.9.9.9/",
  ]
) {
  Deno.test(`${baseUrl} is a base URL`, async () => {
    const { fetch, requests } = recordingFetch(json(200, GRANT_ANSWER));
    await reconnect({ ...APP, baseUrl, fetch }, { locationId: LOCATION_ID });
    assert.deepEqual(requests.map(({ url }) => url), [`${baseUrl.replace(/\/$/, "")}/oauth/reconnect`]);
  });
}

const TARGETS: readonly (readonly [field: string, target: unknown])[] = [
  ["target", undefined],
  ["target", null],
  ["target", {}],
  ["target", { locationId: LOCATION_ID, companyId: COMPANY_ID }],
  ["target", { locationId: "", companyId: COMPANY_ID }],
  ...BAD_IDS.map((id) => ["locationId", { locationId: id }] as const),
  ...BAD_IDS.map((id) => ["companyId", { companyId: id }] as const),
];

for (const [field, target] of TARGETS) {
  Deno.test(`the target ${JSON.stringify(target)} is a TypeError about ${field}`, async () => {
    const { fetch, requests } = recordingFetch(json(200, GRANT_ANSWER));
    await rejectsNaming(field, reconnect({ ...APP, fetch }, loose(target)));
    await rejectsNaming(field, recoverTokens({ ...APP, fetch }, loose(target)));
    assert.equal(requests.length, 0);
  });
}

const BAD_TEXTS = ["", "  ", undefined, null, 5, {}];
const BAD_BEARERS = [...BAD_TEXTS, "a b", "a\r\nX-Evil: 1", "a\n", "é"];
const BAD_USER_TYPES = ["", "location", "Agency", undefined, null, 5];

const REQUESTS: readonly [
  field: string,
  send: (app: typeof APP, value: unknown) => Promise<unknown>,
  values: unknown[],
][] = [
  ["code", (app, code) => exchangeCode(app, loose({ code, userType: "Location" })), BAD_TEXTS],
  ["userType", (app, userType) => exchangeCode(app, loose({ code: "c", userType })), BAD_USER_TYPES],
  [
    "refreshToken",
    (app, refreshToken) => refreshTokens(app, loose({ refreshToken, userType: "Location" })),
    BAD_TEXTS,
  ],
  ["userType", (app, userType) => refreshTokens(app, loose({ refreshToken: "r", userType })), BAD_USER_TYPES],
  [
    "companyId",
    (app, companyId) => locationToken(app, loose({ companyId, locationId: "l", accessToken: "a" })),
    [undefined, ...BAD_IDS],
  ],
  [
    "locationId",
    (app, locationId) => locationToken(app, loose({ companyId: "c", locationId, accessToken: "a" })),
    [undefined, ...BAD_IDS],
  ],
  [
    "accessToken",
    (app, accessToken) => locationToken(app, loose({ companyId: "c", locationId: "l", accessToken })),
    BAD_BEARERS,
  ],
  [
    "companyId",
    (app, companyId) => installedLocations(app, loose({ companyId, accessToken: "a" })).next(),
    [undefined, ...BAD_IDS],
  ],
  [
    "accessToken",
    (app, accessToken) => installedLocations(app, loose({ companyId: "c", accessToken })).next(),
    BAD_BEARERS,
  ],
  [
    "pageSize",
    (app, pageSize) => installedLocations(app, loose({ companyId: "c", accessToken: "a", pageSize })).next(),
    [0, -1, 501, 1.5, NaN, Infinity, "10", null],
  ],
];

for (const [field, send, values] of REQUESTS) {
  for (const value of values) {
    Deno.test(`${Deno.inspect(value)} as ${field} is a TypeError, before any request: ${send}`, async () => {
      const { fetch, requests } = recordingFetch(json(200, GRANT_ANSWER));
      await rejectsNaming(field, send({ ...APP, ...{ fetch } }, value));
      assert.equal(requests.length, 0);
    });
  }
}

// setTimeout takes Infinity, NaN and anything over 24 days for "at once": a refresh would be spent and its answer lost.
for (const timeoutMs of [0, -1, NaN, Infinity, 2 ** 31, "soon", null]) {
  Deno.test(`a time limit of ${timeoutMs} ms is a TypeError, before any request`, async () => {
    const { fetch, requests } = recordingFetch(json(200, GRANT_ANSWER));
    for (const name of CALL_NAMES) {
      await rejectsNaming("timeoutMs", CALLS[name]({ ...APP, fetch }, loose({ timeoutMs })));
    }
    assert.equal(requests.length, 0);
  });
}

Deno.test("the longest time limit that a timer knows is one", async () => {
  const { fetch } = recordingFetch(json(200, GRANT_ANSWER));
  await reconnect({ ...APP, fetch }, { locationId: LOCATION_ID }, { timeoutMs: 2 ** 31 - 1 });
});

const LINKS: readonly (readonly [field: string, request: unknown])[] = [
  ["scope", { scope: "", redirectUri: "https://app.example/" }],
  ["scope", { scope: [], redirectUri: "https://app.example/" }],
  ["scope", { redirectUri: "https://app.example/" }],
  ["redirectUri", { scope: "contacts.readonly" }],
  ["redirectUri", { scope: "contacts.readonly", redirectUri: "" }],
];
for (const [field, request] of LINKS) {
  Deno.test(`authorizationUrl with ${JSON.stringify(request)} is a TypeError about ${field}`, () => {
    throwsNaming(field, () => authorizationUrl(APP, loose(request)));
  });
}

Deno.test("an id is 1 to 128 letters, digits, _ or -, and nothing else", () => {
  fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/), (id) => {
    assert.equal(checkId("locationId", id), id);
    checkTarget({ locationId: id });
    checkTarget({ companyId: id });
  }));
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (id) => {
    if (/^[A-Za-z0-9_-]{1,128}$/.test(id) && !id.endsWith("\n")) return;
    assert.throws(() => checkId("locationId", id), TypeError);
  }));
  fc.assert(fc.property(fc.anything(), (id) => {
    if (typeof id !== "string") assert.throws(() => checkId("companyId", id), TypeError);
  }));
});

async function rejectsNaming(field: string, promise: Promise<unknown>): Promise<void> {
  const error = await promise.then(() => undefined, (error) => error);
  checkNames(field, error);
}

function throwsNaming(field: string, call: () => unknown): void {
  try {
    call();
  } catch (error) {
    return checkNames(field, error);
  }
  assert.fail("it should have thrown");
}

function checkNames(field: string, error: unknown): void {
  assert.ok(error instanceof TypeError, `no TypeError: ${Deno.inspect(error)}`);
  assert.ok(error.message.startsWith(field), error.message);
  assert.ok(!error.message.includes(APP.clientSecret));
}

/** A value without its type, as JavaScript callers pass them. */
// deno-lint-ignore no-explicit-any
function loose(value: unknown): any {
  return value;
}
