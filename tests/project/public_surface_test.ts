import assert from "node:assert/strict";
import * as core from "../../mod.ts";
import { createClient } from "../../src/client/mod.ts";
import * as sandbox from "../../src/sandbox/mod.ts";
import type {
  ConnectionEvent,
  ConnectionStatus,
  ConnectionTarget,
  HighLevelApp,
  HighLevelErrorCode,
  InstalledLocation,
  ReconnectGrant,
  Recovery,
  RequestOptions,
  TokenSet,
  TokenStore,
  WebhookEvent,
} from "../../mod.ts";

const FUNCTIONS = [
  "reconnect",
  "exchangeCode",
  "refreshTokens",
  "locationToken",
  "installedLocations",
  "authorizationUrl",
  "recoverTokens",
  "verifyWebhook",
  "sealed",
  "generateSealingKey",
];
const CLASSES = ["Connections", "HighLevelError", "MemoryStore", "CloudflareKvStore", "DenoKvStore"];
const METHODS = [
  "save",
  "authorize",
  "accessToken",
  "fetch",
  "recover",
  "recoverAll",
  "get",
  "list",
  "forget",
];

const exported: Record<string, unknown> = { ...core };

for (const name of [...FUNCTIONS, ...CLASSES]) {
  Deno.test(`mod.ts exports ${name}`, () => assert.equal(typeof exported[name], "function"));
}

for (const name of METHODS) {
  Deno.test(`Connections has ${name}()`, () => {
    const method = Object.getOwnPropertyDescriptor(core.Connections.prototype, name);
    assert.equal(typeof method?.value, "function");
  });
}

/** What a client of a deployed worker shares with `Connections`, and has besides. */
const CLIENT = ["accessToken", "fetch", "recover", "get", "list", "save", "forget", "recoverMany", "link"];

Deno.test(`a worker's client has ${CLIENT.join(", ")}`, () => {
  const made: Record<string, unknown> = { ...createClient({ url: "https://worker.example", key: "key" }) };
  for (const name of CLIENT) assert.equal(typeof made[name], "function", name);
});

Deno.test("the sandbox is made by createSandbox", () =>
  assert.equal(typeof sandbox.createSandbox, "function"));

Deno.test("the types of the surface are as documented", () => {
  const app: HighLevelApp = {
    clientId: "a",
    clientSecret: "b",
    redirectUri: "https://app.example/",
    apiVersion: "v3",
    baseUrl: "https://proxy.example",
    marketplaceUrl: "https://marketplace.example",
    fetch: (input, init) => fetch(input, init),
    previousCredentials: [{ clientId: "c", clientSecret: "d" }],
  };
  const options: RequestOptions = { signal: AbortSignal.abort(), timeoutMs: 1 };
  const targets: ConnectionTarget[] = [{ locationId: "l" }, { companyId: "c" }];
  // @ts-expect-error exactly one id, never both
  targets.push({ locationId: "l", companyId: "c" });
  const tokens: TokenSet = {
    accessToken: "a",
    tokenType: "Bearer",
    expiresAt: new Date(0),
    scope: [],
    userType: "Location",
  };
  const grant: ReconnectGrant = { authorizationCode: "c", expiresAt: new Date(0), traceId: "t" };
  const location: InstalledLocation = { locationId: "l", isInstalled: true };
  const statuses: Record<ConnectionStatus, true> = {
    connected: true,
    broken: true,
    paused: true,
    reauthorization_required: true,
  };
  const outcomes: Record<Recovery["outcome"], true> = {
    recovered: true,
    paused: true,
    reauthorization_required: true,
    failed: true,
  };
  const ways: Record<NonNullable<Recovery["by"]>, true> = {
    store: true,
    refresh: true,
    reconnect: true,
    agency: true,
  };
  const used: [unknown, ...unknown[]] = [
    app,
    options,
    targets,
    tokens,
    grant,
    location,
    statuses,
    outcomes,
    ways,
  ];
  const store: TokenStore = new core.MemoryStore();
  const tell = (event: ConnectionEvent | WebhookEvent): string => event.type;
  assert.ok(used.every(Boolean) && store && tell);
});

Deno.test("the codes of HighLevelError are the documented ones, and retryable follows from the code", () => {
  const codes: Record<HighLevelErrorCode, boolean> = {
    invalid_request: false,
    invalid_client: false,
    invalid_grant: false,
    endpoint_removed: false,
    location_inactive: false,
    not_installed: false,
    forbidden: false,
    unauthorized: false,
    rate_limited: true,
    unavailable: true,
    network: true,
    timeout: true,
    malformed_response: true,
    reauthorization_required: false,
    store_failed: true,
    invalid_webhook: false,
    wrong_connection: false,
  };
  assert.equal(Object.keys(codes).length, 17);
  const isCode = (code: string): code is HighLevelErrorCode => code in codes;
  for (const code of Object.keys(codes).filter(isCode)) {
    const error = new core.HighLevelError(code, "what happened", {
      status: 400,
      traceId: "t",
      retryAfterMs: 5,
      target: { locationId: "l" },
    });
    assert.ok(error instanceof Error);
    assert.equal(error.retryable, codes[code]);
    assert.deepEqual(JSON.parse(JSON.stringify(error)), {
      name: "HighLevelError",
      message: "what happened",
      code,
      status: 400,
      traceId: "t",
      retryable: codes[code],
      retryAfterMs: 5,
      target: { locationId: "l" },
    });
    assert.match(error.stack ?? "", /^HighLevelError: what happened/);
  }
  assert.deepEqual(Object.keys(new core.HighLevelError("timeout", "m")).sort(), [
    "code",
    "name",
    "retryable",
  ]);
});
