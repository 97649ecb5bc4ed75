import assert from "node:assert/strict";
import { Connections } from "../../src/connections/connections.ts";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import { type TestWorld, traffic, world } from "./world.ts";

const LOCATION = { locationId: "apiLocation" };
const BASE = "https://services.leadconnectorhq.com";
const JSON_TYPE = { "Content-Type": "application/json" };
const OLD = 60_000; // past the age where a token may not be known everywhere

/** A world with a living, not so young connection. */
async function connected(): Promise<TestWorld & { readonly accessToken: string }> {
  const w = world();
  const { accessToken } = await w.connect(LOCATION);
  w.clock.at += OLD;
  return { ...w, accessToken };
}

/** Connections whose API calls are answered by `answers` in turn, the last one for ever. */
function answering(w: TestWorld, ...answers: (() => Response | Promise<Response>)[]) {
  const seen: { url: string; init: RequestInit; headers: Headers }[] = [];
  const connections = w.another({
    app: {
      ...w.sandbox.app,
      fetch: async (url, init) => {
        if (url.includes("/oauth/")) return await w.sandbox.fetch(url, init);
        seen.push({ url, init, headers: new Headers(init.headers) });
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        return await (answer?.() ?? new Response("{}"));
      },
    },
  });
  return { connections, seen };
}

const unauthorized = (): Response =>
  new Response(`{"statusCode":401,"message":"Invalid JWT"}`, { status: 401 });
const ok = (): Response => new Response("fine");

const AWAY: readonly (string | URL | Request)[] = [
  "https://evil.example/contacts/",
  "http://services.leadconnectorhq.com/contacts/",
  "https://services.leadconnectorhq.com:8443/contacts/",
  "https://services.leadconnectorhq.com.evil.example/",
  "https://services.leadconnectorhq.com@evil.example/",
  "https://user:password@services.leadconnectorhq.com/",
  "https:evil.example/path",
  "javascript:alert(1)",
  "data:text/plain,hello",
  new URL("https://evil.example/"),
  new Request("https://evil.example/"),
];

for (const input of AWAY) {
  const shown = input instanceof Request ? `a Request of ${input.url}` : String(input);
  Deno.test(`${shown} is no place for a token`, async () => {
    const w = await connected();
    await assert.rejects(w.connections.fetch(LOCATION, input), TypeError);
    assert.equal(w.sandbox.counts.total, 0);
  });
}

const WITHIN: readonly (readonly [string, string])[] = [
  ["/contacts/?limit=1", `${BASE}/contacts/?limit=1`],
  ["contacts/", `${BASE}/contacts/`],
  ["", `${BASE}/`],
  ["?limit=1", `${BASE}/?limit=1`],
  [`${BASE}/contacts/`, `${BASE}/contacts/`],
  ["HTTPS://SERVICES.leadconnectorhq.com/contacts/", `${BASE}/contacts/`],
  ["//evil.example/contacts/", `${BASE}/evil.example/contacts/`],
  ["\\\\evil.example\\contacts", `${BASE}///evil.example/contacts`],
  ["/../../contacts/", `${BASE}/contacts/`],
  ["/%2e%2e/contacts/", `${BASE}/contacts/`],
  ["@evil.example/", `${BASE}/@evil.example/`],
  ["/contacts/#token", `${BASE}/contacts/`],
  ["/redirect?to=https://evil.example/", `${BASE}/redirect?to=https://evil.example/`],
];

for (const [input, url] of WITHIN) {
  Deno.test(`"${input}" goes to ${url}`, async () => {
    const { connections, seen } = answering(await connected(), ok);
    await (await connections.fetch(LOCATION, input)).text();
    assert.equal(seen[0]?.url, url);
  });
}

Deno.test("below a base URL with a path nothing leads out of that path", async () => {
  const seen: string[] = [];
  const connections = new Connections({
    app: {
      clientId: "app-one",
      clientSecret: "secret",
      baseUrl: "http://localhost:8080/api",
      fetch: (url) => {
        seen.push(url);
        return Promise.resolve(new Response("{}"));
      },
    },
    store: new MemoryStore(),
  });
  await connections.save(LOCATION, {
    accessToken: "token",
    tokenType: "Bearer",
    expiresAt: new Date(Date.now() + 86_400_000),
    scope: [],
    userType: "Location",
  });
  for (
    const input of [
      "../oauth",
      "/../oauth",
      "%2e%2e/oauth",
      "..%5coauth/../../..",
      "http://localhost:8080/",
      "http://localhost:8080/apiary",
    ]
  ) {
    await assert.rejects(connections.fetch(LOCATION, input), TypeError, input);
  }
  for (const input of ["contacts", "/contacts", "a/../contacts", "http://localhost:8080/api/contacts"]) {
    await connections.fetch(LOCATION, input);
  }
  assert.deepEqual(new Set(seen), new Set(["http://localhost:8080/api/contacts"]));
});

Deno.test("the token and the API version go along; the caller's headers stay, but for Authorization", async () => {
  const w = await connected();
  const { connections, seen } = answering(w, ok);
  await connections.fetch(LOCATION, "/", { headers: { "X-Mine": "1", Authorization: "Basic Zm9v" } });
  await connections.fetch(LOCATION, "/", { headers: { Version: "2021-04-15" } });
  assert.equal(seen[0]?.headers.get("authorization"), `Bearer ${w.accessToken}`);
  assert.equal(seen[0]?.headers.get("version"), "2021-07-28");
  assert.equal(seen[0]?.headers.get("x-mine"), "1");
  assert.equal(seen[1]?.headers.get("version"), "2021-04-15");
});

Deno.test("the caller's own init and headers are left as they were", async () => {
  const { connections } = answering(await connected(), ok);
  const headers = new Headers({ "X-Mine": "1" });
  const init = Object.freeze({ headers, method: "POST", body: "x" });
  await connections.fetch(LOCATION, "/", init);
  assert.deepEqual([...headers], [["x-mine", "1"]]);
});

Deno.test("a 401 heals the connection and repeats the request once", async () => {
  const w = await connected();
  w.sandbox.expireAccessTokens();
  const response = await w.connections.fetch(LOCATION, "/locations/apiLocation");
  assert.equal(response.status, 200);
  await response.body?.cancel();
  assert.deepEqual(traffic(w.sandbox), { refresh: 1, others: 2 });
});

Deno.test("a request with a body is repeated whole", async () => {
  const w = await connected();
  w.sandbox.expireAccessTokens();
  const response = await w.connections.fetch(LOCATION, "/contacts/", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ locationId: LOCATION.locationId, firstName: "Ada" }),
  });
  assert.equal(response.status, 201);
  assert.match(await response.text(), /"firstName":"Ada"/);
});

Deno.test("a 401 that healing does not cure is the caller's: two requests, one refresh", async () => {
  const w = await connected();
  const { connections, seen } = answering(w, unauthorized);
  const response = await connections.fetch(LOCATION, "/");
  assert.equal(response.status, 401);
  assert.match(await response.text(), /Invalid JWT/);
  assert.equal(seen.length, 2);
  assert.notEqual(seen[0]?.headers.get("authorization"), seen[1]?.headers.get("authorization"));
  assert.deepEqual(traffic(w.sandbox), { refresh: 1 });
});

Deno.test("100 calls that all meet a 401 cost one refresh", async () => {
  const w = await connected();
  w.sandbox.expireAccessTokens();
  const calls = Array.from({ length: 100 }, async () => {
    const response = await w.connections.fetch(LOCATION, "/locations/apiLocation");
    await response.body?.cancel();
    return response.status;
  });
  assert.deepEqual(new Set(await Promise.all(calls)), new Set([200]));
  assert.equal(w.sandbox.counts.refresh, 1);
});

Deno.test("a 401 on a token minted seconds ago is asked again after a pause, before anything is healed", async () => {
  const w = world();
  await w.connect(LOCATION);
  const { connections, seen } = answering(w, unauthorized, ok);
  assert.equal((await connections.fetch(LOCATION, "/")).status, 200);
  assert.deepEqual(w.clock.slept, [500]);
  assert.equal(seen[0]?.headers.get("authorization"), seen[1]?.headers.get("authorization"));
  assert.deepEqual(traffic(w.sandbox), {});
});

Deno.test("a young token that stays refused is healed", async () => {
  const w = world();
  await w.connect(LOCATION);
  const { connections, seen } = answering(w, unauthorized, unauthorized, ok);
  assert.equal((await connections.fetch(LOCATION, "/")).status, 200);
  assert.equal(seen.length, 3);
  assert.deepEqual(traffic(w.sandbox), { refresh: 1 });
});

Deno.test("a lasting 401 costs one refresh a minute, not one a call", async () => {
  const w = await connected();
  const { connections, seen } = answering(w, unauthorized);
  for (let call = 0; call < 20; call++) {
    const response = await connections.fetch(LOCATION, "/");
    assert.equal(response.status, 401);
    assert.match(await response.text(), /Invalid JWT/);
    w.clock.at += 1_000;
  }
  assert.equal(
    seen.length,
    21,
    "the first call is repeated after its refresh, the others cost one request each",
  );
  assert.deepEqual(traffic(w.sandbox), { refresh: 1 });
  w.clock.at += OLD;
  await connections.fetch(LOCATION, "/");
  assert.deepEqual(traffic(w.sandbox), { refresh: 2 });
});

Deno.test("a lasting 401 of streamed bodies costs one refresh a minute too", async () => {
  const w = await connected();
  const { connections, seen } = answering(w, unauthorized);
  for (let call = 0; call < 5; call++) {
    const body = new Blob(["x"]).stream();
    assert.equal((await connections.fetch(LOCATION, "/", { method: "POST", body })).status, 401);
  }
  assert.equal(seen.length, 5);
  assert.deepEqual(traffic(w.sandbox), { refresh: 1 });
});

Deno.test("a healed token that opened something is healed again the moment it dies", async () => {
  const w = await connected();
  for (let incident = 0; incident < 3; incident++) {
    w.sandbox.loseTokens();
    const response = await w.connections.fetch(LOCATION, "/locations/apiLocation");
    assert.equal(response.status, 200);
    await response.body?.cancel();
  }
});

Deno.test("a streamed body is not repeated: its 401 is returned, and the next call finds a living token", async () => {
  const w = await connected();
  w.sandbox.expireAccessTokens();
  const body = new Blob([JSON.stringify({ locationId: LOCATION.locationId })]).stream();
  const response = await w.connections.fetch(LOCATION, "/contacts/", {
    method: "POST",
    headers: JSON_TYPE,
    body,
  });
  assert.equal(response.status, 401);
  assert.match(await response.text(), /Invalid JWT/);
  assert.deepEqual(traffic(w.sandbox), { refresh: 1, others: 1 });
  w.sandbox.resetCounts();
  const next = await w.connections.fetch(LOCATION, "/locations/apiLocation");
  assert.equal(next.status, 200);
  await next.body?.cancel();
  assert.deepEqual(traffic(w.sandbox), { others: 1 });
});

Deno.test("a streamed body whose healing fails still returns its 401", async () => {
  const w = await connected();
  w.sandbox.expireAccessTokens();
  w.sandbox.fault({ on: "refresh", kind: "html_502", times: Infinity });
  const response = await w.connections.fetch(LOCATION, "/contacts/", {
    method: "POST",
    headers: JSON_TYPE,
    body: new Blob([JSON.stringify({ locationId: LOCATION.locationId })]).stream(),
  });
  assert.equal(response.status, 401);
  await response.body?.cancel();
});

Deno.test("a Request is sent with its method, headers and body", async () => {
  const w = await connected();
  const request = new Request(`${BASE}/contacts/`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ locationId: LOCATION.locationId, firstName: "Ada" }),
  });
  const response = await w.connections.fetch(LOCATION, request);
  assert.equal(response.status, 201);
  assert.match(await response.text(), /"firstName":"Ada"/);
  const get = await w.connections.fetch(LOCATION, new Request(`${BASE}/locations/apiLocation`), {
    headers: { "X-Mine": "1" },
  });
  assert.equal(get.status, 200);
  await get.body?.cancel();
  assert.equal(w.sandbox.requests.at(-1)?.headers?.["x-mine"], "1");
});

Deno.test("a Request without a body heals on 401; an URL works as well", async () => {
  const w = await connected();
  for (
    const input of [new Request(`${BASE}/locations/apiLocation`), new URL(`${BASE}/locations/apiLocation`)]
  ) {
    w.sandbox.expireAccessTokens();
    w.clock.at += OLD;
    const response = await w.connections.fetch(LOCATION, input);
    assert.equal(response.status, 200);
    await response.body?.cancel();
  }
});

const throttled = (retryAfter: string) => (): Response =>
  new Response("slow down", { status: 429, headers: { "retry-after": retryAfter } });

for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]) {
  Deno.test(`a ${method} waits for a short Retry-After and is repeated once`, async () => {
    const w = await connected();
    const { connections, seen } = answering(w, throttled("10"), ok);
    assert.equal((await connections.fetch(LOCATION, "/", { method })).status, 200);
    assert.deepEqual(w.clock.slept, [10_000]);
    assert.equal(seen.length, 2);
  });
}

for (
  const { what, init, answer } of [
    { what: "a POST", init: { method: "POST" }, answer: throttled("1") },
    { what: "a PATCH", init: { method: "patch" }, answer: throttled("1") },
    { what: "a wait of more than 10 s", init: {}, answer: throttled("11") },
    { what: "a 429 that names no time", init: {}, answer: () => new Response("", { status: 429 }) },
    {
      what: "a streamed PUT",
      init: { method: "PUT", body: new Blob(["x"]).stream() },
      answer: throttled("1"),
    },
  ]
) {
  Deno.test(`${what} is the caller's to repeat`, async () => {
    const w = await connected();
    const { connections, seen } = answering(w, answer);
    assert.equal((await connections.fetch(LOCATION, "/", init)).status, 429);
    assert.equal(seen.length, 1);
    assert.deepEqual(w.clock.slept, []);
  });
}

Deno.test("a Retry-After date is read by the driven clock", async () => {
  const w = await connected();
  const { connections } = answering(w, () => throttled(new Date(w.clock.at + 3000).toUTCString())(), ok);
  assert.equal((await connections.fetch(LOCATION, "/")).status, 200);
  assert.deepEqual(w.clock.slept, [3000]);
});

Deno.test("a 429 that says the day is used up is the caller's at once, however short its other headers", async () => {
  for (const headers of [{}, { "Retry-After": "1" }, { "X-RateLimit-Interval-Milliseconds": "10000" }]) {
    const w = await connected();
    const answer = (): Response =>
      new Response("{}", { status: 429, headers: { ...headers, "X-RateLimit-Daily-Remaining": "0" } });
    const { connections, seen } = answering(w, answer);
    assert.equal((await connections.fetch(LOCATION, "/")).status, 429);
    assert.equal(seen.length, 1);
    assert.deepEqual(w.clock.slept, []);
  }
});

Deno.test("every request names this module to Cloudflare in front of HighLevel, unless the caller names himself", async () => {
  const w = world({ sandbox: { firewall: true } });
  await w.connect(LOCATION);
  const call = async (init?: RequestInit): Promise<number> => {
    const response = await w.connections.fetch(LOCATION, `/locations/${LOCATION.locationId}`, init);
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await call(), 200);
  assert.equal(await call({ headers: { "User-Agent": "my-app/1.0" } }), 200);
  assert.equal(w.sandbox.requests.at(-1)?.headers?.["user-agent"], "my-app/1.0");
});

Deno.test("a second 429 is the caller's", async () => {
  const { connections, seen } = answering(await connected(), throttled("1"));
  assert.equal((await connections.fetch(LOCATION, "/")).status, 429);
  assert.equal(seen.length, 2);
});

Deno.test("a token that ends during a wait is healed all the same", async () => {
  const w = await connected();
  const { connections } = answering(w, throttled("1"), unauthorized, ok);
  assert.equal((await connections.fetch(LOCATION, "/")).status, 200);
  assert.deepEqual(traffic(w.sandbox), { refresh: 1 });
});

Deno.test("an answer's stream passes through untouched, unread", async () => {
  const w = await connected();
  let pulled = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled++;
      controller.enqueue(new Uint8Array([pulled]));
      if (pulled === 3) controller.close();
    },
  }, { highWaterMark: 0 });
  const answer = new Response(stream);
  const { connections } = answering(w, () => answer);
  const response = await connections.fetch(LOCATION, "/");
  assert.equal(response, answer);
  assert.equal(pulled, 0);
  assert.deepEqual([...new Uint8Array(await response.arrayBuffer())], [1, 2, 3]);
});

Deno.test("an answer that is not passed on is let go, also one that broke by itself", async () => {
  const w = await connected();
  let cancelled = 0;
  const first = new Response(new ReadableStream({ cancel: () => void cancelled++ }), { status: 401 });
  const broken = new Response(
    new ReadableStream({
      cancel: () => {
        throw new Error("broken");
      },
    }),
    { status: 429, headers: { "retry-after": "1" } },
  );
  const { connections } = answering(w, () => first, () => broken, ok);
  assert.equal((await connections.fetch(LOCATION, "/")).status, 200);
  assert.equal(cancelled, 1);
});

Deno.test("a 401 whose healing fails throws why, and lets the answer go", async () => {
  const w = await connected();
  let cancelled = 0;
  const answer = new Response(new ReadableStream({ cancel: () => void cancelled++ }), { status: 401 });
  const { connections } = answering(w, () => answer);
  w.sandbox.pause(LOCATION.locationId);
  await assert.rejects(connections.fetch(LOCATION, "/"), { code: "location_inactive" });
  assert.equal(cancelled, 1);
});

for (const redirect of [undefined, "follow", "manual"] as const) {
  Deno.test(`a redirect is returned, not followed (asked for: ${redirect})`, async () => {
    const w = await connected();
    w.sandbox.fault({ on: "location", kind: "redirect" });
    const response = await w.connections.fetch(
      LOCATION,
      "/locations/apiLocation",
      redirect ? { redirect } : {},
    );
    assert.equal(response.status, 302);
    await response.body?.cancel();
    assert.equal(w.sandbox.requests.at(-1)?.redirect, "manual");
  });
}

Deno.test("a signal ends the request, also while it waits", async () => {
  const w = await connected();
  await assert.rejects(
    w.connections.fetch(LOCATION, "/locations/apiLocation", {
      signal: AbortSignal.abort(new Error("enough")),
    }),
    /enough/,
  );
  const controller = new AbortController();
  const { connections } = answering(w, () => {
    controller.abort(new Error("enough of waiting"));
    return throttled("1")();
  });
  await assert.rejects(connections.fetch(LOCATION, "/", { signal: controller.signal }), /enough of waiting/);
  const request = new Request(`${BASE}/locations/apiLocation`, {
    signal: AbortSignal.abort(new Error("by request")),
  });
  await assert.rejects(w.connections.fetch(LOCATION, request), /by request/);
});

Deno.test("where no connection can be had, fetch throws the reason and calls no API", async () => {
  const { sandbox, connections } = world();
  await assert.rejects(connections.fetch(LOCATION, "/locations/apiLocation"), {
    code: "reauthorization_required",
  });
  assert.equal(sandbox.counts.location, 0);
});

Deno.test("a body that can be read only once is not sent again, empty, after a 401", async () => {
  const w = await connected();
  const { connections, seen } = answering(w, unauthorized, ok);
  const parts = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(new TextEncoder().encode("{}"));
  };
  const init: RequestInit = { method: "POST" };
  Reflect.set(init, "body", parts());
  assert.equal((await connections.fetch(LOCATION, "/contacts/", init)).status, 401);
  assert.equal(seen.length, 1);
});

Deno.test("an input that is no path, URL or Request is refused", async () => {
  const w = await connected();
  const { connections, seen } = answering(w, ok);
  for (const input of [undefined, null, 5, {}]) {
    const call = Reflect.apply(connections.fetch, connections, [LOCATION, input]);
    await assert.rejects(call, { name: "TypeError", message: /^input must be/ });
  }
  assert.equal(seen.length, 0);
});
