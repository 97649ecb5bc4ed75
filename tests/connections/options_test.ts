import assert from "node:assert/strict";
import * as core from "../../mod.ts";
import { isObject } from "../../src/oauth/fields.ts";
import { world } from "./world.ts";

const APP = { clientId: "0123456789abcdef01234567-a", clientSecret: "a secret" };
const TOKENS = {
  accessToken: "a",
  tokenType: "Bearer",
  expiresAt: new Date(1e13),
  scope: [],
  userType: "Location",
};
const { connections, memory, sandbox } = world();

/** Calls that TypeScript forbids and JavaScript makes, and what is said of each. */
const MISTAKES: readonly (readonly [call: string, make: () => unknown, message: RegExp])[] = [
  ["new Connections()", make(core.Connections), /^app must be an object with clientId and clientSecret$/],
  ["new Connections({ store })", make(core.Connections, { store: memory }), /^app must be an object/],
  ["new Connections({ app })", make(core.Connections, { app: APP }), /^store must be a TokenStore/],
  ...[
    { timeoutMs: 0 },
    { timeoutMs: NaN },
    { storeTimeoutMs: 0 },
    { storeTimeoutMs: Infinity }, // a timer would fire at once
    { storeTimeoutMs: 2 ** 31 },
    { refreshMarginMs: -1 },
    { coolDownMs: NaN },
    { onEvent: "x" },
  ].map((option) =>
    [
      `new Connections({ ${Object.entries(option).join().replace(",", ": ")} })`,
      make(core.Connections, { app: APP, store: memory, ...option }),
      new RegExp(`^${Object.keys(option)} must be `),
    ] as const
  ),
  [
    "new Connections({ app: { fetch } })",
    make(core.Connections, { app: { ...APP, fetch: "fetch" }, store: memory }),
    /^app\.fetch must be a function$/,
  ],
  ["recoverTokens()", call(core.recoverTokens), /^app must be an object with clientId and clientSecret$/],
  ["recoverTokens(app)", call(core.recoverTokens, APP), /^target must have either locationId or companyId$/],
  [
    "recoverTokens(app, both)",
    call(core.recoverTokens, APP, { locationId: "a", companyId: "b" }),
    /^target must have only one of/,
  ],
  ["reconnect()", call(core.reconnect), /^app must be an object/],
  ["exchangeCode()", call(core.exchangeCode), /^app must be an object/],
  ["exchangeCode(app)", call(core.exchangeCode, APP), /^code must be a non-empty string$/],
  ["refreshTokens(app)", call(core.refreshTokens, APP), /^refreshToken must be/],
  ["locationToken(app)", call(core.locationToken, APP), /^companyId must be/],
  ["installedLocations(app)", call(core.installedLocations, APP), /^companyId must be/],
  ["authorizationUrl()", call(core.authorizationUrl), /^app must be an object/],
  ["authorizationUrl(app)", call(core.authorizationUrl, APP), /^redirectUri must be/],
  [
    "verifyWebhook()",
    call(core.verifyWebhook),
    /^request must be a Request, or have headers and the raw body$/,
  ],
  ["accessToken()", method("accessToken"), /^target must have either/],
  ["accessToken(an id)", method("accessToken", "ve9EPM428h8vShlRW1KT"), /^target must have either/],
  // No token would last long enough: each call would spend a refresh token.
  ...["1h", NaN, -1].map((minLifetimeMs) =>
    [
      `accessToken({ minLifetimeMs: ${minLifetimeMs} })`,
      method("accessToken", { locationId: "a" }, { minLifetimeMs }),
      /^minLifetimeMs must be 0 or more$/,
    ] as const
  ),
  ["recover()", method("recover"), /^target must have either/],
  ["forget()", method("forget"), /^target must have either/],
  ["check()", method("check"), /^target must have either/],
  ["fetcher()", method("fetcher"), /^target must have either/],
  ["authorize()", method("authorize"), /^code must be a non-empty string$/],
  ["recoverAll()", method("recoverAll"), /^targets must be iterable$/],
  ["recoverAll(target)", method("recoverAll", { locationId: "a" }), /^targets must be iterable$/],
  ...["yesterday", new Date(NaN)].map((gotAt) =>
    [
      `save({ gotAt: ${gotAt} })`,
      method("save", { locationId: "a" }, TOKENS, { gotAt }),
      /^gotAt must be a valid Date$/,
    ] as const
  ),
  ["save(target)", method("save", { locationId: "a" }), /^tokens\.accessToken must be/],
  [
    "list({ status })",
    method("list", { status: "lost" }),
    /^status must be one of connected, broken, paused, reauthorization_required$/,
  ],
  ["maintain({ limit: 0 })", method("maintain", { limit: 0 }), /^limit must be a whole number from 1/],
];

function make(kind: unknown, ...given: unknown[]): () => unknown {
  assert.ok(typeof kind === "function");
  return () => Reflect.construct(kind, given);
}

function call(what: unknown, ...given: unknown[]): () => unknown {
  assert.ok(typeof what === "function");
  return () => Reflect.apply(what, undefined, given);
}

function method(name: keyof typeof connections, ...given: unknown[]): () => unknown {
  return () => Reflect.apply(connections[name], connections, given);
}

/** Lets `run` do its work, whatever it gives: a value, a promise, or an iterator. */
async function outcomeOf(run: () => unknown): Promise<unknown> {
  const result = await run();
  return isObject(result) && typeof result.next === "function" ? await result.next() : result;
}

for (const [what, run, message] of MISTAKES) {
  Deno.test(`C15: ${what} names the mistake, before any request`, async () => {
    await assert.rejects(outcomeOf(run), { name: "TypeError", message });
    assert.equal(sandbox.counts.total, 0);
  });
}
