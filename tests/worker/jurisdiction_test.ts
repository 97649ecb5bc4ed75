import { deepEqual, equal, ok, throws } from "node:assert/strict";
import type { ObjectNamespace, WorkerEnv } from "../../src/worker/env.ts";
import { JURISDICTIONS, requireWithin, withinJurisdiction } from "../../src/worker/jurisdiction.ts";
import { readSettings } from "../../src/worker/settings.ts";
import { KEYS, SEALING_KEY } from "./worker_world.ts";

/*
 * Local workerd refuses jurisdictions, so these are bindings that behave as Cloudflare says: a name is another object there.
 */

interface Named {
  readonly id: string;
}

function namespaceOf(binding: string, where = "anywhere"): ObjectNamespace<Named> {
  const idOf = (name: string) => ({
    toString: () => `${binding}:${where}:${name}`,
    equals: () => false,
    name,
  });
  return {
    idFromName: idOf,
    get: (id) => ({ id: String(id) }),
    jurisdiction: (jurisdiction) => namespaceOf(binding, jurisdiction),
  };
}

const BINDINGS = ["CONNECTIONS", "JOBS", "DIRECTORY", "EVENT_ENDPOINTS"] as const;

function envOf(more: Record<string, unknown>): WorkerEnv {
  const env: object = {
    TOKENS: { kv: true },
    ...Object.fromEntries(BINDINGS.map((name) => [name, namespaceOf(name)])),
    ...more,
  };
  const isEnv = (value: object): value is WorkerEnv => "TOKENS" in value;
  ok(isEnv(env));
  return env;
}

function objectIn(env: WorkerEnv, binding: typeof BINDINGS[number]): string {
  const namespace = env[binding];
  return `${namespace?.idFromName("app/location/1")}`;
}

Deno.test("with JURISDICTION every object is there, and KV stays as it is", () => {
  for (const JURISDICTION of JURISDICTIONS) {
    const env = envOf({ JURISDICTION });
    const there = withinJurisdiction(env);
    for (const binding of BINDINGS) {
      equal(objectIn(there, binding), `${binding}:${JURISDICTION}:app/location/1`);
    }
    equal(there.TOKENS, env.TOKENS);
  }
});

Deno.test("without it, or with one that is none, bindings stay as they are", () => {
  for (const more of [{}, { JURISDICTION: "" }, { JURISDICTION: "EU" }, { JURISDICTION: "toString" }]) {
    const env = envOf(more);
    equal(withinJurisdiction(env), env);
  }
});

Deno.test("bindings that are missing are left to the check of settings; one that knows no jurisdiction is refused", () => {
  const env = withinJurisdiction(envOf({ JURISDICTION: "eu", JOBS: undefined, EVENT_ENDPOINTS: undefined }));
  deepEqual([env.JOBS, env.EVENT_ENDPOINTS], [undefined, undefined]);
  const { jurisdiction: _without, ...older } = namespaceOf("JOBS");
  throws(() => withinJurisdiction(envOf({ JURISDICTION: "eu", JOBS: older })), /knows no jurisdiction/);
});

Deno.test("an object from before the setting, or of elsewhere, does not run: another owns its connection now", () => {
  const eu = envOf({ JURISDICTION: "eu" });
  requireWithin(eu, { jurisdiction: "eu" });
  throws(() => requireWithin(eu, {}), /outside of JURISDICTION/);
  throws(() => requireWithin(eu, { jurisdiction: "us" }), /outside of JURISDICTION/);
  requireWithin(envOf({}), {});
});

Deno.test("it is a setting of all apps together", () => {
  const oneOfTwo = {
    SEALING_KEYS: SEALING_KEY,
    ADMIN_KEY: KEYS.admin,
    RECOVERIES: {},
    HIGHLEVEL_APPS: "crm,booking",
    HIGHLEVEL_APP: "crm",
    CRM_HIGHLEVEL_CLIENT_ID: "66a1b2c3d4e5f6a7b8c9d0e1-lz1abcde",
    CRM_HIGHLEVEL_CLIENT_SECRET: "secret-of-the-app",
    CRM_JURISDICTION: "nowhere",
  };
  ok(readSettings(envOf(oneOfTwo)).ok, "nobody reads CRM_JURISDICTION");
});
