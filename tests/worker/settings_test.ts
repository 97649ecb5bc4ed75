import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import type { WorkerEnv } from "../../src/worker/env.ts";
import { readSettings, type SettingsResult } from "../../src/worker/settings.ts";
import { settingSchemas } from "../../src/worker/settings/setting_schemas.ts";
import { generateSealingKey } from "../../src/stores/sealed.ts";
import { FakeKvNamespace } from "../stores/fake_kv_namespace.ts";
import { KEYS, SEALING_KEY } from "./worker_world.ts";

const RIGHT = {
  HIGHLEVEL_CLIENT_ID: "66a1b2c3d4e5f6a7b8c9d0e1-lz1abcde",
  HIGHLEVEL_CLIENT_SECRET: "secret-of-the-app",
  SEALING_KEYS: SEALING_KEY,
  ADMIN_KEY: KEYS.admin,
  TOKENS: new FakeKvNamespace(),
  CONNECTIONS: {},
  JOBS: {},
  DIRECTORY: {},
  RECOVERIES: {},
  EVENTS: {},
  EVENT_ENDPOINTS: {},
  EVENT_SECRETS: "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
};
/** An Ed25519 key, SPKI in base64. */
const PUBLIC_KEY = "MCowBQYDK2VwAyEAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

function settingsOf(variables: object): SettingsResult {
  const env: object = { ...RIGHT, ...variables };
  const isEnv = (value: object): value is WorkerEnv => "TOKENS" in value;
  ok(isEnv(env));
  return readSettings(env);
}

function settingsWith(previous: string): SettingsResult {
  return settingsOf({ HIGHLEVEL_PREVIOUS_CREDENTIALS: previous });
}

function problemsOf(variables: object): readonly string[] {
  const result = settingsOf(variables);
  return result.ok ? [] : result.problems;
}

Deno.test("older pairs are cut at their first colon, without the blanks around their parts", () => {
  const cases: Record<string, readonly (readonly [id: string, secret: string])[]> = {
    "old-id:secret": [["old-id", "secret"]],
    "old-id:part1:part2": [["old-id", "part1:part2"]],
    " old-id : part1:part2 ,\n older-id:\tsecret ": [["old-id", "part1:part2"], ["older-id", "secret"]],
    "": [],
  };
  for (const [text, pairs] of Object.entries(cases)) {
    const result = settingsWith(text);
    ok(result.ok, text);
    deepEqual(
      result.settings.app.previousCredentials,
      pairs.map(([clientId, clientSecret]) => ({ clientId, clientSecret })),
    );
  }
});

Deno.test("an older pair that is none stops the worker, and is not shown", () => {
  for (const text of ["old-id", "old-id:", ":secret", " : ", "fine:fine,old-id"]) {
    const result = settingsWith(text);
    equal(result.ok, false, text);
    ok(!result.ok && /HIGHLEVEL_PREVIOUS_CREDENTIALS.*id:secret/.test(result.problems.join()), text);
    ok(!JSON.stringify(result).includes("old-id"));
  }
});

Deno.test("bindings that are something else are named at once, the optional ones too, without what they are", () => {
  const wrong = {
    TOKENS: "wrong",
    JOBS: "",
    ASSETS: "wrong",
    WRONG_KEYS: {},
    REFUSED_CODES: "wrong",
    KEY_REQUESTS: "wrong",
  };
  deepEqual(problemsOf(wrong), [
    "the binding JOBS is missing",
    "the binding TOKENS is no binding",
    "the binding ASSETS must be static assets",
    "the binding WRONG_KEYS must be a rate limit",
    "the binding REFUSED_CODES must be a rate limit",
    "the binding KEY_REQUESTS must be a rate limit",
  ]);
  const limit = { limit: () => Promise.resolve({ success: true }) };
  const right = { ASSETS: { fetch }, WRONG_KEYS: limit, REFUSED_CODES: limit, KEY_REQUESTS: limit };
  deepEqual(problemsOf(right), []);
  deepEqual(problemsOf({ ASSETS: undefined, WRONG_KEYS: undefined, REFUSED_CODES: "" }), []);
});

/** For each setting: values that are right, and values that are wrong. */
const VALUES: Readonly<
  Record<string, { readonly right: readonly unknown[]; readonly wrong: readonly unknown[] }>
> = {
  HIGHLEVEL_APPS: {
    right: [undefined, "", "crm", "crm, booking_2"],
    wrong: ["Wrong", "wrong-1", "wrong app", "1wrong", "same,same", "wrong/1"],
  },
  HIGHLEVEL_CLIENT_ID: {
    right: ["6637aef4b7c0e85d3b1f9d77-lwabcdef"],
    wrong: [undefined, "", " wrong-1", "wrong-1\n", "wrong 1", "wrong/1", "wrong-1é", { wrong: 1 }],
  },
  HIGHLEVEL_CLIENT_SECRET: {
    right: ["9c1e!$%&/()=?", "a:b,c"],
    wrong: [undefined, "", " wrong-1", "wrong-1\r\n", "wrong\t1", "wrong\u00a01"],
  },
  HIGHLEVEL_PREVIOUS_CREDENTIALS: {
    right: [undefined, "", "a:b", "a:b:c, d:e"],
    wrong: ["wrong-1", "wrong-1:", ":wrong-1", "a:b c", "a b:c", "a:b,wrong-1", "a:wrong-1;c:d"],
  },
  HIGHLEVEL_REDIRECT_URI: {
    right: [undefined, "https://w.example/oauth/callback", "http://127.0.0.1:8787/oauth/callback?a=1"],
    wrong: [
      "wrong-1",
      "/oauth/callback",
      "http://wrong.example/oauth/callback",
      "https://wrong.example/#a",
      "https://wrong.example/oauth/callback ",
      "https://wrong.example/\n",
      "https://user:wrong@w.example/",
      "ftp://wrong.example/",
      "javascript:wrong",
      "https://",
      "https:///wrong/callback",
      "https:wrong.example/callback",
      "https://*.wrong.example/callback",
      "https://a.example/wrong,https://b.example/wrong",
    ],
  },
  HIGHLEVEL_SCOPES: {
    right: [undefined, "contacts.readonly conversations/message.write", "oauth.readonly  oauth.write"],
    wrong: [
      "wrong.a,wrong.b",
      "wrong.a, wrong.b",
      "wrong.a\nwrong.b",
      " wrong.a",
      "wrong.a ",
      "wrong.a+wrong.b",
    ],
  },
  HIGHLEVEL_BASE_URL: {
    right: [undefined, "https://h.example", "https://h.example/base/", "http://localhost:8788"],
    wrong: [
      "http://wrong.example",
      "wrong.example",
      "https://wrong.example?a",
      "https://wrong.example ",
      "https://wrong.example/oauth/token",
    ],
  },
  HIGHLEVEL_MARKETPLACE_URL: {
    right: [undefined, "https://h.example", "http://[::1]:1"],
    wrong: [
      "http://wrong.example",
      "https://a@wrong.example",
      "https://wrong.example#",
      "https://wrong.example/v2/oauth/chooselocation",
    ],
  },
  HIGHLEVEL_API_VERSION: {
    right: [undefined, "2021-07-28", "2023-02-21", "v3"],
    wrong: ["v2-wrong", "V3", "v3 "],
  },
  HIGHLEVEL_VERSION_ID: {
    right: [undefined, "6637aef4b7c0e85d3b1f9d77"],
    wrong: ["wrong 1", "wrong/1", "wrong\n"],
  },
  APP_NAME: {
    right: [undefined, "", "Acme Reviews", "아크미 리뷰 & 예약"],
    wrong: ["  ", "wrong\n1", "wrong\u0000", "wrong\u202e1", `wrong${"x".repeat(100)}`],
  },
  APP_LOGO_URL: {
    right: [undefined, "https://cdn.example/logo.svg?v=2"],
    wrong: [
      "wrong.svg",
      "http://wrong.example/logo.svg",
      "https://u:wrong@a.example/",
      "data:image/png,wrong",
      "http://127.0.0.1/wrong.svg",
      "https://wrong.example/ logo.svg",
    ],
  },
  SUPPORT_URL: {
    right: [undefined, "https://help.example/#contact", "mailto:help@acme.example?subject=Connection"],
    wrong: [
      "help@wrong.example",
      "mailto:wrong",
      "mailto:wrong 1@a.example",
      "tel:wrong",
      "javascript:wrong",
    ],
  },
  AFTER_CONNECT_URL: {
    right: [undefined, "https://app.example/#/done"],
    wrong: [
      "/wrong",
      "http://wrong.example/",
      "javascript:wrong",
      "http://localhost/wrong",
      "https://wrong .example/",
    ],
  },
  HIGHLEVEL_WEBHOOK_PUBLIC_KEY: {
    right: [undefined, PUBLIC_KEY],
    wrong: [
      "wrong-1",
      SEALING_KEY,
      `-----BEGIN PUBLIC KEY-----\n${PUBLIC_KEY}`,
      PUBLIC_KEY.replace("MC", "MD"),
    ],
  },
  SEALING_KEYS: {
    right: [SEALING_KEY, `${SEALING_KEY} ,\n${generateSealingKey()}`],
    wrong: [undefined, "", ",", "d3Jvbmc=", `${SEALING_KEY},wrong`, `${SEALING_KEY} ${SEALING_KEY}`],
  },
  ADMIN_KEY: {
    right: ["admin-key"],
    wrong: [undefined, "", "wrong-1", "wrong key 1", "wrong-key-1\n", "wröng-key-1"],
  },
  SERVICE_KEY: { right: [undefined, "", "service-key"], wrong: ["wrong-1", " wrong-key-1"] },
  VIEWER_KEY: { right: [undefined, "viewer-key"], wrong: ["wrong-1", "wrong-key-1 "] },
  KEYS: {
    right: [
      undefined,
      "",
      "anna:admin:a-key-of-anna",
      " crm:service:old-key-1:with:colons ,\n crm:service:new-key-1 , b.n_2@x-y:viewer:12345678,",
    ],
    wrong: [
      "wrong-1",
      "wrong:admin",
      "wrong:admin:short-1",
      "wrong-key-1:admin:anna",
      ":admin:wrong-key-1",
      "an na:admin:wrong-key-1",
      "anna:owner:wrong-key-1",
      "anna:admin:wrong-key-1;ben:viewer:wrong-key-2",
      "anna::wrong-key-1",
      "admin:admin:wrong-key-1",
      "Host:admin:wrong-key-1",
      "agency:admin:wrong-key-1",
      "anna:viewer:wrong-kéy-1",
      `${"a".repeat(65)}:admin:wrong-key-1`,
      "anna:admin:fine-key-1,wrong-1",
    ],
  },
  ALERT_WEBHOOK_URL: {
    right: [undefined, "https://hooks.slack.com/services/T0/B0/x?y=1"],
    wrong: [
      "wrong-1",
      "hooks.slack.com/wrong",
      "http://wrong.example/",
      "https://wrong.example/ ",
      "https://u:wrong@a.example/",
      "https://wrong.example/a,https://wrong.example/b",
      "http://127.0.0.1/wrong",
      "https://localhost/wrong",
    ],
  },
  EVENT_URLS: {
    right: [
      undefined,
      "",
      "https://crm.example/events?key=1",
      "https://crm.example/events, https://b.example",
      "https://8.8.8.8/a",
      "https://[2606:4700::1111]/",
    ],
    wrong: [
      "wrong-1",
      ",",
      "http://wrong.example/",
      "https://u:wrong@a.example/",
      "https://a.example/#wrong",
      "https://a.example/wrong https://b.example",
      "https://a.example/wrong,https://A.example/wrong",
      Array.from({ length: 11 }, (_, at) => `https://wrong${at}.example`).join(),
      "https://wrong.localhost/",
      "https://a.example,https://10.0.0.1/wrong",
    ],
  },
  EVENT_SECRETS: {
    right: [
      undefined,
      "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
      "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3, whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY4OTAxMg==",
    ],
    wrong: [
      "wrong-1",
      "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
      "whsec_MDEyMzQ1Njc4OWFiY2RlZg==",
      `whsec_${btoa("x".repeat(65))}`,
      "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY_",
      Array.from({ length: 2 }, () => "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3").join(),
      Array.from({ length: 3 }, (_, at) => `whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY${at}`).join(),
    ],
  },
  EVENT_TYPES: {
    right: [undefined, "INSTALL", "connection.*, ContactCreate,*", "job.ended"],
    wrong: [
      "wrong a",
      ",",
      "wrong*.b",
      "wrong/1",
      "INSTALL,connection.wrong",
      "job.wrong*",
      "Connection.Lost",
      "JOB.*",
    ],
  },
  ALLOW_LOCAL_ENDPOINTS: { right: [undefined, "true", "false", true], wrong: ["yes-wrong", "1", 1, "TRUE"] },
  JURISDICTION: {
    right: [undefined, "eu", "us", "fedramp", "fedramp-high"],
    wrong: ["EU", "europe", "eu,us", 1],
  },
  READ_ONLY: { right: [undefined, "true", "false", false], wrong: ["wrong", "yes-wrong", "0", 1, "True"] },
  LOG_SAMPLING: {
    right: [undefined, "0", "1", "0.05", ".5", "1.0", 0.25, 0],
    wrong: ["1.1", "-0.1", "5%", "0,5", "NaN", 2],
  },
  PROXY_ALLOW: {
    right: [undefined, "/oauth/", "/oauth/locationToken, /marketplace/app"],
    wrong: ["oauth-wrong", "/", "/wrong//a", "/wrong/../a", "https://wrong.example/", "/wrong/%6f"],
  },
};

Deno.test("every setting has its cases here", () => {
  deepEqual(Object.keys(VALUES).sort(), Object.keys(settingSchemas).sort());
});

for (const [name, { right, wrong }] of Object.entries(VALUES)) {
  Deno.test(`K15: ${name} is checked at the start, named as its owner knows it, and never shown`, () => {
    for (const value of right) deepEqual(problemsOf({ [name]: value }), [], JSON.stringify(value));
    for (const value of wrong) {
      const problems = problemsOf({ [name]: value });
      equal(problems.length, 1, `${JSON.stringify(value)}: ${problems}`);
      ok(problems[0]?.startsWith(`${name} `), `${JSON.stringify(value)}: ${problems}`);
      doesNotMatch(problems.join(), /wrong|app\./);
      if (typeof value === "string" && value.length > 3) ok(!problems.join().includes(value));
    }
  });
}

Deno.test("K15: all that is wrong is told at once, bindings too", () => {
  const wrong = Object.entries(VALUES).map(([name, { wrong }]) => [name, wrong.at(-1)]);
  const problems = problemsOf({ ...Object.fromEntries(wrong), TOKENS: undefined, JOBS: undefined });
  deepEqual(
    problems.map((problem) => problem.replace(/ (must|may|is) .*/, "")),
    [
      ...Object.keys(settingSchemas).filter((name) => !["ALERT_WEBHOOK_URL", "EVENT_URLS"].includes(name)),
      "ALERT_WEBHOOK_URL",
      "EVENT_URLS",
      "the binding TOKENS",
      "the binding JOBS",
    ],
  );
});

Deno.test("keys of two roles must differ, and alerts go to loopback where that is allowed", () => {
  const same = { SERVICE_KEY: KEYS.admin, VIEWER_KEY: KEYS.admin };
  deepEqual(problemsOf(same), [
    "ADMIN_KEY and SERVICE_KEY must differ",
    "ADMIN_KEY and VIEWER_KEY must differ",
    "SERVICE_KEY and VIEWER_KEY must differ",
  ]);
  const local = { ALERT_WEBHOOK_URL: "http://localhost:9/hook" };
  match(problemsOf(local).join(), /^ALERT_WEBHOOK_URL .*ALLOW_LOCAL_ENDPOINTS=true$/);
  deepEqual(problemsOf({ ...local, ALLOW_LOCAL_ENDPOINTS: "true" }), []);
  equal(problemsOf({ ...local, ALLOW_LOCAL_ENDPOINTS: "false" }).length, 1);
  const pages = {
    APP_LOGO_URL: "http://[::1]/a",
    AFTER_CONNECT_URL: "http://127.0.0.1:1/",
    SUPPORT_URL: "https://localhost/",
  };
  equal(problemsOf(pages).length, 3, "nor does a customer have this machine");
  deepEqual(problemsOf({ ...pages, ALLOW_LOCAL_ENDPOINTS: "true" }), []);
});

Deno.test("events need a secret and their bindings, and go to the inside only where that is allowed", () => {
  const urls = { EVENT_URLS: "https://crm.example/events" };
  deepEqual(problemsOf({ ...urls, EVENT_SECRETS: "" }), ["EVENT_SECRETS is missing: EVENT_URLS needs it"]);
  deepEqual(problemsOf({ ...urls, EVENTS: undefined, EVENT_ENDPOINTS: "" }), [
    "the binding EVENTS is missing",
    "the binding EVENT_ENDPOINTS is missing",
  ]);
  deepEqual(problemsOf({ EVENT_SECRETS: "", EVENTS: undefined, EVENT_ENDPOINTS: undefined }), []);
  const local = { EVENT_URLS: "http://127.0.0.1:9/events,https://crm.internal/" };
  match(problemsOf(local).join(), /^EVENT_URLS .*ALLOW_LOCAL_ENDPOINTS=true$/);
  deepEqual(problemsOf({ ...local, ALLOW_LOCAL_ENDPOINTS: "true" }), []);
  const round = {
    EVENT_URLS: "https://crm.example/events,https://worker.example/crm/webhooks/highlevel",
    HIGHLEVEL_REDIRECT_URI: "https://worker.example/crm/oauth/callback",
  };
  deepEqual(problemsOf(round), ["EVENT_URLS may not be this worker's own address for webhooks"]);
  deepEqual(problemsOf({ ...round, HIGHLEVEL_REDIRECT_URI: "https://crm.example/oauth/callback" }), []);
  const result = settingsOf({ ...urls, EVENT_TYPES: "connection.*, INSTALL" });
  ok(result.ok);
  deepEqual(result.settings.events, {
    urls: ["https://crm.example/events"],
    secrets: ["whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"],
    types: ["connection.*", "INSTALL"],
  });
});

Deno.test("settings become what the worker uses", () => {
  const result = settingsOf({
    LOG_SAMPLING: 0.25,
    PROXY_ALLOW: "/oauth/, /marketplace",
    SERVICE_KEY: KEYS.service,
  });
  ok(result.ok);
  const { logSampling, proxyAllow, keys, allowLocalEndpoints } = result.settings;
  deepEqual([logSampling, proxyAllow, allowLocalEndpoints], [0.25, ["/oauth/", "/marketplace"], false]);
  deepEqual(keys, [{ role: "admin", key: KEYS.admin }, { role: "service", key: KEYS.service }]);
});

Deno.test("KEYS beside each other and beside the three: problems name places, never a key or name", () => {
  const cases: readonly (readonly [KEYS: string, problems: readonly string[], others?: object])[] = [
    ["anna:admin:key-of-anna,ben:viewer:key-of-ben", []],
    ["crm:service:old-key-1,crm:service:new-key-1", []],
    ["anna:admin:key-of-anna", [], { ADMIN_KEY: undefined }],
    ["anna:service:key-of-anna", ["ADMIN_KEY is missing, and KEYS has no key of role admin"], {
      ADMIN_KEY: undefined,
    }],
    ["anna:admin:same-key-1,ben:viewer:same-key-1", ["KEYS (entry 1) and KEYS (entry 2) must differ"]],
    ["anna:admin:same-key-1,anna:admin:same-key-1", ["KEYS (entry 1) and KEYS (entry 2) must differ"]],
    [`anna:viewer:${KEYS.admin}`, ["ADMIN_KEY and KEYS (entry 1) must differ"]],
    ["crm:service:key-number-1,crm:service:key-number-2,crm:service:key-number-3", [
      "KEYS (entry 3) is one too many: a name may have two",
    ]],
    ["anna:viewer:key-of-anna,anna:admin:key-of-anna-2", [
      "KEYS (entry 2) must have the role that its name has before",
    ]],
  ];
  for (const [keys, problems, others] of cases) {
    deepEqual(problemsOf({ KEYS: keys, ...others }), problems, keys);
    doesNotMatch(problems.join(), /anna|ben|crm|key-/);
  }
  const result = settingsOf({ KEYS: "crm:service:old:key-1, anna:admin:key-of-anna" });
  ok(result.ok);
  deepEqual(result.settings.keys.slice(1), [
    { name: "crm", role: "service", key: "old:key-1" },
    { name: "anna", role: "admin", key: "key-of-anna" },
  ]);
});

Deno.test("of several apps each may have its own KEYS, named as their owner knows them", () => {
  const several = {
    HIGHLEVEL_APPS: "crm",
    HIGHLEVEL_APP: "crm",
    CRM_HIGHLEVEL_CLIENT_ID: RIGHT.HIGHLEVEL_CLIENT_ID,
    CRM_HIGHLEVEL_CLIENT_SECRET: RIGHT.HIGHLEVEL_CLIENT_SECRET,
  };
  deepEqual(problemsOf({ ...several, CRM_KEYS: `anna:viewer:${KEYS.admin}` }), [
    "ADMIN_KEY and CRM_KEYS (entry 1) must differ",
  ]);
});
