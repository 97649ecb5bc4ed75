import { deepEqual, equal, match, ok } from "node:assert/strict";
import { routes } from "../../src/worker/create_app.ts";
import { listIsBuilt } from "./calls.ts";
import { KEYS, startWorld } from "./worker_world.ts";

/** For each route: a path that fits it, a body where it takes one, and wrong inputs with the status they deserve. */
interface Rule {
  readonly path: string;
  readonly body?: unknown;
  readonly wrong: readonly { readonly path?: string; readonly body?: unknown; readonly status: number }[];
}

const OTHER_APPS_EXPORT = JSON.stringify({
  export: "highlevel-reconnect",
  format: 1,
  id: "one",
  appId: "another",
  madeAt: "2026-11-27T00:00:00.000Z",
  keyId: "00000000",
});
const BAD_ID = "not%20an%20id";
const RULES: Readonly<Record<string, Rule>> = {
  "get /healthz": { path: "/healthz", wrong: [] },
  "get /readyz": { path: "/readyz", wrong: [] },
  "get /metrics": { path: "/metrics", wrong: [] },
  "get /connections": {
    path: "/connections",
    wrong: [
      { path: "/connections?status=fine", status: 422 },
      { path: "/connections?limit=0", status: 422 },
      { path: "/connections?limit=1001", status: 422 },
      { path: "/connections?limit=ten", status: 422 },
      { path: `/connections?cursor=${"x".repeat(3_000)}`, status: 422 },
    ],
  },
  "get /connections/:kind/:id": {
    path: "/connections/location/none1",
    wrong: [
      { path: "/connections/agency/a", status: 422 },
      { path: `/connections/location/${BAD_ID}`, status: 422 },
      { path: `/connections/location/${"a".repeat(129)}`, status: 422 },
      { path: "/connections/location/%zz", status: 422 },
    ],
  },
  "get /connections/:kind/:id/token": {
    path: "/connections/location/none2/token",
    wrong: [
      { path: "/connections/agency/a/token", status: 422 },
      { path: "/connections/location/a/token?rejected=abc", status: 422 },
    ],
  },
  "post /connections/:kind/:id/check": {
    path: "/connections/location/none14/check",
    wrong: [{ path: `/connections/location/${BAD_ID}/check`, status: 422 }],
  },
  "put /connections/:kind/:id": {
    path: "/connections/location/none3",
    body: { accessToken: "imported", expiresIn: 60 },
    wrong: [
      { body: "[]", status: 422 },
      { body: "{}", status: 422 },
      { body: `{"accessToken":1,"expiresIn":1}`, status: 422 },
      { body: `{"accessToken":"a b","expiresIn":1}`, status: 422 },
      { body: `{"accessToken":"a","expiresIn":1,"locationId":"other"}`, status: 422 },
      { body: `{"accessToken":"a","expiresIn":1,"userType":"Company"}`, status: 422 },
      { path: `/connections/company/${BAD_ID}`, body: `{"accessToken":"a","expiresIn":1}`, status: 422 },
    ],
  },
  "post /connections/:kind/:id/recover": {
    path: "/connections/location/none4/recover",
    wrong: [{ path: "/connections/nothing/a/recover", status: 422 }],
  },
  "post /connections/:kind/:id/link": {
    path: "/connections/location/none10/link",
    body: {},
    wrong: [
      { path: "/connections/agency/a/link", body: "{}", status: 422 },
      { body: `{"expiresInSeconds":59}`, status: 422 },
      { body: `{"expiresInSeconds":7776001}`, status: 422 },
      { body: `{"expires":60}`, status: 422 },
    ],
  },
  "delete /connections/:kind/:id/link": {
    path: "/connections/location/none11/link",
    wrong: [{ path: `/connections/location/${BAD_ID}/link`, status: 422 }],
  },
  "get /connections/:kind/:id/health": {
    path: "/connections/location/none12/health",
    wrong: [{ path: `/connections/location/${BAD_ID}/health`, status: 422 }],
  },
  "put /connections/:kind/:id/name": {
    path: "/connections/location/none13/name",
    body: { name: "Harbour" },
    wrong: [
      { body: "{}", status: 422 },
      { body: `{"name":" "}`, status: 422 },
      { body: `{"name":"a","id":"b"}`, status: 422 },
    ],
  },
  "post /connections/:kind/:id/suspend": {
    path: "/connections/location/none14/suspend",
    body: { reason: "not paid" },
    wrong: [
      { path: "/connections/agency/a/suspend", body: "{}", status: 422 },
      { body: `{"reason":1}`, status: 422 },
      { body: `{"reason":"${"x".repeat(201)}"}`, status: 422 },
      { body: `{"why":"not paid"}`, status: 422 },
    ],
  },
  "post /connections/:kind/:id/resume": {
    path: "/connections/location/none14/resume",
    wrong: [{ path: `/connections/location/${BAD_ID}/resume`, status: 422 }],
  },
  "get /r/:token": { path: "/r/AAAA", wrong: [] },
  "post /r/:token": { path: "/r/AAAA", wrong: [] },
  "delete /connections/:kind/:id": {
    path: "/connections/location/none5",
    wrong: [
      { path: `/connections/location/${BAD_ID}`, status: 422 },
      { path: "/connections/location/none5?erase=perhaps", status: 422 },
    ],
  },
  "get /export": {
    path: "/export",
    wrong: [
      { path: "/export?limit=0", status: 422 },
      { path: "/export?limit=401", status: 422 },
      { path: "/export?cursor=none", status: 422 },
      { path: `/export?cursor=${"x".repeat(5_000)}`, status: 422 },
    ],
  },
  "post /import": {
    path: "/import?dryRun=true", // it reads its body by itself: moving/moving_routes_test.ts
    wrong: [
      { body: "", status: 422 },
      { body: "locationId,token", status: 422 },
      { body: OTHER_APPS_EXPORT, status: 422 },
      { path: "/import?dryRun=perhaps", body: OTHER_APPS_EXPORT, status: 422 },
    ],
  },
  "post /reseal": {
    path: "/reseal?limit=1",
    wrong: [{ path: "/reseal?limit=0", status: 422 }, { path: "/reseal?cursor=none", status: 422 }],
  },
  "post /recoveries": {
    path: "/recoveries",
    body: { targets: [{ locationId: "none6" }] },
    wrong: [
      { body: "{}", status: 422 },
      { body: `{"targets":[]}`, status: 422 },
      { body: `{"targets":{}}`, status: 422 },
      { body: `{"targets":[{"locationId":"a","companyId":"b"}]}`, status: 422 },
      { body: `{"targets":[{"locationId":"a b"}]}`, status: 422 },
      { body: `{"targets":[{"locationId":"a"}],"status":"broken"}`, status: 422 },
      { body: `{"status":"fine"}`, status: 422 },
      { body: `{"companyId":"a"}`, status: 422 },
      { body: `{"companyId":"a","installed":false}`, status: 422 },
    ],
  },
  "get /recoveries": {
    path: "/recoveries",
    wrong: [
      { path: "/recoveries?limit=0", status: 422 },
      { path: "/recoveries?limit=101", status: 422 },
      { path: `/recoveries?cursor=${"x".repeat(3_000)}`, status: 422 },
    ],
  },
  "get /plan": {
    path: "/plan",
    wrong: [
      { path: "/plan?status=connected", status: 422 },
      { path: "/plan?limit=0", status: 422 },
      { path: "/plan?companyId=a%20b", status: 422 },
      { path: "/plan?cursor=none", status: 422 },
    ],
  },
  "get /connections.csv": {
    path: "/connections.csv",
    wrong: [
      { path: "/connections.csv?status=fine", status: 422 },
      { path: "/connections.csv?lang=de", status: 422 },
    ],
  },
  "post /campaigns": {
    path: "/campaigns",
    body: { targets: [{ locationId: "none14" }] },
    wrong: [
      { body: "{}", status: 422 },
      { body: `{"targets":[]}`, status: 422 },
      { body: `{"targets":[{"locationId":"a b"}]}`, status: 422 },
      { body: `{"status":"connected"}`, status: 422 },
      { body: `{"status":"broken","expiresInSeconds":59}`, status: 422 },
      { body: `{"status":"broken","name":"a"}`, status: 422 },
    ],
  },
  "get /campaigns": {
    path: "/campaigns",
    wrong: [
      { path: "/campaigns?limit=0", status: 422 },
      { path: `/campaigns?cursor=${"x".repeat(3_000)}`, status: 422 },
    ],
  },
  "get /campaigns/:id{[\\w-]+\\.csv}": {
    path: "/campaigns/none15.csv",
    wrong: [
      { path: "/campaigns/none15.csv?which=some", status: 422 },
      { path: "/campaigns/none15.csv?lang=de", status: 422 },
    ],
  },
  "get /campaigns/:id": {
    path: "/campaigns/none15",
    wrong: [
      { path: `/campaigns/${BAD_ID}`, status: 422 },
      { path: "/campaigns/none15?limit=0", status: 422 },
    ],
  },
  "post /campaigns/:id/events": {
    path: "/campaigns/none15/events",
    wrong: [{ path: `/campaigns/${BAD_ID}/events`, status: 422 }],
  },
  "delete /campaigns/:id": {
    path: "/campaigns/none15",
    wrong: [{ path: `/campaigns/${BAD_ID}`, status: 422 }],
  },
  "get /events": {
    path: "/events",
    wrong: [
      { path: "/events?state=gone", status: 422 },
      { path: "/events?limit=0", status: 422 },
      { path: "/events?limit=101", status: 422 },
      { path: `/events?cursor=${"x".repeat(3_000)}`, status: 422 },
    ],
  },
  "post /events/replay": {
    path: "/events/replay",
    body: { since: "2026-11-27T00:00Z" },
    wrong: [
      { body: "{}", status: 422 },
      { body: "[]", status: 422 },
      { body: `{"ids":[]}`, status: 422 },
      { body: `{"ids":["a b"]}`, status: 422 },
      { body: `{"since":"soon"}`, status: 422 },
      { body: `{"all":true}`, status: 422 },
    ],
  },
  "post /recoveries/:id/pause": {
    path: "/recoveries/none7/pause",
    wrong: [{ path: `/recoveries/${BAD_ID}/pause`, status: 422 }],
  },
  "post /recoveries/:id/resume": {
    path: "/recoveries/none7/resume",
    wrong: [{ path: `/recoveries/${BAD_ID}/resume`, status: 422 }],
  },
  "delete /recoveries/:id": {
    path: "/recoveries/none7",
    wrong: [{ path: `/recoveries/${BAD_ID}`, status: 422 }],
  },
  "get /recoveries/:id": {
    path: "/recoveries/none7",
    wrong: [{ path: `/recoveries/${BAD_ID}`, status: 422 }],
  },
  "get /recoveries/:id/events": {
    path: "/recoveries/none8/events",
    wrong: [{ path: `/recoveries/${"a".repeat(65)}/events`, status: 422 }],
  },
  "all /proxy/:kind/:id/:path{.*}": {
    path: "/proxy/location/none9/contacts/",
    wrong: [
      { path: "/proxy/agency/a/contacts", status: 422 },
      { path: "/proxy/location/a/x%2fy", status: 400 },
    ],
  },
  "get /oauth/install": {
    path: "/oauth/install",
    wrong: [{ path: "/oauth/install?location=a%20b", status: 422 }],
  },
  "get /oauth/callback": {
    path: "/oauth/callback?code=a&state=b",
    wrong: [{ path: `/oauth/callback?code=${"a".repeat(5_000)}`, status: 422 }],
  },
  "get /oauth/result/:sealed": {
    path: "/oauth/result/AAAA",
    wrong: [{ path: "/oauth/result/a.b", status: 422 }],
  },
  "post /oauth/code": {
    path: "/oauth/code",
    body: { code: "unknown" },
    wrong: [
      { body: "{}", status: 422 },
      { body: `{"code":""}`, status: 422 },
      { body: `{"code":"a b"}`, status: 422 },
      { body: `{"code":"${"a".repeat(5_000)}"}`, status: 422 },
      { body: `{"code":"a","userType":"Agency"}`, status: 422 },
      { body: `{"code":"a","expected":{}}`, status: 422 },
      { body: `{"code":"a","expected":{"locationId":"a b"}}`, status: 422 },
      { body: `{"code":"a","expected":{"locationId":"a","companyId":"b"}}`, status: 422 },
      { body: `{"code":"a","state":"b"}`, status: 422 },
    ],
  },
  "post /webhooks/highlevel": {
    path: "/webhooks/highlevel",
    body: {},
    wrong: [],
  },
  "get /openapi.json": { path: "/openapi.json", wrong: [] },
  "get /docs": { path: "/docs", wrong: [] },
};

const RANK: Readonly<Record<string, number>> = { viewer: 1, service: 2, admin: 3 };
/** Routes of the dashboard have a test of their own. */
const tested = routes.filter(({ access }) => access !== "session");

async function problemOf(response: Response, status: number): Promise<Record<string, unknown>> {
  const text = await response.text();
  equal(response.status, status, `${response.url}: ${text}`);
  equal(response.headers.get("content-type"), "application/problem+json", response.url);
  equal(response.headers.get("cache-control"), "no-store");
  const problem: Record<string, unknown> = JSON.parse(text);
  equal(problem.type, "about:blank");
  equal(problem.status, status);
  equal(typeof problem.title, "string");
  equal(typeof problem.detail, "string");
  match(String(problem.code), /^[a-z_]+$/);
  return problem;
}

Deno.test("every route has a rule here", () => {
  const named = tested.map(({ method, path }) => `${method} ${path}`);
  deepEqual([...named].sort(), Object.keys(RULES).filter((name) => named.includes(name)).sort());
  for (const name of named.filter((name) => !/^get \/(ui|$)|^(get|post|all) \/ui/.test(name))) {
    ok(RULES[name], `${name} has no rule in routes_test.ts`);
  }
});

Deno.test("every route lets in whom it should, with every key, and refuses wrong input with a problem", async (t) => {
  await using world = await startWorld();
  await listIsBuilt(world);
  for (const route of tested) {
    const rule = RULES[`${route.method} ${route.path}`];
    if (!rule) continue;
    const method = route.method === "all" ? "POST" : route.method.toUpperCase();
    const init = (body: unknown = rule.body): RequestInit => ({
      method,
      ...(body !== undefined && {
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers: { "Content-Type": "application/json" },
      }),
    });
    await t.step(`${method} ${route.path}`, async () => {
      const needed = RANK[route.access] ?? 0;
      const callers = [[null, 0], ["wrong-key-0123456789", 0], ["", 0], ...Object.entries(KEYS)] as const;
      for (const [name, key] of callers) {
        const sent = typeof key === "string" ? key : name;
        const rank = typeof key === "string" ? RANK[name ?? ""] ?? 0 : 0;
        const response = await world.call(rule.path, { ...init(), key: sent });
        if (rank >= needed) {
          ok(
            ![401, 403].includes(response.status) || route.access === "signature",
            `${name} got ${response.status}`,
          );
          ok(
            response.status < 500 || response.status === 502 || response.status === 503,
            `${response.status}`,
          );
          await response.body?.cancel();
        } else if (rank === 0) {
          const problem = await problemOf(response, 401);
          equal(problem.code, sent ? "wrong_key" : "missing_key");
          match(response.headers.get("www-authenticate") ?? "", /^Bearer /);
        } else {
          equal((await problemOf(response, 403)).code, "not_allowed");
        }
      }
      for (const { path = rule.path, body, status } of rule.wrong) {
        const problem = await problemOf(await world.call(path, init(body)), status);
        equal(problem.code, "invalid_input");
        const errors = Array.isArray(problem.errors) ? problem.errors : [];
        if (status === 422) match(String(problem.detail), /^(path|query|body)/);
        for (const error of errors) match(String(error.in), /^(path|query|body)$/);
      }
      if (rule.body !== undefined && route.access !== "signature") {
        const send = (body: BodyInit, type: string): Promise<Response> =>
          world.call(rule.path, { method, body, headers: { "Content-Type": type } });
        equal((await problemOf(await send("{}", "text/plain"), 415)).code, "unsupported_media_type");
        equal((await problemOf(await send("{", "application/json"), 400)).code, "invalid_input");
        const size = (route.maxBodyBytes ?? 65_536) + 1;
        const large = `{"x":"${"y".repeat(size)}"}`;
        equal((await problemOf(await send(large, "application/json"), 413)).code, "content_too_large");
        const chunked = new Blob([large]).stream();
        equal(
          (await problemOf(
            await world.call(rule.path, {
              method,
              body: chunked,
              headers: { "Content-Type": "application/json" },
            }),
            413,
          )).code,
          "content_too_large",
        );
      }
      if (route.method !== "all") {
        const other = await problemOf(await world.call(rule.path, { method: "PATCH" }), 405);
        equal(other.code, "method_not_allowed");
        match(String(other.detail), new RegExp(method));
      }
    });
  }
  await t.step("a path that nothing has, and odd methods", async () => {
    equal((await problemOf(await world.call("/nothing/here"), 404)).code, "not_found");
    equal((await problemOf(await world.call("/connections/"), 404)).code, "not_found");
    for (
      const [language, title] of [["en-GB", "Page not found"], [
        "ko-KR",
        "페이지를 찾을 수 없습니다",
      ]] as const
    ) {
      const headers = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": language };
      const page = await world.call("/nothing/here", { headers, key: null });
      deepEqual([page.status, page.headers.get("content-type")], [404, "text/html; charset=UTF-8"]);
      match(await page.text(), new RegExp(`<h1>${title}</h1>`));
    }
    const asked = await world.call("/nothing/here", { headers: { Accept: "application/json, text/html" } });
    equal((await problemOf(asked, 404)).code, "not_found");
    const response = await world.call("/proxy/location/a/contacts", { method: "PROPFIND" });
    equal((await problemOf(response, 405)).code, "method_not_allowed");
    ok(response.headers.get("allow")?.includes("GET"));
  });
  await t.step(
    "a wrong body of a bulk recovery is told by the field that is wrong, and what it may be",
    async () => {
      const whole = "body: must be {targets}, {status} or {companyId, installed: true}";
      const statuses = `("connected" | "broken" | "paused" | "reauthorization_required")`;
      const cases: readonly (readonly [body: unknown, detail: string])[] = [
        [{ status: "nope" }, `body status: must be ${statuses}`],
        [{ companyId: "x" }, whole],
        [{ companyId: "x", installed: false }, "body installed: must be true"],
        [
          { companyId: "a b", installed: true },
          "body companyId: must be 1 to 128 characters of A-Z a-z 0-9 _ -",
        ],
        [{ target: [] }, whole],
        [{ status: "broken", targets: [{ locationId: "a" }] }, whole],
        [[], whole],
        [null, whole],
        ["broken", whole],
        [{ targets: [] }, "body targets: must be 1 to 100,000 targets"],
        [{ targets: {} }, "body targets: must be Array"],
        [
          { targets: [{ locationId: "a", companyId: "b" }] },
          "body targets.0: must be {locationId} or {companyId}",
        ],
        [{ targets: [{ locationId: "a" }, "b"] }, "body targets.1: must be {locationId} or {companyId}"],
        [{ targets: [{ locationId: 5 }] }, "body targets.0.locationId: must be string"],
        [
          { targets: [{ companyId: "a b" }] },
          "body targets.0.companyId: must be 1 to 128 characters of A-Z a-z 0-9 _ -",
        ],
      ];
      for (const [body, detail] of cases) {
        const init = {
          method: "POST",
          body: JSON.stringify(body),
          headers: { "Content-Type": "application/json" },
        };
        const problem = await problemOf(await world.call("/recoveries", init), 422);
        equal(problem.detail, detail, JSON.stringify(body));
        const [first] = Array.isArray(problem.errors) ? problem.errors : [];
        equal(`${first.in}${first.field && ` ${first.field}`}: ${first.message}`, detail);
      }
    },
  );
  await t.step("the first page has GET only, and says so", async () => {
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const response = await world.call("/", { method });
      equal((await problemOf(response, 405)).code, "method_not_allowed", method);
      equal(response.headers.get("allow"), "GET, HEAD", method);
    }
    const head = await world.call("/healthz", { method: "HEAD" });
    equal(head.status, 200, "what Allow says is so");
    const { host, hostname, port } = await world.miniflare.ready;
    const connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(new TextEncoder().encode(
      `TRACE / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    ));
    match(await new Response(connection.readable).text(), /^HTTP\/1.1 405 .*\r\nallow: GET, HEAD\r\n/is);
  });
  await t.step("an id of a job that is none is told in words", async () => {
    const problem = await problemOf(await world.call("/recoveries/a%2Fb"), 422);
    equal(problem.detail, "path id: must be 1 to 64 characters of A-Z a-z 0-9 _ -");
  });
  await t.step("no answer may be framed, sniffed, cached or read by other sites", async () => {
    const response = await world.call("/connections");
    await response.body?.cancel();
    const told = [
      ["cross-origin-opener-policy", "same-origin"],
      ["cross-origin-resource-policy", "same-origin"],
      ["origin-agent-cluster", "?1"],
      ["referrer-policy", "same-origin"],
      ["strict-transport-security", "max-age=15552000; includeSubDomains"],
      ["x-content-type-options", "nosniff"],
      ["x-dns-prefetch-control", "off"],
      ["x-download-options", "noopen"],
      ["x-frame-options", "SAMEORIGIN"],
      ["x-permitted-cross-domain-policies", "none"],
      ["x-xss-protection", "0"],
    ] as const;
    for (const [name, value] of told) equal(response.headers.get(name), value, name);
    equal(response.headers.get("cache-control"), "no-store");
    equal(response.headers.get("access-control-allow-origin"), null);
  });
});

Deno.test("without its settings the worker answers 503, names what is missing, and serves nothing else", async () => {
  const variables = { SEALING_KEYS: undefined, ADMIN_KEY: undefined };
  await using world = await startWorld({ variables });
  const webhook = await problemOf(await world.call("/webhooks/highlevel", { method: "POST" }), 429);
  equal(webhook.code, "misconfigured", "a webhook is delivered again");
  for (const path of ["/healthz", "/connections", "/oauth/install", "/nothing", "/webhooks/highlevel"]) {
    const problem = await problemOf(await world.call(path), 503);
    equal(problem.code, "misconfigured");
    match(String(problem.detail), /SEALING_KEYS is missing/);
    match(String(problem.detail), /ADMIN_KEY is missing/);
  }
});

Deno.test("settings that cannot work are named, and never shown", async (t) => {
  const cases: Record<string, [Record<string, string | undefined>, RegExp]> = {
    "a short sealing key": [{ SEALING_KEYS: "c2hvcnQ=" }, /SEALING_KEYS/],
    "a short key": [{ ADMIN_KEY: "tiny" }, /ADMIN_KEY/],
    "a key of two roles": [{ VIEWER_KEY: KEYS.admin }, /ADMIN_KEY.*VIEWER_KEY/],
    "an API version that does not exist": [{ HIGHLEVEL_API_VERSION: "v9" }, /HIGHLEVEL_API_VERSION/],
    "a base URL without TLS": [
      { HIGHLEVEL_BASE_URL: "http://highlevel.example" },
      /baseUrl|HIGHLEVEL_BASE_URL/,
    ],
  };
  for (const [name, [variables, names]] of Object.entries(cases)) {
    await t.step(name, async () => {
      await using world = await startWorld({ variables });
      const problem = await problemOf(await world.call("/healthz"), 503);
      match(String(problem.detail), names);
      for (const value of Object.values(variables)) ok(!String(problem.detail).includes(value ?? "-"));
    });
  }
});

Deno.test("too many wrong keys of one address are refused for a while, and right ones are not", async () => {
  await using world = await startWorld({ limits: { WRONG_KEYS: 3 } });
  const statuses: number[] = [];
  for (let index = 0; index < 6; index++) {
    const response = await world.call("/connections", { key: `wrong-${index}-0123456789` });
    statuses.push(response.status);
    await response.body?.cancel();
  }
  deepEqual(statuses, [401, 401, 401, 429, 429, 429]);
  equal((await world.call("/connections")).status, 200);
});

Deno.test("K14: wrong keys are counted per network: an IPv6 address of one's own does not buy more of them", async () => {
  await using world = await startWorld({ limits: { WRONG_KEYS: 3 } });
  const guess = async (address: string): Promise<number> => {
    const headers = { "CF-Connecting-IP": address };
    const response = await world.call("/connections", { key: "wrong-key-0123456789", headers });
    await response.body?.cancel();
    return response.status;
  };
  const statuses: number[] = [];
  for (let index = 1; index <= 5; index++) statuses.push(await guess(`2001:db8:7:1::${index}`));
  deepEqual(statuses, [401, 401, 401, 429, 429]);
  equal(await guess("2001:db8:7:2::1"), 401, "the next network is another visitor");
});
