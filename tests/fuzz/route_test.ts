import assert from "node:assert/strict";
import fc from "fast-check";
import { createApp, routes } from "../../src/worker/create_app.ts";
import type { WorkerEnv } from "../../src/worker/env.ts";
import { FakeKvNamespace } from "../stores/fake_kv_namespace.ts";
import { diskAssets } from "../worker/disk_assets.ts";
import { KEYS, SEALING_KEY } from "../worker/worker_world.ts";
import { fuzz, jsonWith } from "./fuzz.ts";

/** Names of the objects that were reached. */
const reached: string[] = [];
const NOT_OK = { ok: false, error: { code: "not_installed", message: "Not here.", retryable: false } };
const RECOVERY = { target: { locationId: "x" }, outcome: "failed", attempts: [], error: NOT_OK.error };

/** Objects that know nothing and say so. */
function namespace(): object {
  const api = {
    describe: () => Promise.resolve({ history: [], installation: {} }),
    token: () => Promise.resolve(NOT_OK),
    check: () => Promise.resolve({ ok: true, token: "unknown" }),
    recover: () => Promise.resolve(RECOVERY),
    save: () => Promise.resolve({ ok: true }),
    forget: () => Promise.resolve({ ok: true }),
    create: () => Promise.resolve(),
    add: () => Promise.resolve(),
    start: () => Promise.resolve(),
    progress: () => Promise.resolve(undefined),
    changes: () => Promise.resolve(undefined),
    pause: () => Promise.resolve(undefined),
    resume: () => Promise.resolve(undefined),
    cancel: () => Promise.resolve(undefined),
    jobs: () => Promise.resolve({ recoveries: [] }),
    hours: () => Promise.resolve([]),
    list: () => Promise.resolve({ rows: [], total: 0, isComplete: true }),
    counts: () => Promise.resolve({ total: 0, byStatus: {}, byKind: {}, byCause: [], isComplete: true }),
    keys: () => Promise.resolve({ keys: [], isMore: false, isComplete: true }),
    erase: () => Promise.resolve(NOT_OK),
    exported: () => Promise.resolve({ ok: true }),
    restore: () => Promise.resolve(NOT_OK),
    reseal: () => Promise.resolve({ ok: true }),
    giveName: () => Promise.resolve({ ok: true, isKnown: false }),
    suspend: () => Promise.resolve({ ok: true, isKnown: false }),
    noteLinksMade: () => Promise.resolve(),
    linkMade: () => Promise.resolve(),
    linkOpened: () => Promise.resolve(),
    revokeLinks: () => Promise.resolve(),
    plan: () => Promise.resolve({ agencies: [], alone: [], ways: {}, locations: 0, isComplete: true }),
    lacking: () => Promise.resolve([]),
    companyNames: () => Promise.resolve({}),
    names: () => Promise.resolve([]),
    beginCampaign: () => Promise.resolve(undefined),
    campaigns: () => Promise.resolve({ campaigns: [] }),
    campaign: () => Promise.resolve(undefined),
    campaignMembers: () => Promise.resolve({ members: [] }),
    dropCampaign: () => Promise.resolve(false),
    metrics: () => Promise.reject(Object.assign(new Error("away"), { retryable: true })),
  };
  return { idFromName: (name: string) => (reached.push(name), name), get: () => api };
}

const settings = {
  HIGHLEVEL_CLIENT_ID: "66a1b2c3d4e5f6a7b8c9d0e1-lz1abcde",
  HIGHLEVEL_CLIENT_SECRET: "secret-of-the-app",
  HIGHLEVEL_REDIRECT_URI: "https://worker.example/oauth/callback",
  HIGHLEVEL_SCOPES: "contacts.readonly",
  HIGHLEVEL_BASE_URL: "http://127.0.0.1:9", // nobody is there
  SEALING_KEYS: SEALING_KEY,
  ADMIN_KEY: KEYS.admin,
  TOKENS: new FakeKvNamespace(),
  CONNECTIONS: namespace(),
  JOBS: namespace(),
  DIRECTORY: namespace(),
  ASSETS: diskAssets,
  RECOVERIES: {},
};
const env = {};
const app = createApp(() => envFrom(settings));

function envFrom(value: object): WorkerEnv {
  const isEnv = (value: object): value is WorkerEnv => "TOKENS" in value;
  assert.ok(isEnv(value));
  return value;
}

const ODD = [
  "",
  ".",
  "..",
  "%2e%2e",
  "%2F",
  "%00",
  "%zz",
  "location",
  "company",
  "__proto__",
  "constructor",
  "x",
  "token",
  "recover",
];
const SEGMENT = fc.oneof(
  fc.constantFrom(...ODD),
  fc.string({ unit: "binary", maxLength: 20 }).map(encoded),
  fc.string({ maxLength: 20 }).map((text) => text.replace(/[\s#?]/g, "")),
  fc.string({ minLength: 100, maxLength: 200, unit: fc.constantFrom("a", "_", "-") }),
);
const PATH = fc.oneof(
  fc.array(SEGMENT, { maxLength: 6 }).map((segments) => `/${segments.join("/")}`),
  fc.tuple(
    fc.constantFrom(...routes.map(({ path }) => path)),
    fc.array(SEGMENT, { minLength: 4, maxLength: 4 }),
  )
    .map(([path, segments]) => path.replace(/:\w+(\{[^}]*\})?|\*/g, () => segments.pop() ?? "")),
);
const QUERY = fc.dictionary(
  fc.constantFrom(
    "status",
    "cursor",
    "limit",
    "rejected",
    "companyId",
    "location",
    "code",
    "state",
    "error",
    "q",
    "sort",
    "range",
    "next",
    "__proto__",
  ),
  fc.oneof(
    fc.string({ unit: "binary" }).map(encoded),
    fc.constantFrom("1", "-1", "1e9", "broken", "NaN", "constructor"),
  ),
);
const BODY = jsonWith(
  [
    "targets",
    "status",
    "companyId",
    "installed",
    "locationId",
    "accessToken",
    "expiresIn",
    "expiresAt",
    "name",
    "what",
    "ids",
  ],
  ["broken", "x1", 60, "2030-01-01T00:00:00Z", "location"],
);
const REQUEST = fc.record({
  method: fc.constantFrom("GET", "PUT", "POST", "DELETE"),
  path: PATH,
  query: QUERY,
  body: BODY,
});

fuzz(
  "no path, query or body brings a 500, or an object's name that is none",
  REQUEST,
  async ({ method, path, query, body }) => {
    reached.length = 0;
    const search = Object.entries(query).map(([name, value]) => `${name}=${value}`).join("&");
    const hasBody = method === "PUT" || method === "POST";
    const log = console.log;
    console.log = () => {};
    try {
      const response = await app.request(`http://worker.example${path.replace(/^\/+/, "/")}?${search}`, {
        method,
        headers: {
          authorization: `Bearer ${KEYS.admin}`,
          ...(hasBody && { "content-type": "application/json" }),
        },
        ...(hasBody && { body: JSON.stringify(body) }),
      }, env);
      await response.body?.cancel();
      assert.ok(response.status !== 500, `${method} ${path}?${search} → 500`);
    } finally {
      console.log = log;
    }
    for (const name of reached) {
      assert.match(
        name,
        /^(all|\w+\/((location|company)\/[A-Za-z0-9_-]{1,128}|job\/[A-Za-z0-9_-]{1,64}|directory\/0))$/,
        `${path} reached ${name}`,
      );
    }
  },
);

/** Lone surrogates have no percent-encoding. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
