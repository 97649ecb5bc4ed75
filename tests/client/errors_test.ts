import assert from "node:assert/strict";
import { pauseBeforeRepeat } from "../../src/client/ask_worker.ts";
import { type ClientOptions, createClient, HighLevelError, WorkerError } from "../../src/client/mod.ts";
import type { WorkerClient } from "../../src/client/mod.ts";
import { LINK_SECONDS } from "../../src/worker/customer/return_link.ts";
import { KEY, problem, rejectionOf, stub, tokenAnswer, URL_OF_STUB } from "./stub_worker.ts";

const TARGET = { locationId: "l1" } as const;
const HTML = { "Content-Type": "text/html; charset=UTF-8" };

function page(status: number, text: string): () => Response {
  return () => new Response(text, { status, headers: HTML });
}

/** What comes back, and what a caller is told of it. */
const ANSWERS: readonly {
  readonly what: string;
  readonly answer: () => Response;
  readonly code: string;
  readonly own?: string;
  readonly message: RegExp;
  readonly requests?: number;
}[] = [
  {
    what: "a wrong key",
    answer: () => problem(401, "wrong_key"),
    code: "unauthorized",
    own: "wrong_key",
    message: /^The worker answered 401: Told wrong_key\.$/,
  },
  {
    what: "a key of a lower role",
    answer: () => problem(403, "not_allowed"),
    code: "forbidden",
    own: "not_allowed",
    message: /answered 403/,
  },
  {
    what: "HighLevel's trouble",
    answer: () => problem(503, "timeout", { retryAfter: 1 }),
    code: "timeout",
    own: "timeout",
    message: /^Told timeout\.$/,
  },
  {
    what: "a worker that is read-only",
    answer: () => problem(503, "read_only", { retryAfter: 60 }),
    code: "unavailable",
    own: "read_only",
    message: /answered 503/,
  },
  {
    what: "a connection that somebody suspended",
    answer: () => problem(409, "suspended"),
    code: "location_inactive",
    own: "suspended",
    message: /^Told suspended\.$/,
  },
  {
    what: "a worker whose settings are wrong",
    answer: () => problem(503, "misconfigured"),
    code: "unavailable",
    own: "misconfigured",
    message: /misconfigured/,
  },
  {
    what: "a worker that failed",
    answer: () => problem(500, "internal"),
    code: "unavailable",
    own: "internal",
    message: /answered 500/,
    requests: 3,
  },
  {
    what: "a code that is not known here",
    answer: () => problem(418, "teapot"),
    code: "invalid_request",
    message: /answered 418: Told teapot/,
  },
  {
    what: "a page that the script threw",
    answer: page(500, "<html>… Error 1101 Worker threw exception"),
    code: "unavailable",
    message:
      /^The worker at https:\/\/app\.example\/highlevel answered 500: its script threw: see its log \(error 1101\)\.$/,
    requests: 3,
  },
  {
    what: "a page that its time is used up",
    answer: page(503, "error code: 1102"),
    code: "unavailable",
    message: /CPU time.*error 1102/,
    requests: 3,
  },
  {
    what: "a page that nobody answers behind it",
    answer: page(522, "<title>app.example | 522: Connection timed out</title>"),
    code: "unavailable",
    message:
      /^Something else than the worker \(text\/html\) answered 522 at https:\/\/app\.example\/highlevel\.$/,
    requests: 3,
  },
  {
    what: "a page of a firewall",
    answer: page(403, "error code: 1020"),
    code: "forbidden",
    message: /refuses this client \(error 1020\)/,
  },
  {
    what: "a proxy's page that echoes the request",
    answer: page(502, `<pre>authorization: Bearer ${KEY}</pre>`),
    code: "unavailable",
    message: /text\/html.*502/,
    requests: 3,
  },
  {
    what: "JSON of another service that echoes the key",
    answer: () => Response.json({ title: `no such key: ${KEY}` }, { status: 400 }),
    code: "invalid_request",
    message: /^The worker answered 400: no such key: \[redacted\]$/,
  },
  {
    what: "a page with 200",
    answer: page(200, "<html>Welcome"),
    code: "malformed_response",
    message:
      /does not answer as the worker does \(its answer lacks field "expires_in"\)\. Is it the worker's URL/,
  },
  {
    what: "an answer that was cut",
    answer: () => new Response('{"access_token":"se', { headers: { "Content-Type": "application/json" } }),
    code: "malformed_response",
    message: /does not answer as the worker does/,
  },
  {
    what: "another service's 404",
    answer: () => Response.json({ message: "Not Found" }, { status: 404 }),
    code: "malformed_response",
    message: /with the path where it is mounted\?$/,
  },
  {
    what: "a redirect",
    answer: () => new Response(null, { status: 302, headers: { Location: "https://login.example/" } }),
    code: "malformed_response",
    message: /It leads elsewhere; a key is not sent along\.$/,
  },
  {
    what: "words of several lines, with a terminal's commands, of any length",
    answer: () => problem(400, "invalid_input", { detail: `a\nINFO forged\u001b[31m${"x".repeat(1e6)}` }),
    code: "invalid_request",
    own: "invalid_input",
    message: /^The worker answered 400: a INFO forged \[31mx{900,1000}$/,
  },
  {
    what: "nothing at all",
    answer: () => {
      throw new TypeError(`connect refused, headers were ${KEY}`);
    },
    code: "network",
    message: /^The worker at https:\/\/app\.example\/highlevel cannot be reached\.$/,
    requests: 3,
  },
];

for (const { what, answer, code, own, message, requests = 1 } of ANSWERS) {
  Deno.test(`${what} is told as ${code}, after ${requests} ${requests === 1 ? "request" : "requests"}`, async () => {
    const world = stub(answer);
    const error = await rejectionOf(world.client.accessToken(TARGET));
    assert.ok(error instanceof WorkerError, String(error));
    assert.ok(error instanceof HighLevelError);
    assert.deepEqual([error.name, error.code, error.problem?.code, error.target], [
      "WorkerError",
      code,
      own,
      TARGET,
    ]);
    assert.equal(
      error.reason,
      own === "read_only" || own === "suspended" ? own : undefined,
      "the word of connectionsOf",
    );
    assert.match(error.message, message);
    assert.ok(!/\p{Cc}/u.test(error.message));
    assert.equal(world.requests.length, requests);
    for (const shown of [error.message, error.stack, JSON.stringify(error), Deno.inspect(error)]) {
      assert.ok(!String(shown).includes(KEY), String(shown));
    }
  });
}

Deno.test("a problem document comes whole: title, detail, fields, trace, when to ask again", async () => {
  const errors = [{ in: "body", field: "expiresInSeconds", message: "must be a whole number" }];
  const { client } = stub(() => problem(422, "invalid_input", { errors, traceId: "trace-1", retryAfter: 7 }));
  const error = await rejectionOf(client.link(TARGET));
  assert.ok(error instanceof WorkerError);
  assert.deepEqual(error.problem, {
    code: "invalid_input",
    title: "Title",
    detail: "Told invalid_input.",
    errors,
  });
  assert.deepEqual([error.status, error.traceId, error.retryAfterMs], [422, "trace-1", 7_000]);
});

Deno.test("a link that is none of the web's is not handed on", async () => {
  const { client } = stub(() =>
    problem(424, "reauthorization_required", { authorizationUrl: "javascript:alert(1)" })
  );
  const error = await rejectionOf(client.accessToken(TARGET));
  assert.ok(error instanceof WorkerError);
  assert.equal(error.authorizationUrl, undefined);
});

/** Whether a request is sent again: what it met, and whether doing it twice is as good as once. */
const REPEATS: readonly (readonly [what: string, error: unknown, idempotent: boolean, other: boolean])[] = [
  ["no connection", new WorkerError("network", "m"), true, false],
  ["a server's page", new WorkerError("unavailable", "m", { status: 502 }), true, false],
  [
    "the worker's own failure",
    new WorkerError("unavailable", "m", { problem: { code: "internal" } }),
    true,
    false,
  ],
  [
    "too many requests",
    new WorkerError("rate_limited", "m", { problem: { code: "too_many_requests" } }),
    true,
    true,
  ],
  [
    "… that ask for more than 10 s",
    new WorkerError("rate_limited", "m", { retryAfterMs: 60_000 }),
    false,
    false,
  ],
  [
    "a store in trouble",
    new WorkerError("store_failed", "m", { problem: { code: "store_failed" } }),
    true,
    false,
  ],
  ["HighLevel's outage, as the worker tells it", told("unavailable"), false, false],
  ["HighLevel's rate limit, as the worker tells it", told("rate_limited"), false, false],
  ["no connection of the worker to HighLevel", told("network"), false, false],
  ["no answer in time: it may still be at work", new WorkerError("timeout", "m"), false, false],
  [
    "a list that is being built",
    new WorkerError("unavailable", "m", { problem: { code: "not_ready" } }),
    false,
    false,
  ],
  [
    "wrong settings",
    new WorkerError("unavailable", "m", { problem: { code: "misconfigured" } }),
    false,
    false,
  ],
  ["a wrong key", new WorkerError("unauthorized", "m", { problem: { code: "wrong_key" } }), false, false],
  ["another service", new WorkerError("malformed_response", "m"), false, false],
  ["a caller that has left", new Error("aborted"), false, false],
];
function told(code: "unavailable" | "rate_limited" | "network"): WorkerError {
  return new WorkerError(code, "m", { problem: { code } });
}
for (const [what, error, idempotent, other] of REPEATS) {
  Deno.test(`after ${what} a GET is ${idempotent ? "" : "not "}sent again, and a POST is ${other ? "" : "not "}`, () => {
    assert.equal(pauseBeforeRepeat(error, true, 1) !== undefined, idempotent);
    assert.equal(pauseBeforeRepeat(error, false, 1) !== undefined, other);
  });
}

Deno.test("a wait that the worker asks for is kept, and a request repeated twice at most", async () => {
  const { client, requests, waits } = stub((_, before) =>
    before < 2 ? problem(429, "too_many_requests", { retryAfter: 3 }) : tokenAnswer("t")
  );
  assert.equal(await client.accessToken(TARGET), "t");
  assert.equal(requests.length, 3);
  assert.ok(waits.length === 2 && waits.every((ms) => ms >= 3_000 && ms < 4_000), `${waits}`);
});

/** Everything that changes something: sent once, whatever happens to its answer. */
const ONCE: Readonly<Record<string, (client: WorkerClient) => Promise<unknown>>> = {
  "recover": (client) => client.recover(TARGET),
  "save": (client) =>
    client.save(TARGET, {
      accessToken: "a",
      tokenType: "Bearer",
      expiresAt: new Date(Date.UTC(2026, 10, 28)),
      scope: [],
      userType: "Location",
    }),
  "authorize": (client) => client.authorize({ code: "c" }),
  "link": (client) => client.link(TARGET),
  "jobs.start": (client) => client.jobs.start({ status: "broken" }),
};
for (const [name, call] of Object.entries(ONCE)) {
  Deno.test(`${name} is sent once, and its lost answer says that it may have been carried out`, async () => {
    const { client, requests } = stub(() => {
      throw new TypeError("reset");
    });
    const error = await rejectionOf(call(client));
    assert.ok(error instanceof WorkerError);
    assert.match(error.message, /cannot be reached\. The request may have been carried out\.$/);
    assert.equal(requests.length, 1);
  });
}

Deno.test("an answer that does not come ends after timeoutMs, even with a fetch that ignores its signal", async () => {
  const { client, requests } = stub(() => new Promise<Response>(() => {}), { timeoutMs: 20 });
  const error = await rejectionOf(client.accessToken(TARGET));
  assert.ok(error instanceof WorkerError);
  assert.deepEqual([error.code, requests.length], ["timeout", 1]);
  assert.match(error.message, /did not answer within 0\.02 s\.$/);
});

Deno.test("a body that never ends is waited for no longer, and its stream is cancelled", async () => {
  let cancelled = false;
  const body = () => new ReadableStream({ cancel: () => void (cancelled = true) });
  const { client } = stub(() => new Response(body()), { timeoutMs: 20 });
  const error = await rejectionOf(client.accessToken(TARGET));
  assert.ok(error instanceof WorkerError && error.code === "timeout");
  assert.ok(cancelled);
});

/** Options that are refused, and what is said of them. */
const OPTIONS: readonly (readonly [Record<string, unknown> | undefined, RegExp])[] = [
  [undefined, /^TypeError: options must be an object with url and key$/],
  [{ url: undefined }, /^TypeError: url must be an https \(or loopback\) URL/],
  [{ url: "reconnect.example" }, /url must be/],
  [{ url: "http://reconnect.example" }, /url must be/],
  [{ url: "http://10.0.0.5:8787" }, /url must be/],
  [{ url: "https://user:pass@reconnect.example" }, /url must be/],
  [{ url: "https://reconnect.example/?app=a" }, /url must be/],
  [{ url: "https://reconnect.example/#a" }, /url must be/],
  [{ url: "ftp://reconnect.example" }, /url must be/],
  [{ key: "" }, /key must be/],
  [{ key: `${KEY}\r\nX: y` }, /key must be/],
  [{ key: 5 }, /key must be/],
  [{ timeoutMs: 0 }, /timeoutMs must be/],
  [{ timeoutMs: NaN }, /timeoutMs must be/],
  [{ timeoutMs: 3e9 }, /timeoutMs must be/],
  [{ fetch: "fetch" }, /fetch must be a function/],
  [{ now: 5 }, /now must be a function/],
  [{ sleep: 5 }, /sleep must be a function/],
  [{ highlevel: 5 }, /highlevel must be an object/],
  [{ highlevel: { baseUrl: "http://services.example" } }, /highlevel\.baseUrl must be/],
  [{ highlevel: { apiVersion: "v2" } }, /highlevel\.apiVersion must be/],
  [{ highlevel: { fetch: 5 } }, /highlevel\.fetch must be/],
];
for (const [more, message] of OPTIONS) {
  Deno.test(`createClient refuses ${JSON.stringify(more)}`, () => {
    const given = more && { url: URL_OF_STUB, key: KEY, ...more };
    assert.throws(() => Reflect.apply(createClient, undefined, [given]), (error) => {
      assert.ok(error instanceof TypeError);
      assert.match(String(error), message);
      assert.ok(!error.message.includes(KEY));
      return true;
    });
  });
}

for (
  const url of [
    "https://a.example",
    "https://a.example/",
    "https://a.example/crm/highlevel//",
    "http://localhost:8787",
    "http://127.0.0.1:8787/x",
    "http://[::1]:8787/",
  ]
) {
  Deno.test(`paths go behind ${url} with one slash`, async () => {
    const asked: string[] = [];
    const fetch: ClientOptions["fetch"] = (input) => {
      asked.push(input);
      return Promise.resolve(tokenAnswer("t"));
    };
    await createClient({ url, key: KEY, fetch }).accessToken(TARGET);
    assert.deepEqual(asked, [`${url.replace(/\/+$/, "")}/connections/location/l1/token`]);
  });
}

/** Arguments that are refused before anything is sent. Each begins with the name of what is wrong. */
const ARGUMENTS: Readonly<
  Record<string, readonly [call: (client: WorkerClient) => unknown, message: RegExp]>
> = {
  "a target without an id": [(client) => client.accessToken(anything({})), /^target must have either/],
  "a target with two ids": [
    (client) => client.get(anything({ locationId: "a", companyId: "b" })),
    /^target must/,
  ],
  "no target": [(client) => client.fetch(anything(undefined), "/"), /^target must/],
  "an id of other characters": [
    (client) => client.recover({ locationId: "../oauth" }),
    /^locationId must be/,
  ],
  "an agency of other characters": [
    (client) => client.recover(TARGET, { details: { companyId: "a b" } }),
    /^companyId must be/,
  ],
  "a rejected token with a line end": [
    (client) => client.accessToken(TARGET, { rejected: "a\nb" }),
    /^rejected must/,
  ],
  "a status that there is not": [
    (client) => client.list({ status: anything("lost") }),
    /^status must be one of/,
  ],
  "an order that there is not": [
    (client) => client.list({ order: anything("age") }),
    /^order must be one of/,
  ],
  "a kind that there is not": [(client) => client.list({ kind: anything("agency") }), /^kind must be one of/],
  "a name too long": [(client) => client.list({ q: "a".repeat(201) }), /^q must be/],
  "a cause that is none": [(client) => client.list({ cause: "a=b" }), /^cause must be/],
  "tokens without an end": [
    (client) => client.save(TARGET, anything({ accessToken: "a" })),
    /^tokens\.expiresAt/,
  ],
  "tokens that are none": [(client) => client.save(TARGET, anything(null)), /^tokens must be a TokenSet/],
  "no code": [(client) => client.authorize(anything({})), /^code must be/],
  "a user type that there is not": [
    (client) => client.authorize({ code: "c", userType: anything("Agency") }),
    /^userType must be one of/,
  ],
  "a link for half a second": [
    (client) => client.link(TARGET, { expiresInSeconds: 0.5 }),
    /^expiresInSeconds must/,
  ],
  "a job about nothing": [(client) => client.jobs.start(anything({})), /^installed must be true/],
  "a job about no targets": [
    (client) => client.jobs.start({ targets: [] }),
    /^targets must be an array of 1 to/,
  ],
  "a job about too many": [
    (client) => client.jobs.start({ targets: Array.from({ length: 100_001 }, () => TARGET) }),
    /^targets must be/,
  ],
  "a job about a wrong id": [
    (client) => client.jobs.start({ targets: [{ locationId: "" }] }),
    /^locationId must/,
  ],
  "a job's id that leads elsewhere": [(client) => client.jobs.get("../export"), /^id must be/],
  "an event's state that there is not": [
    (client) => client.events.list({ state: anything("sent") }),
    /^state must/,
  ],
  "no events": [(client) => client.events.replay({ ids: [] }), /^ids must be/],
  "a moment that is none": [(client) => client.events.replay({ since: new Date(NaN) }), /^since must be/],
};
for (const [what, [call, message]] of Object.entries(ARGUMENTS)) {
  Deno.test(`${what}: a TypeError before any request`, async () => {
    const { client, requests } = stub(() => tokenAnswer("t"));
    const error = await rejectionOf((async () => {
      const result = call(client);
      if (Symbol.asyncIterator in Object(result)) { for await (const _ of Object(result)) break; }
      await result;
    })());
    assert.ok(error instanceof TypeError, String(error));
    assert.match(error.message, message);
    assert.deepEqual(requests, []);
  });
}

Deno.test("inspecting a client or a token shows neither key nor token", async () => {
  const { client } = stub(() => tokenAnswer("secret-token"));
  const token = await client.token(TARGET);
  const shown = [Deno.inspect(client, { depth: 9 }), JSON.stringify(client), Deno.inspect(token)].join();
  assert.ok(!shown.includes(KEY) && !shown.includes("secret-token"), shown);
  assert.match(Deno.inspect(token), /\[redacted\]/);
  token.expiresAt.setTime(0);
  assert.notEqual((await client.token(TARGET)).expiresAt.getTime(), 0, "what is handed out is a copy");
});

/** A value of whatever type a caller without types may give. */
function anything<T>(value: unknown): T;
function anything(value: unknown): unknown {
  return value;
}

Deno.test("a link may be good for as long as the worker allows, and no longer", async () => {
  const { client, requests } = stub(() =>
    Response.json({ url: "https://a.example/r/A", expiresAt: "2026-12-01T00:00:00Z" })
  );
  const { least, most } = LINK_SECONDS;
  for (const expiresInSeconds of [least, most]) await client.link(TARGET, { expiresInSeconds });
  for (const expiresInSeconds of [least - 1, most + 1]) {
    assert.ok(await rejectionOf(client.link(TARGET, { expiresInSeconds })) instanceof TypeError);
  }
  assert.deepEqual(
    requests.map(({ body }) => body),
    [least, most].map((seconds) => `{"expiresInSeconds":${seconds}}`),
  );
});
