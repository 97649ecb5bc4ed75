import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { KEYS, SANDBOX_APP, startWorld, TEST_ENTRY, type WorkerWorld } from "./worker_world.ts";

interface Echo {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A HighLevel on loopback that says what it got below `/echo`, and whatever a test wants below `/special`. */
async function startEcho(): Promise<{
  readonly world: WorkerWorld;
  readonly locationId: string;
  readonly special: (answer: (request: Request) => Response) => void;
  readonly port: number;
  readonly end: () => Promise<void>;
}> {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  const { locationId } = sandbox.addLocation();
  let answer = (_: Request): Response => new Response("?");
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    if (pathname.startsWith("/special")) return answer(request);
    if (!pathname.startsWith("/echo")) return await sandbox.handler(request);
    return Response.json({
      method: request.method,
      path: pathname + search,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    });
  });
  const variables = { HIGHLEVEL_BASE_URL: `http://127.0.0.1:${server.addr.port}` };
  const world = await startWorld({ sandbox, entry: TEST_ENTRY, direct: true, variables });
  return {
    world,
    locationId,
    special: (next) => void (answer = next),
    port: server.addr.port,
    end: () => server.shutdown(),
  };
}

/** A request whose path is not normalised on the way, as `fetch` would. */
async function raw(world: WorkerWorld, path: string, key: string): Promise<string> {
  const { hostname, port } = await world.miniflare.ready;
  const connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode(
    `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`,
  ));
  const text = await new Response(connection.readable).text();
  return text.split("\r\n", 1)[0] ?? "";
}

Deno.test("the proxy", async (t) => {
  const { world, locationId, special, port, end } = await startEcho();
  await using stack = new AsyncDisposableStack();
  stack.defer(end);
  stack.use(world);
  const { sandbox } = world;
  const base = `/proxy/location/${locationId}`;
  const echo = async (path: string, init: RequestInit = {}): Promise<Echo> => {
    const response = await world.call(base + path, init);
    equal(response.status, 200, path);
    return await response.json();
  };

  await t.step("passes method, path, query and body on, with the connection's token", async () => {
    const got = await echo("/echo/a%20b/%ED%95%9C?x=1&y=%2F..", {
      method: "PATCH",
      body: "text",
      headers: { "Content-Type": "text/plain", "X-Mine": "1", Version: "2021-04-15" },
    });
    equal(got.method, "PATCH");
    equal(got.path, "/echo/a%20b/%ED%95%9C?x=1&y=%2F..");
    equal(got.body, "text");
    equal(got.headers.version, "2021-04-15");
    equal(got.headers["x-mine"], "1");
    ok(sandbox.isLiving(got.headers.authorization?.replace("Bearer ", "") ?? ""));
  });

  await t.step("keeps the caller's credentials and this hop's headers to itself", async () => {
    const { headers } = await echo("/echo", {
      headers: {
        Cookie: "session=1",
        Connection: "x-private",
        "X-Private": "1",
        "X-Forwarded-For": "10.0.0.1",
        Origin: "https://elsewhere.example",
        Referer: "https://elsewhere.example/",
        "Proxy-Authorization": "Basic x",
        "CF-Connecting-IP": "10.0.0.1",
        Forwarded: "for=10.0.0.1",
      },
    });
    const passed = Object.keys(headers).filter((name) =>
      /cookie|private|forwarded|origin|referer|proxy|cf-connecting|true-client/.test(name)
    );
    deepEqual(passed, []);
    ok(!JSON.stringify(headers).includes("admin-key"));
  });

  await t.step("keeps what would set something at this origin from the caller", async () => {
    special(() =>
      new Response("hello", {
        headers: {
          "Set-Cookie": "a=1",
          "Clear-Site-Data": `"*"`,
          "Access-Control-Allow-Origin": "*",
          "Strict-Transport-Security": "max-age=1",
          "X-RateLimit-Remaining": "99",
          "X-RateLimit-Daily-Remaining": "199999",
          ETag: `"1"`,
          "Content-Type": "text/html",
        },
      })
    );
    const { headers } = await world.call(`${base}/special`);
    for (
      const name of [
        "set-cookie",
        "clear-site-data",
        "access-control-allow-origin",
        "strict-transport-security",
      ]
    ) {
      ok(name === "strict-transport-security" || headers.get(name) === null, name);
    }
    equal(headers.get("x-ratelimit-remaining"), "99");
    equal(headers.get("x-ratelimit-daily-remaining"), "199999");
    equal(headers.get("etag"), `"1"`);
    equal(headers.get("cache-control"), "no-store");
    match(headers.get("content-security-policy") ?? "", /sandbox/);
  });

  await t.step("heals on 401 and repeats the request with its body", async () => {
    await echo("/echo");
    sandbox.expireAccessTokens({ locationId });
    sandbox.resetCounts();
    const response = await world.call(`${base}/contacts/`, {
      method: "POST",
      body: JSON.stringify({ locationId, firstName: "Kim" }),
      headers: { "Content-Type": "application/json" },
    });
    await response.body?.cancel();
    equal(response.status, 201);
    ok(response.headers.has("x-ratelimit-remaining"));
    equal(sandbox.counts.refresh, 1);
  });

  await t.step("does not follow redirects, and passes them on", async () => {
    special(() => new Response(null, { status: 302, headers: { Location: "https://elsewhere.example/" } }));
    const response = await world.call(`${base}/special`);
    equal(response.status, 302);
    equal(response.headers.get("location"), "https://elsewhere.example/");
  });

  await t.step(
    "a redirect within HighLevel stays within the proxy, and none leads into this app",
    async () => {
      const upstream = `http://127.0.0.1:${port}`;
      const cases: Record<string, string | null> = {
        "/echo": `${base}/echo`,
        "/echo?a=1&b=%2F#c": `${base}/echo?a=1&b=%2F#c`,
        "echo": `${base}/special/echo`,
        "../echo": `${base}/echo`,
        "?page=2": `${base}/special/a?page=2`,
        "/../../connections": `${base}/connections`,
        [`${upstream}/echo`]: `${base}/echo`,
        "//elsewhere.example/echo": "http://elsewhere.example/echo",
        "https://elsewhere.example/echo": "https://elsewhere.example/echo",
        "\\\\elsewhere.example/echo": "http://elsewhere.example/echo",
        "https://": null,
      };
      for (const [told, expected] of Object.entries(cases)) {
        special(() => new Response(null, { status: 307, headers: { Location: told } }));
        const response = await world.call(`${base}/special/a?x=1`, { method: "POST", body: "text" });
        equal(response.status, 307);
        equal(response.headers.get("location"), expected, told);
      }
      special(() => new Response(null, { status: 307, headers: { Location: "/echo" } }));
      const followed = await world.call(`${base}/special`, { redirect: "follow" });
      const { path }: Echo = Object(await followed.json());
      equal(path, "/echo");
    },
  );

  await t.step("HEAD and OPTIONS stay what they are", async () => {
    let seen = "";
    special(() => {
      seen = "asked";
      return new Response(null, { headers: { "X-Total": "5" } });
    });
    const head = await world.call(`${base}/special`, { method: "HEAD" });
    equal(head.headers.get("x-total"), "5");
    equal(seen, "asked");
    equal((await echo("/echo", { method: "OPTIONS" })).method, "OPTIONS");
  });

  await t.step("large bodies go both ways", async () => {
    const body = "x".repeat(5_000_000);
    const got = await echo("/echo", { method: "POST", body });
    equal(got.body.length, body.length);
  });

  await t.step("an answer streams: its first part comes before its last is made", async () => {
    const { promise: read, resolve } = Promise.withResolvers<void>();
    special(() =>
      new Response(
        new ReadableStream({
          async start(controller) {
            controller.enqueue(new TextEncoder().encode("first"));
            await read;
            controller.enqueue(new TextEncoder().encode("last"));
            controller.close();
          },
        }),
        { headers: { "Content-Type": "text/plain" } },
      )
    );
    // Miniflare compresses where it may, and holds small parts back.
    const response = await world.call(`${base}/special`, { headers: { "Accept-Encoding": "identity" } });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    equal((await reader?.read())?.value, "first");
    resolve();
    equal((await reader?.read())?.value, "last");
  });

  await t.step("no path leads to another connection, route or host", async () => {
    const paths = [
      "/x%2f..%2fy",
      "/%2e%2e/x",
      "//elsewhere.example/x",
      "/a//b",
      "/a%5cb",
      "/a%00b",
      "/a%0ab",
      "/a/%2E%2E%2Fb",
      "/..%2f..%2fconnections",
    ];
    for (const path of paths) {
      sandbox.resetCounts();
      const status = await raw(world, base + path, "service-key-0123456789");
      match(status, / 40[034] /, `${path}: ${status}`);
      equal(sandbox.counts.total, 0, path);
    }
    // What a parser resolves itself leads to another route, with that route's rules.
    match(
      await raw(
        world,
        `${base}/../../../connections/location/${locationId}/recover`,
        "viewer-key-0123456789",
      ),
      / 40[345] /,
    );
    match(await raw(world, `${base}/%2E%2E/${locationId}x/contacts`, "service-key-0123456789"), / 4\d\d /);
  });

  await t.step("a request streams: HighLevel reads its first part before its last is sent", async () => {
    const { promise: arrived, resolve } = Promise.withResolvers<void>();
    special((request) =>
      new Response(
        new ReadableStream({
          async start(controller) {
            let text = "";
            for await (const part of request.body?.pipeThrough(new TextDecoderStream()) ?? []) {
              text += part;
              resolve();
            }
            controller.enqueue(new TextEncoder().encode(text));
            controller.close();
          },
        }),
      )
    );
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode("first "));
        await arrived;
        controller.enqueue(new TextEncoder().encode("last"));
        controller.close();
      },
    });
    const response = await world.call(`${base}/special`, { method: "POST", body });
    equal(await response.text(), "first last");
  });

  await t.step(
    "a body that streamed cannot be sent twice: the 401 is passed on, and the next call works",
    async () => {
      sandbox.expireAccessTokens({ locationId });
      const send = async (): Promise<number> => {
        const body = new Blob([JSON.stringify({ locationId, firstName: "Kim" })]).stream();
        const headers = { "Content-Type": "application/json" };
        const response = await world.call(`${base}/contacts/`, { method: "POST", body, headers });
        await response.body?.cancel();
        return response.status;
      };
      equal(await send(), 401);
      equal(await send(), 201);
    },
  );

  await t.step("an answer in gzip comes whole", async () => {
    special(() =>
      new Response(new Blob(["zipped"]).stream().pipeThrough(new CompressionStream("gzip")), {
        headers: { "Content-Encoding": "gzip", "Content-Type": "text/plain" },
      })
    );
    equal(await (await world.call(`${base}/special`)).text(), "zipped");
  });
});

Deno.test("a redirect at HighLevel's host, but not below its base URL, is no call of its API", async () => {
  await using world = await startWorld({
    variables: { HIGHLEVEL_BASE_URL: "https://highlevel.example/base" },
    upstream: (request) =>
      request.url.includes("/base/contacts")
        ? new Response(null, {
          status: 302,
          headers: { Location: new URL(request.url).searchParams.get("to") ?? "" },
        })
        : undefined,
  });
  await world.call("/connections/location/l1", {
    method: "PUT",
    body: JSON.stringify({ accessToken: "held", expiresIn: 86_399 }),
    headers: { "Content-Type": "application/json" },
  });
  const cases = {
    "/base/x": "/proxy/location/l1/x",
    "x": "/proxy/location/l1/x",
    "/other": "https://highlevel.example/other",
    "/basement": "https://highlevel.example/basement",
    "..": "https://highlevel.example/",
  };
  for (const [to, expected] of Object.entries(cases)) {
    const response = await world.call(`/proxy/location/l1/contacts?to=${encodeURIComponent(to)}`);
    equal(response.headers.get("location"), expected, to);
  }
});

Deno.test("a HighLevel that cannot be reached is a problem with a code", async () => {
  await using world = await startWorld({
    entry: TEST_ENTRY,
    direct: true,
    variables: { HIGHLEVEL_BASE_URL: "http://127.0.0.1:9" },
  });
  await world.call("/connections/location/l1", {
    method: "PUT",
    body: JSON.stringify({ accessToken: "held", expiresIn: 86_399 }),
    headers: { "Content-Type": "application/json" },
  });
  const { status, body } = await world.json("/proxy/location/l1/contacts/");
  equal(status, 502);
  equal(body.code, "network");
});

Deno.test("W3: through the proxy too, calls that lack a scope cost no refresh and no pause", async () => {
  await using world = await startWorld({ entry: TEST_ENTRY });
  const { sandbox } = world;
  const { locationId } = sandbox.addLocation();
  equal((await world.json(`/connections/location/${locationId}/token`)).status, 200);
  const allowed = sandbox.app.scope;
  sandbox.resetCounts();
  for (let call = 0; call < 20; call++) {
    sandbox.setScope(call % 2 === 0 ? allowed : "contacts.readonly");
    const response = await world.call(`/proxy/location/${locationId}/locations/${locationId}`);
    const text = await response.text();
    equal(response.status, call % 2 === 0 ? 200 : 401, text);
    if (call % 2 === 1) match(text, /not authorized for this scope/, "HighLevel's answer is handed on");
  }
  deepEqual([sandbox.counts.refresh, sandbox.counts.reconnect, sandbox.counts.total], [0, 0, 20]);
});

Deno.test("K13: the service key gets no refresh token through the proxy and uninstalls nothing, unless PROXY_ALLOW says so", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP });
  const { companyId } = sandbox.addCompany();
  const { locationId } = sandbox.addLocation({ companyId });
  const key = KEYS.service;
  const appId = sandbox.app.clientId.split("-")[0];
  const form = {
    method: "POST",
    key,
    body: new URLSearchParams({ companyId, locationId }),
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  };
  const path = `/proxy/company/${companyId}/oauth/locationToken`;
  {
    await using world = await startWorld({ sandbox });
    for (
      const [refused, init] of [
        [path, form],
        [path.replace("oauth", "OAuth"), form],
        [path.replace("oauth", "%256fauth"), form],
        [`/proxy/company/${companyId}/marketplace/app/${appId}/installations`, { method: "DELETE", key }],
      ] as const
    ) {
      const { status, body } = await world.json(refused, init);
      deepEqual([status, body.code], [403, "path_not_allowed"], refused);
    }
    equal(sandbox.counts.total, 0, "not even a token was asked for");
  }
  await using world = await startWorld({ sandbox, variables: { PROXY_ALLOW: "/oauth/locationToken" } });
  const allowed = await world.json(path, form);
  equal(allowed.status, 201);
  equal(typeof allowed.body.refresh_token, "string");
  const other = await world.json(`/proxy/company/${companyId}/oauth/token`, form);
  deepEqual([other.status, other.body.code], [403, "path_not_allowed"]);
});
