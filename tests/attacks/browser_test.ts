import assert from "node:assert/strict";
import { routes } from "../../src/worker/create_app.ts";
import { KEYS } from "../worker/worker_world.ts";
import { type AttackedWorker, attackedWorker } from "./attacked_worker.ts";

const FORM = "application/x-www-form-urlencoded";

/** Sends a form as a page of this dashboard would, unless `headers` say otherwise. */
async function post(
  { worker }: AttackedWorker,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await worker.call(path, {
    method: "POST",
    key: null,
    headers: { "content-type": FORM, "sec-fetch-site": "same-origin", ...headers },
    body: new URLSearchParams(fields).toString(),
  });
}

async function signIn(attacked: AttackedWorker, key: string = KEYS.admin): Promise<string> {
  const response = await post(attacked, "/ui/sign-in", { key });
  await response.body?.cancel();
  assert.equal(response.status, 303);
  const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
  return cookie;
}

async function pageStatus(
  { worker }: AttackedWorker,
  cookie: string,
  path = "/ui/recoveries",
): Promise<number> {
  const response = await worker.call(path, { key: null, headers: { cookie } });
  await response.body?.cancel();
  return response.status;
}

Deno.test("a form from another site changes nothing, even with the cookie of who is signed in", async () => {
  await using attacked = await attackedWorker();
  const cookie = await signIn(attacked);
  const origin = attacked.worker.url.origin;
  const foreign: readonly Record<string, string>[] = [
    { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
    { "sec-fetch-site": "cross-site", origin },
    { "sec-fetch-site": "same-site", origin },
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "", origin },
    { "sec-fetch-site": "same-origin, cross-site" },
  ];
  const byOrigin = [
    "https://evil.example",
    "null",
    "",
    `${origin}.evil.example`,
    `${origin}@evil.example`,
    origin.replace("http", "https"),
  ];
  const posts = routes.filter(({ access, method }) => access === "session" && method === "post");
  assert.ok(posts.length >= 5);
  for (const { path } of posts) {
    const real = path.replace(":kind", "location").replace(":id", "victim");
    const send = async (headers: Record<string, string>): Promise<Response> =>
      await attacked.worker.call(real, {
        method: "POST",
        key: null,
        headers: { "content-type": FORM, cookie, ...headers },
        body: "what=status&status=broken&key=x&to=ko",
      });
    const without = await Promise.all(byOrigin.map((value) => send(value ? { origin: value } : {})));
    for (const response of [...without, ...await Promise.all(foreign.map(send))]) {
      assert.equal(response.status, 403, `${path} ${response.status}`);
      assert.equal(response.headers.get("set-cookie"), null);
      await response.body?.cancel();
    }
  }
  assert.equal(await pageStatus(attacked, cookie), 200, "the session was ended from elsewhere");
  const victim = await attacked.worker.call("/connections/location/victim");
  assert.equal(victim.status, 200);
  await victim.body?.cancel();
});

Deno.test("a signed-in browser cannot be led to change anything by a link, nor to hand out a token", async () => {
  await using attacked = await attackedWorker();
  const cookie = await signIn(attacked);
  attacked.sandbox.resetCounts();
  for (const route of routes) {
    if (route.method !== "get" || route.path.includes("*")) continue;
    const path = route.path.replace(":kind", "location").replace(/:id(\{.*\}$)?/, "victim");
    const response = await attacked.worker.call(path, {
      key: null,
      headers: { cookie, "sec-fetch-site": "cross-site" },
    });
    // A stream of events of an unknown job ends at once.
    const text = await response.text();
    assert.ok(!/eyJ[\w-]{20,}\./.test(text), `${path} hands out a token`);
    if (route.access === "service" || route.access === "admin") assert.equal(response.status, 401, path);
  }
  const others = ["cross-site", "same-site", "none"].map((site) => ({ "sec-fetch-site": site }));
  const elsewhere = [...others, {}, { origin: "https://evil.example" }, { origin: "null" }];
  const own = { "sec-fetch-site": "same-origin" };
  for (
    const [method, path, froms] of [
      ["PUT", "/connections/location/victim", [...elsewhere, own]],
      ["POST", "/oauth/code", [...elsewhere, own]],
      ["POST", "/import", [...elsewhere, own]],
      ["DELETE", "/connections/location/victim", elsewhere],
      ["POST", "/recoveries", elsewhere],
      ["POST", "/connections/location/victim/recover", elsewhere],
    ] as const
  ) {
    for (const from of froms) {
      const response = await attacked.worker.call(path, {
        method,
        key: null,
        headers: { cookie, "content-type": "application/json", ...from },
        body: "{}",
      });
      assert.equal(response.status, 401, `${method} ${path} ${JSON.stringify(from)}`);
      await response.body?.cancel();
    }
  }
  assert.equal(attacked.sandbox.counts.total, 0, "HighLevel was asked");
});

Deno.test("a session cookie cannot be made, changed, raised or used after its end", async () => {
  await using attacked = await attackedWorker();
  const cookie = await signIn(attacked, KEYS.viewer);
  assert.equal(await pageStatus(attacked, cookie), 200);
  const [name = "", value = ""] = cookie.split("=");
  const [payload = "", signature = ""] = decodeURIComponent(value).split(".");
  const session: Record<string, unknown> = JSON.parse(atob(payload));
  const make = (change: object): string => btoa(JSON.stringify({ ...session, ...change }));
  const forgeries = [
    `${make({ role: "admin" })}.${signature}`,
    `${make({ endsAt: 1e15 })}.${signature}`,
    `${make({ id: crypto.randomUUID() })}.${signature}`,
    make({ role: "admin" }),
    `${make({ role: "admin" })}.`,
    `${payload}.${btoa("x".repeat(32))}`,
    `${payload}.${signature.slice(0, -2)}`,
    payload,
    "admin",
    "",
  ];
  for (const forged of forgeries) {
    assert.equal(await pageStatus(attacked, `${name}=${encodeURIComponent(forged)}`), 303, forged);
  }
  // The cookie of the install flow is signed too, and is no session.
  const install = await attacked.worker.call("/oauth/install", { key: null });
  const [state = ""] = (install.headers.get("set-cookie") ?? "").split(";");
  assert.equal(
    await pageStatus(attacked, `${name}=${state.split("=")[1]}`),
    303,
    "a state passes for a session",
  );
  const nonce = new URL(install.headers.get("location") ?? "").searchParams.get("state");
  const asState = await attacked.worker.call(`/oauth/callback?code=a&state=${nonce}`, {
    key: null,
    headers: { cookie: `${state.split("=")[0]}=${value}` },
  });
  assert.equal(asState.status, 400);
  await asState.body?.cancel();

  const forbidden = await post(attacked, "/ui/connections/location/victim/forget", {}, { cookie });
  assert.equal(forbidden.status, 403, "a viewer forgets");
  await forbidden.body?.cancel();
});

Deno.test("signing in gives a fresh session; after signing out the old cookie is worth nothing", async () => {
  await using attacked = await attackedWorker();
  const planted = await signIn(attacked, KEYS.viewer);
  // Fixation: whoever planted a cookie of theirs does not ride on the victim's sign-in.
  const response = await post(attacked, "/ui/sign-in", { key: KEYS.admin }, { cookie: planted });
  const set = response.headers.get("set-cookie") ?? "";
  await response.body?.cancel();
  const [own = ""] = set.split(";");
  assert.notEqual(own, planted);
  assert.match(set, /HttpOnly/);
  assert.match(set, /SameSite=Strict/);
  assert.equal(await pageStatus(attacked, planted), 303, "the planted session lives on");
  assert.equal(await pageStatus(attacked, own), 200);

  const out = await post(attacked, "/ui/sign-out", {}, { cookie: own });
  await out.body?.cancel();
  assert.equal(out.status, 303);
  assert.equal(await pageStatus(attacked, own), 303, "the cookie works after signing out");
  assert.equal(await pageStatus(attacked, own, "/ui/connections/location/victim"), 303);
  const look = await attacked.worker.call("/connections", { key: null, headers: { cookie: own } });
  assert.equal(look.status, 401);
  await look.body?.cancel();
});

Deno.test("signing in sends nobody to another site", async () => {
  await using attacked = await attackedWorker();
  const wishes = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%5cevil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/a/..//evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "http:evil.example",
    "/@evil.example",
    "?next=//evil.example",
    "data:text/html,x",
    "/ui/..//evil.example",
  ];
  for (const next of wishes) {
    for (const path of ["/ui/sign-in", "/ui/language"]) {
      const response = await post(attacked, path, { key: KEYS.viewer, to: "ko", next });
      await response.body?.cancel();
      assert.equal(response.status, 303, `${path} ${next}`);
      const location = response.headers.get("location") ?? "";
      const { origin } = new URL(location, attacked.worker.url);
      assert.equal(origin, attacked.worker.url.origin, `${next} → ${location}`);
      assert.match(location, /^\/(?![\\/])/, `${next} → ${location}`);
    }
  }
});

Deno.test("no page lets itself be framed, sniffed, or run what stands in it", async () => {
  await using attacked = await attackedWorker();
  const cookie = await signIn(attacked);
  for (
    const path of [
      "/",
      "/ui/recoveries",
      "/ui/connections/location/victim",
      "/docs",
      "/ui/nothing",
      "/oauth/callback",
    ]
  ) {
    const response = await attacked.worker.call(path, { key: null, headers: { cookie } });
    const page = await response.text();
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/, path);
    assert.match(policy, /frame-ancestors 'none'/, path);
    assert.ok(!policy.includes("unsafe"), path);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(response.headers.get("cache-control"), "no-store", path);
    assert.ok(!/<script(?![^>]*\bsrc=)/.test(page), `${path} has inline script`);
    assert.ok(!/\son\w+=/.test(page), `${path} has inline handlers`);
  }
});
