import assert from "node:assert/strict";
import { createApp, routes } from "../../../src/worker/create_app.ts";
import type { WorkerEnv } from "../../../src/worker/env.ts";
import { isTried } from "../../../src/worker/http/tried.ts";
import { importLost, importTokens, nameOf, put, recover } from "../calls.ts";
import { diskAssets } from "../disk_assets.ts";
import { KEYS, SEALING_KEY, startWorld, until, type WorkerWorld } from "../worker_world.ts";

const OWN = { "Sec-Fetch-Site": "same-origin" };

/** Sends a form as a browser on this origin would. */
async function post(
  world: WorkerWorld,
  path: string,
  fields: Record<string, string> = {},
  headers: Record<string, string> = OWN,
): Promise<Response> {
  return await world.call(path, { method: "POST", key: null, body: new URLSearchParams(fields), headers });
}

/** The session cookie after signing in with `key`. */
async function cookieOf(world: WorkerWorld, key: string, cookie = ""): Promise<string> {
  const response = await post(world, "/ui/sign-in", { key }, { ...OWN, ...(cookie && { Cookie: cookie }) });
  await response.body?.cancel();
  assert.equal(response.status, 303);
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

async function statusOf(answer: Promise<Response>): Promise<number> {
  const response = await answer;
  await response.body?.cancel();
  return response.status;
}

Deno.test("a session's cookie is for this app alone, out of reach of scripts and other sites, for 12 hours", async () => {
  await using world = await startWorld();
  const response = await post(world, "/ui/sign-in", { key: KEYS.admin });
  assert.equal(response.headers.get("location"), "/");
  const [cookie = ""] = response.headers.getSetCookie();
  assert.match(cookie, /^highlevel_session=/);
  assert.match(cookie, /; Max-Age=43200/);
  assert.match(cookie, /; Path=\/(;|$)/);
  assert.match(cookie, /; HttpOnly/);
  assert.match(cookie, /; SameSite=Strict/);
  assert.doesNotMatch(cookie, /Secure/); // plain http here
  for (const key of Object.values(KEYS)) assert.ok(!decodeURIComponent(cookie).includes(key));
});

Deno.test("a session that was signed out is refused, also when its cookie is sent again", async () => {
  await using world = await startWorld();
  const cookie = await cookieOf(world, KEYS.admin);
  const look = (): Promise<number> =>
    statusOf(world.call("/connections", { key: null, headers: { Cookie: cookie } }));
  assert.equal(await look(), 200);
  assert.equal(await statusOf(post(world, "/ui/sign-out", {}, { ...OWN, Cookie: cookie })), 303);
  assert.equal(await look(), 401);
});

Deno.test("signing in gives a new session and ends the one before", async () => {
  await using world = await startWorld();
  const first = await cookieOf(world, KEYS.viewer);
  const second = await cookieOf(world, KEYS.admin, first);
  assert.notEqual(first, second);
  const look = (cookie: string): Promise<number> =>
    statusOf(world.call("/docs", { key: null, headers: { Cookie: cookie } }));
  assert.equal(await look(first), 401);
  assert.equal(await look(second), 200);
});

Deno.test("a cookie that was changed, or signed with another worker's keys, is none", async () => {
  await using world = await startWorld();
  await using other = await startWorld({ variables: { VIEWER_KEY: "another-viewer-key-0123" } });
  const cookie = await cookieOf(world, KEYS.viewer);
  const [name = "", value = ""] = cookie.split("=", 2);
  const [payload = "", signature = ""] = decodeURIComponent(value).split(".");
  const forged = btoa(atob(payload).replace(/"key":"./, (text) => `${text}0`));
  for (
    const wrong of [
      `${forged}.${signature}`,
      payload,
      `${payload}.`,
      `${payload}.${btoa("x".repeat(32))}`,
      "x",
    ]
  ) {
    const headers = { Cookie: `${name}=${encodeURIComponent(wrong)}` };
    assert.equal(await statusOf(world.call("/connections", { key: null, headers })), 401, wrong);
  }
  assert.equal(await statusOf(other.call("/connections", { key: null, headers: { Cookie: cookie } })), 401);
});

Deno.test("a signed-in browser may look at what viewers may, and get no token and change nothing by the API", async () => {
  await using world = await startWorld();
  const headers = { Cookie: await cookieOf(world, KEYS.admin) };
  for (const path of ["/connections", "/openapi.json", "/docs"]) {
    assert.equal(await statusOf(world.call(path, { key: null, headers })), 200, path);
  }
  assert.equal(await statusOf(world.call("/connections/location/a/token", { key: null, headers })), 401);
  assert.equal(await statusOf(world.call("/proxy/location/a/contacts", { key: null, headers })), 401);
  for (const [method, path] of [["POST", "/recoveries"], ["DELETE", "/connections/location/a"]] as const) {
    assert.equal(await statusOf(world.call(path, { method, key: null, headers })), 401, path);
  }
});

Deno.test("the API's page may call what its reader's key may, from this origin alone, and is never handed a token", async () => {
  await using world = await startWorld();
  const { locationId = "" } = world.sandbox.addLocation({ installed: true });
  const [admin, viewer] = [await cookieOf(world, KEYS.admin), await cookieOf(world, KEYS.viewer)];
  const path = `/connections/location/${locationId}`;
  const from = (cookie: string, site?: string): Record<string, string> => ({
    Cookie: cookie,
    "Content-Type": "application/json",
    ...site !== undefined && { "Sec-Fetch-Site": site },
  });
  const call = (method: string, path: string, headers: Record<string, string>, body?: string) =>
    statusOf(world.call(path, { method, key: null, headers, ...body !== undefined && { body } }));
  const bring = (headers: Record<string, string>) => call("POST", `${path}/recover`, headers);

  assert.equal(await bring(from(admin, "same-origin")), 200);
  assert.equal(await bring(from(viewer, "same-origin")), 403);
  for (const site of [undefined, "none", "same-site", "cross-site"]) {
    assert.equal(await bring(from(admin, site)), 401, `${site}`);
  }
  const elsewhere = { ...from(admin), Origin: "https://evil.example" };
  assert.equal(await bring(elsewhere), 401, "an older browser, from another origin");
  assert.equal(await call("PUT", `${path}/name`, from(admin, "same-origin"), `{"name":"Alder"}`), 200);
  assert.equal(await call("GET", `${path}/health`, from(admin, "same-origin")), 200);

  const kept = routes.filter((one) => ["service", "admin"].includes(one.access) && !isTried(one));
  const named = kept.map(({ method, path }) => `${method} ${path.replace(/\{.*/, "")}`);
  for (const secret of ["get /connections/:kind/:id/token", "all /proxy/:kind/:id/:path", "get /export"]) {
    assert.ok(named.includes(secret), secret);
  }
  for (const { method, path } of kept) {
    const address = path.replace(/\{[^}]*\}/g, "").replace(":kind", "location").replace(":id", locationId)
      .replace(":path", "contacts");
    const status = await call(method === "all" ? "GET" : method, address, from(admin, "same-origin"));
    assert.equal(status, 401, `${method} ${path}`);
  }
});

Deno.test("a connection's page has its link and the form for its name for an admin only; a name is kept, cleaned, or refused", async () => {
  await using world = await startWorld();
  const { companyId } = world.sandbox.addCompany();
  const target = world.sandbox.addLocation({ companyId });
  await importLost(world, target);
  assert.equal(await recover(world, target), 424);
  const path = `/ui/connections/${nameOf(target)}`;
  const admin = { ...OWN, Cookie: await cookieOf(world, KEYS.admin) };
  const pageFor = async (headers: Record<string, string>): Promise<string> =>
    await (await world.call(path, { key: null, headers })).text();
  const rename = async (name: string): Promise<number> =>
    await statusOf(post(world, `${path}/name`, { name }, admin));
  assert.equal(await rename(" Harbour\r\nDental \u202e"), 303);
  for (const name of ["\u200b", "x".repeat(201)]) assert.equal(await rename(name), 422);
  const seen = await pageFor(admin);
  assert.match(seen, /<h1>Harbour Dental<\/h1>/);
  assert.match(seen, /\/r\/[\w-]{40}/);
  assert.ok(seen.includes(`${path}/name"`));
  const looked = await pageFor({ Cookie: await cookieOf(world, KEYS.viewer) });
  assert.match(looked, /<h1>Harbour Dental<\/h1>/);
  assert.doesNotMatch(looked, /\/r\/[\w-]{40}/);
  assert.ok(!looked.includes(`${path}/name"`));
  assert.equal(await rename(""), 303, "HighLevel's own, as soon as it can be read");

  assert.ok(seen.includes(`${path}/suspend"`) && !looked.includes(`${path}/suspend"`));
  const suspend = async (reason: string): Promise<number> =>
    await statusOf(post(world, `${path}/suspend`, { reason }, admin));
  assert.equal(await suspend("x".repeat(201)), 422);
  assert.equal(await suspend("<b>not paid</b>"), 303);
  const suspended = await pageFor(admin);
  assert.match(suspended, /&lt;b&gt;not paid&lt;\/b&gt;/);
  assert.match(suspended, /nothing, until it is resumed\./);
  assert.doesNotMatch(suspended, /refresh token ends/, "it is dead already");
  assert.ok(suspended.includes(`${path}/resume"`) && !suspended.includes(`${path}/recover"`));
  const suspendedLooked = await pageFor({ Cookie: await cookieOf(world, KEYS.viewer) });
  assert.ok(suspendedLooked.includes("not paid") && !suspendedLooked.includes(`${path}/resume"`));
  assert.equal(await statusOf(post(world, `${path}/resume`, {}, admin)), 303);
  assert.ok((await pageFor(admin)).includes(`${path}/recover"`));
  await importTokens(world, target);
  assert.equal(await suspend(""), 303);
  assert.match(await pageFor(admin), /Its refresh token ends in 365 days unless it is used/);

  await put(world, { companyId }, world.sandbox.install({ companyId }));
  const agency = `/ui/connections/company/${companyId}`;
  assert.equal(await statusOf(post(world, `${agency}/name`, { name: "Bloom & Sons" }, admin)), 303);
  await until(async () =>
    (await pageFor(admin)).includes(`href="${agency}">Bloom &amp; Sons <code>${companyId}</code></a>`)
  );
});

Deno.test("every page and form of the dashboard refuses whom it should", async (t) => {
  await using world = await startWorld();
  const viewer = await cookieOf(world, KEYS.viewer);
  const service = await cookieOf(world, KEYS.service);
  const admin = await cookieOf(world, KEYS.admin);
  const open = /^\/$|^\/ui\/(sign-in|sign-out|language|style\.css|customer\.css|app\.js|api\.js|icon\.svg)$/;
  for (const route of routes.filter(({ access }) => access === "session")) {
    const path = route.path.replace(":kind", "location").replace("/recoveries/:id", "/recoveries/job1")
      .replace(":id", "loc1").replace("*", "nothing");
    const isPost = route.method === "post";
    await t.step(`${route.method} ${path}`, async () => {
      const call = async (headers: Record<string, string>): Promise<Response> => {
        const response = isPost
          ? await post(world, path, {}, headers)
          : await world.call(path, { key: null, headers });
        await response.body?.cancel();
        return response;
      };
      if (isPost) {
        for (
          const headers of [
            {},
            { "Sec-Fetch-Site": "cross-site" },
            { "Sec-Fetch-Site": "same-site" },
            { "Sec-Fetch-Site": "none" },
            { Origin: "https://evil.example" },
            { Origin: "null" },
          ]
        ) {
          assert.equal((await call({ ...headers, Cookie: admin })).status, 403, JSON.stringify(headers));
        }
      }
      if (open.test(path)) return;
      const anonymous = await call({ ...OWN, Referer: "https://worker.example/ui/recoveries?a=1" });
      assert.equal(anonymous.status, 303);
      assert.equal(
        anonymous.headers.get("location"),
        isPost ? "/?next=%2Fui%2Frecoveries%3Fa%3D1&note=sessionEnded" : `/?next=${encodeURIComponent(path)}`,
      );
      if (isPost) {
        assert.equal((await call(OWN)).headers.get("location"), "/?next=%2F&note=sessionEnded");
      }
      // Acting takes the admin's key.
      if (isPost || path.endsWith("/forget")) {
        for (const cookie of [viewer, service]) {
          assert.equal((await call({ ...OWN, Cookie: cookie })).status, 403);
        }
      }
    });
  }
});

Deno.test("an old browser that tells only the origin is let through from this one", async () => {
  await using world = await startWorld();
  const { origin } = new URL((await world.call("/healthz")).url);
  assert.equal(await statusOf(post(world, "/ui/sign-in", { key: KEYS.viewer }, { Origin: origin })), 303);
});

Deno.test("a wrong key is refused, in words, and counts with the API's", async () => {
  await using world = await startWorld();
  const response = await post(world, "/ui/sign-in", { key: "wrong", next: "/ui/recoveries" });
  assert.equal(response.status, 401);
  assert.deepEqual(response.headers.getSetCookie(), []);
  const page = await response.text();
  assert.match(page, /That key is not valid/);
  assert.match(page, /value="\/ui\/recoveries"/);
});

Deno.test("a form for a bulk recovery that cannot be understood starts none, and says what is wrong", async () => {
  await using world = await startWorld();
  const headers = { ...OWN, Cookie: await cookieOf(world, KEYS.admin) };
  const cases = [
    [{}, /Invalid request/],
    [{ what: "status", status: "fine" }, /Invalid request/],
    [{ what: "__proto__" }, /Invalid request/],
    [{ what: "company", company: "no id!" }, /That is not an agency ID/],
    [{ what: "ids", ids: " \n" }, /There is no ID in it/],
    [{ what: "ids", ids: "not an id", skip: "bad" }, /1 line is not a valid ID/],
  ] as const;
  for (const [fields, says] of cases) {
    const response = await post(world, "/ui/recoveries", fields, headers);
    assert.equal(response.status, 422, JSON.stringify(fields));
    assert.match(await response.text(), says);
  }
  const json = { ...headers, "Content-Type": "application/json" };
  const other = await world.call("/ui/recoveries", { method: "POST", key: null, headers: json, body: "{}" });
  assert.equal(await statusOf(Promise.resolve(other)), 415);
  assert.match(
    await (await world.call("/ui/recoveries", { key: null, headers })).text(),
    /No bulk recoveries in the last 7 days/,
  );
});

Deno.test("a page of an error says in the reader's language what happened, what to do, and the request's id", async () => {
  await using world = await startWorld();
  await using closed = await startWorld({ variables: { READ_ONLY: "true" } });
  const [admin, viewer] = [await cookieOf(world, KEYS.admin), await cookieOf(world, KEYS.viewer)];
  const reader = await cookieOf(closed, KEYS.admin);
  const cases = [
    [403, world, viewer, "POST", "/ui/recoveries", /Sign in with the admin key/, /관리자 키로 로그인해야/],
    [404, world, admin, "GET", "/ui/nothing", /The address is wrong/, /주소가 잘못되었거나/],
    [422, world, admin, "POST", "/ui/recoveries", /a value that is not valid/, /올바르지 않은 값/],
    [503, closed, reader, "POST", "/ui/recoveries", /read-only for now/, /읽기 전용/],
  ] as const;
  for (const [status, at, cookie, method, path, english, korean] of cases) {
    for (const [language, says, id] of [["en", english, "Request ID"], ["ko", korean, "요청 ID"]] as const) {
      const response = await at.call(path, {
        method,
        key: null,
        headers: { ...OWN, Cookie: cookie, "Accept-Language": language },
        ...method === "POST" && { body: new URLSearchParams({ what: "status" }) },
      });
      assert.equal(response.status, status, `${path} ${language}`);
      const html = await response.text();
      assert.match(html, says);
      assert.match(html, new RegExp(`${id}: <code>[0-9a-f-]{36}</code>`), `${status} ${language}`);
    }
  }
});

Deno.test("pages come with a policy that lets nothing inline run, and are not kept", async () => {
  await using world = await startWorld();
  const headers = { Cookie: await cookieOf(world, KEYS.admin) };
  for (const path of ["/", "/ui/recoveries", "/ui/nothing", "/ui/connections/location/none1", "/docs"]) {
    const response = await world.call(path, { key: null, headers });
    const html = await response.text();
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none'; style-src 'self'; script-src 'self'; /, path);
    assert.doesNotMatch(policy, /unsafe|\*|data:/);
    assert.equal(response.headers.get("cache-control"), "no-store", path);
    assert.doesNotMatch(html, /<[^>]+\s(on\w+|style)=/i, path);
    assert.doesNotMatch(html, /<style|<script(?![^>]* src=)|javascript:/i, path);
    for (const [, link = ""] of html.matchAll(/(?:src|href|action)="([^"]*)"/g)) {
      assert.match(link, /^(\/|#)/);
    }
  }
});

Deno.test("mounted below a path, every link and cookie stays below it", async () => {
  await using world = await startWorld({ entry: "tests/worker/dashboard/mounted_entry.ts" });
  assert.equal((await world.call("/highlevel/", { key: null })).headers.get("location"), "/highlevel");
  const response = await post(world, "/highlevel/ui/sign-in", { key: KEYS.admin, next: "/elsewhere" });
  assert.equal(response.headers.get("location"), "/highlevel");
  const [cookie = ""] = response.headers.getSetCookie();
  assert.match(cookie, /; Path=\/highlevel(;|$)/);
  const headers = { Cookie: cookie.split(";")[0] ?? "" };
  for (
    const path of [
      "/highlevel",
      "/highlevel/ui/recoveries",
      "/highlevel/docs",
      "/highlevel/ui/connections/location/a",
    ]
  ) {
    const page = await world.call(path, { key: null, headers });
    const html = await page.text();
    assert.match(html, /Sign out/, path);
    for (const [, link = ""] of html.matchAll(/(?:src|href|action)="([^"]*)"/g)) {
      assert.match(link, /^(\/highlevel(\/|\?|$)|#)/, `${path}: ${link}`);
    }
  }
  const style = await world.call("/highlevel/ui/style.css", { key: null });
  assert.match(style.headers.get("content-type") ?? "", /^text\/css/);
  await style.body?.cancel();
});

/** A worker on https whose limit of wrong keys is reached and whose directory is out of reach. */
async function troubled(path: string, init: RequestInit): Promise<Response> {
  const env = {
    HIGHLEVEL_CLIENT_ID: "0123456789abcdef01234567-abcdefgh",
    HIGHLEVEL_CLIENT_SECRET: "a-client-secret",
    ADMIN_KEY: KEYS.admin,
    SEALING_KEYS: SEALING_KEY,
    TOKENS: { get: () => Promise.resolve(null), list: lost },
    CONNECTIONS: {},
    JOBS: {},
    DIRECTORY: { idFromName: (name: string) => name, get: () => ({ list: lost, counts: lost, hours: lost }) },
    RECOVERIES: {},
    ASSETS: diskAssets,
    WRONG_KEYS: { limit: () => Promise.resolve({ success: false }) },
  };
  return await createApp(asItIs).request(`https://worker.example${path}`, init, env);
}

/** What Cloudflare says of an object that does not answer. */
function lost(): Promise<never> {
  return Promise.reject(Object.assign(new Error("Network connection lost."), { retryable: true }));
}

function asItIs(env: object): WorkerEnv {
  const isEnv = (value: object): value is WorkerEnv => "TOKENS" in value;
  assert.ok(isEnv(env));
  return env;
}

Deno.test("after too many wrong keys of an address the form says so, and the right key still gets in", async () => {
  const signIn = (key: string): Promise<Response> =>
    troubled("/ui/sign-in", { method: "POST", body: new URLSearchParams({ key }), headers: OWN });
  const refused = await signIn("wrong");
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), "60");
  assert.match(await refused.text(), /Too many wrong keys/);
  const welcome = await signIn(KEYS.admin);
  assert.equal(welcome.status, 303);
  const [cookie = ""] = welcome.headers.getSetCookie();
  assert.match(cookie, /; Secure/); // https here

  const overview = await troubled("/", {
    headers: { Cookie: cookie.split(";")[0] ?? "", "Accept-Language": "ko" },
  });
  assert.equal(overview.status, 503);
  const page = await overview.text();
  assert.match(page, /문제가 발생했습니다/);
  assert.doesNotMatch(page, /Network connection/);
});

Deno.test("a bulk recovery that is sent twice begins once, and none over a status begins beside one that goes on", async () => {
  await using world = await startWorld();
  const { sandbox } = world;
  const { locationId } = sandbox.addLocation();
  assert.equal((await world.json(`/connections/location/${locationId}/token`)).status, 200);
  await until(async () => (await world.json("/connections?status=connected")).body.total === 1);
  const headers = { ...OWN, Cookie: await cookieOf(world, KEYS.admin) };
  const begin = async (
    job: string,
    fields: Record<string, string> = { what: "status", status: "connected" },
  ) => {
    const response = await post(world, "/ui/recoveries", { ...fields, ...job && { job } }, headers);
    await response.body?.cancel();
    return response.status === 303 ? response.headers.get("location") : String(response.status);
  };
  const [one, two, three] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  sandbox.fault({ on: "any", kind: "delay", ms: 60_000, times: Infinity });
  assert.equal(await begin(one), `/ui/recoveries/${one}`);
  assert.equal(await begin(one), `/ui/recoveries/${one}`);
  await until(async () => JSON.stringify((await world.json("/recoveries")).body).includes(one));
  assert.equal(await begin(two), `/ui/recoveries/${one}`);
  assert.equal(await begin("no-id"), "422");
  assert.equal(await statusOf(world.call(`/recoveries/${two}`)), 404);
  const agency = { what: "company", company: "agency1", lost: "on" };
  assert.equal(await begin(three, agency), `/ui/recoveries/${three}`); // an agency's own is another matter
  assert.notEqual(await begin(""), `/ui/recoveries/${one}`); // who asks for another one gets it
  await statusOf(world.call(`/recoveries/${one}`, { method: "DELETE" }));
  assert.equal(await begin(one), `/ui/recoveries/${one}`); // an old page sent again starts nothing over
});
