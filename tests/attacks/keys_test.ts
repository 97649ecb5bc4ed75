import assert from "node:assert/strict";
import { createApp, routes } from "../../src/worker/create_app.ts";
import type { WorkerEnv } from "../../src/worker/env.ts";
import { isSameDigest, sha256 } from "../../src/worker/http/digest.ts";
import type { Route } from "../../src/worker/http/route.ts";
import { diskAssets } from "../worker/disk_assets.ts";
import { KEYS, SEALING_KEY } from "../worker/worker_world.ts";

const RANK: Readonly<Record<string, number>> = { viewer: 1, service: 2, admin: 3 };

/** What an attacker without the key may send. */
const GUESSES: readonly (readonly [name: string, headers: Record<string, string>, query?: string])[] = [
  ["nothing", {}],
  ["an empty key", { authorization: "Bearer " }],
  ["another key", { authorization: "Bearer wrong-key-0123456789" }],
  ["a key cut short", { authorization: `Bearer ${KEYS.admin.slice(0, -1)}` }],
  ["a key and more", { authorization: `Bearer ${KEYS.admin}0` }],
  ["a key in capitals", { authorization: `Bearer ${KEYS.admin.toUpperCase()}` }],
  ["two keys", { authorization: `Bearer ${KEYS.admin}, Bearer ${KEYS.admin}` }],
  ["a key between blanks", { authorization: `Bearer x ${KEYS.admin}` }],
  ["a key by Basic", { authorization: `Basic ${btoa(`admin:${KEYS.admin}`)}` }],
  ["a key without a scheme", { authorization: KEYS.admin }],
  ["a key in another header", { "x-api-key": KEYS.admin, "proxy-authorization": `Bearer ${KEYS.admin}` }],
  ["a key in a cookie", { cookie: `key=${KEYS.admin}; highlevel_session=${KEYS.admin}` }],
  ["a key in the query", {}, `?key=${KEYS.admin}&access_token=${KEYS.admin}`],
  ["the name of a role", { authorization: "Bearer admin" }],
  ["a JavaScript name", { authorization: "Bearer __proto__" }],
  ["the sealing key", { authorization: `Bearer ${SEALING_KEY}` }],
  ["the client secret", { authorization: "Bearer secret-of-the-app" }],
  ["a role in a header", { "x-role": "admin", "x-forwarded-user": "admin" }],
];

/** The app over bindings that only tell that they were touched. */
function guarded(): { ask: (path: string, init: RequestInit) => Promise<Response>; touched: string[] } {
  const touched: string[] = [];
  const binding = (name: string): object =>
    new Proxy({}, {
      get: (_, member) => () => {
        touched.push(`${name}.${String(member)}`);
        throw new Error("touched");
      },
    });
  const settings = {
    HIGHLEVEL_CLIENT_ID: "66a1b2c3d4e5f6a7b8c9d0e1-lz1abcde",
    HIGHLEVEL_CLIENT_SECRET: "secret-of-the-app",
    HIGHLEVEL_REDIRECT_URI: "https://worker.example/oauth/callback",
    HIGHLEVEL_SCOPES: "contacts.readonly",
    SEALING_KEYS: SEALING_KEY,
    ADMIN_KEY: KEYS.admin,
    SERVICE_KEY: KEYS.service,
    VIEWER_KEY: KEYS.viewer,
    TOKENS: binding("TOKENS"),
    CONNECTIONS: binding("CONNECTIONS"),
    JOBS: binding("JOBS"),
    RECOVERIES: binding("RECOVERIES"),
    DIRECTORY: binding("DIRECTORY"),
    ASSETS: diskAssets,
  };
  const app = createApp(() => envFrom(settings));
  const env = {};
  return { ask: async (path, init) => await app.request(path, init, env), touched };
}

/** The bindings have the members that count; the rest is never reached. */
function envFrom(settings: object): WorkerEnv {
  const isEnv = (value: object): value is WorkerEnv => "TOKENS" in value;
  assert.ok(isEnv(settings));
  return settings;
}

function pathOf({ path }: Route): string {
  return path.replace(/:kind/, "location").replace(/:path\{\.\*\}/, "contacts/")
    .replace(/:id\{.*\\\.(\w+)\}/, "victim.$1").replace(/:\w+/g, "victim").replace("*", "anything");
}

function methodsOf({ method }: Route): readonly string[] {
  return method === "all" ? ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"] : [method.toUpperCase()];
}

/** Guesses, and the keys of lower roles, with the status each deserves. */
function* attemptsAt(needed: string): Generator<readonly [string, Record<string, string>, string, number]> {
  for (const [name, headers, query = ""] of GUESSES) yield [name, headers, query, 401];
  for (const role of ["viewer", "service"] as const) {
    if ((RANK[role] ?? 0) >= (RANK[needed] ?? 0)) continue;
    yield [`the ${role} key`, { authorization: `Bearer ${KEYS[role]}` }, "", 403];
  }
}

Deno.test("no route does anything for who has no key, a wrong one, or one of a lower role", async () => {
  const { ask, touched } = guarded();
  await ask("/healthz", {});
  let attempts = 0;
  for (const route of routes.filter(({ access }) => RANK[access] !== undefined)) {
    for (const [name, headers, query, status] of attemptsAt(route.access)) {
      for (const method of methodsOf(route)) {
        touched.length = 0;
        const hasBody = method !== "GET" && method !== "OPTIONS";
        const response = await ask(pathOf(route) + query, {
          method,
          headers: { ...headers, ...(hasBody && { "content-type": "application/json" }) },
          ...(hasBody && { body: "{}" }),
        });
        const where = `${method} ${route.path} with ${name}`;
        assert.equal(response.status, status, where);
        assert.deepEqual(touched, [], where);
        const text = await response.text();
        for (const key of Object.values(KEYS)) assert.ok(!text.includes(key), where);
        attempts++;
      }
    }
  }
  assert.ok(attempts > 300, `${attempts} attempts`);
});

/** The sign-in page, what it needs, and files. */
const OPEN_PAGES = /^\/$|^\/ui\/(sign-in|sign-out|language|[a-z]+\.[a-z]+)$/;

Deno.test("no page of the dashboard does anything without a session", async () => {
  const { ask, touched } = guarded();
  await ask("/healthz", {});
  const pages = routes.filter(({ access, path }) => access === "session" && !OPEN_PAGES.test(path));
  assert.ok(pages.length >= 8);
  for (const route of pages) {
    for (
      const [name, headers, query = ""] of [
        ...GUESSES,
        ["the admin key", { authorization: `Bearer ${KEYS.admin}` }] as const,
      ]
    ) {
      touched.length = 0;
      const isPost = route.method === "post";
      const response = await ask(pathOf(route) + query, {
        method: route.method.toUpperCase(),
        headers: {
          ...headers,
          ...(isPost &&
            { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" }),
        },
        ...(isPost && { body: "what=status&status=broken" }),
      });
      const where = `${route.method} ${route.path} with ${name}`;
      assert.equal(response.status, 303, where);
      assert.match(
        response.headers.get("location") ?? "",
        /^\/(\?signed=ended)?([?&]next=%2F[\w%.=&-]*)?$/,
        where,
      );
      assert.deepEqual(touched, [], where);
    }
  }
});

Deno.test("a key is hashed whole before it is compared, whatever part of it is right", async () => {
  const digest = crypto.subtle.digest.bind(crypto.subtle);
  const hashed: number[] = [];
  Object.defineProperty(crypto.subtle, "digest", {
    configurable: true,
    value: (algorithm: string, data: Uint8Array<ArrayBuffer>) => {
      hashed.push(data.byteLength);
      return digest(algorithm, data);
    },
  });
  try {
    const { ask } = guarded();
    await ask("/connections", { headers: { authorization: "Bearer none" } }); // the worker's own keys are, once
    let expected: number[] | undefined;
    for (let right = 0; right < KEYS.admin.length; right++) {
      hashed.length = 0;
      const guess = KEYS.admin.slice(0, right).padEnd(KEYS.admin.length, "~");
      const response = await ask("/connections", { headers: { authorization: `Bearer ${guess}` } });
      assert.equal(response.status, 401);
      expected ??= hashed.toSorted();
      assert.ok(hashed.includes(guess.length), "the guess is not hashed");
      assert.deepEqual(hashed.toSorted(), expected, `${right} characters right`);
    }
    // What is compared is the hash: the guess itself is never looked at by character.
    assert.ok(expected);
  } finally {
    Reflect.deleteProperty(crypto.subtle, "digest");
  }
  const same = await sha256("same");
  assert.ok(isSameDigest(same, await sha256("same")));
  for (const other of ["", "Same", "sam", "same ", "same\0"]) {
    assert.ok(!isSameDigest(await sha256(other), same));
  }
});
