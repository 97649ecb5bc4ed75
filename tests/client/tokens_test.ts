import assert from "node:assert/strict";
import { type Handed, HeldTokens, isYoung, servesUntil } from "../../src/client/held_tokens.ts";
import { WorkerError } from "../../src/client/mod.ts";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { tokenText } from "../../src/sandbox/token_text.ts";
import { problem, rejectionOf, stub, tokenAnswer } from "./stub_worker.ts";

const TARGET = { locationId: "l1C08ntBrFjLS0elLIYU" } as const;
const TOKEN_LINE = "GET /connections/location/l1C08ntBrFjLS0elLIYU/token";

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}

const MINUTE = 60_000;
const SERVING: readonly (readonly [what: string, leftMs: number, servesMs: number])[] = [
  ["a day", 86_400_000, 86_400_000 - 5 * MINUTE],
  ["just more than the margin", 5 * MINUTE + 1, 1],
  ["the margin: it ends soon, and the worker had no other one", 5 * MINUTE, 10_000],
  ["a few seconds", 8_000, 4_000],
  ["nothing", 0, 0],
  ["less than nothing", -5_000, 0],
];
for (const [what, leftMs, servesMs] of SERVING) {
  Deno.test(`a token that has ${what} left is handed out for ${servesMs} ms without asking`, () => {
    assert.equal(servesUntil(1_000_000 + leftMs, 1_000_000), 1_000_000 + servesMs);
  });
}

Deno.test("1,000 callers share one request, and 1,000 calls after it cost none until shortly before the end", async () => {
  const { client, requests, pass } = stub((_, before) => tokenAnswer(`token${before}`));
  const all = await Promise.all(Array.from({ length: 1_000 }, () => client.accessToken(TARGET)));
  assert.deepEqual([...new Set(all)], ["token0"]);
  for (let call = 0; call < 1_000; call++) await client.accessToken(TARGET);
  pass(86_400_000 - 5 * MINUTE - 1);
  assert.equal(await client.accessToken(TARGET), "token0");
  assert.deepEqual(requests.map(({ line }) => line), [TOKEN_LINE]);
  pass(1);
  assert.equal(await client.accessToken(TARGET), "token1");
  assert.equal(requests.length, 2);
  await Promise.all([client.accessToken({ companyId: "agency" }), client.accessToken({ locationId: "b" })]);
  assert.equal(requests.length, 4, "each connection has its own");
});

Deno.test("what an answer says of its end counts from when it was asked for", async () => {
  const slow = stub(async () => {
    slow.pass(20_000);
    return await Promise.resolve(tokenAnswer("t", 3_600));
  });
  const begun = slow.now();
  const { expiresAt, tokenType, scope } = await slow.client.token(TARGET);
  assert.equal(expiresAt.getTime(), begun + 3_600_000);
  assert.deepEqual([tokenType, scope], ["Bearer", ["a.readonly", "b.write"]]);
});

Deno.test("a rejected token is told by its hash, is replaced by one request, and never comes back", async () => {
  const { client, requests } = stub(({ line }) => tokenAnswer(line.includes("rejected") ? "new" : "old"));
  const rejected = await client.accessToken(TARGET);
  const all = await Promise.all(Array.from({ length: 50 }, () => client.accessToken(TARGET, { rejected })));
  assert.deepEqual([...new Set(all)], ["new"]);
  assert.equal(await client.accessToken(TARGET, { rejected }), "new", "a late caller gets the newer one");
  assert.equal(await client.accessToken(TARGET), "new");
  assert.deepEqual(requests.map(({ line }) => line), [
    TOKEN_LINE,
    `${TOKEN_LINE}?rejected=${await sha256("old")}`,
  ]);
});

Deno.test("who comes with a rejected token while an ordinary request is under way gets no rejected one", async () => {
  const { client, requests } = stub(({ line }) => tokenAnswer(line.includes("rejected") ? "new" : "old"));
  const both = await Promise.all([
    client.accessToken(TARGET),
    client.accessToken(TARGET, { rejected: "old" }),
  ]);
  assert.deepEqual(both, ["old", "new"]);
  assert.equal(requests.length, 2);
});

Deno.test("where the worker replaced a token just before, a refused one is told with when to come again", async () => {
  const { client, requests, pass } = stub((_, before) =>
    tokenAnswer(before < 2 ? "old" : "new", 86_400, before < 2 ? { "Retry-After": "42" } : {})
  );
  await client.accessToken(TARGET);
  for (let again = 0; again < 2; again++) {
    const error = await rejectionOf(client.accessToken(TARGET, { rejected: "old" }));
    assert.ok(error instanceof WorkerError);
    assert.deepEqual([error.code, error.retryable, error.retryAfterMs], ["rate_limited", true, 42_000]);
    assert.ok(!error.message.includes("old"), error.message);
  }
  assert.equal(requests.length, 2, "the worker is asked once");
  pass(42_000);
  assert.equal(await client.accessToken(TARGET, { rejected: "old" }), "new");
});

Deno.test("trouble that the worker tells for a while is told again without a request, and not for longer", async () => {
  const { client, requests, pass, waits } = stub((_, before) =>
    before === 0 ? problem(503, "unavailable", { retryAfter: 20 }) : tokenAnswer("t")
  );
  for (let call = 0; call < 3; call++) {
    const error = await rejectionOf(client.accessToken(TARGET));
    assert.ok(error instanceof WorkerError && error.code === "unavailable");
  }
  assert.deepEqual([requests.length, waits], [1, []]);
  pass(20_000);
  assert.equal(await client.accessToken(TARGET), "t");
});

Deno.test("a lost connection tells the link to click, and is asked about again at once", async () => {
  const authorizationUrl = "https://marketplace.example/oauth/chooselocation?client_id=a";
  const { client, requests } = stub((_, before) =>
    before < 2
      ? problem(424, "reauthorization_required", { authorizationUrl, traceId: "trace" })
      : tokenAnswer("t")
  );
  const error = await rejectionOf(client.accessToken(TARGET));
  assert.ok(error instanceof WorkerError);
  assert.deepEqual(
    [error.code, error.status, error.retryable, error.authorizationUrl, error.traceId, error.target],
    ["reauthorization_required", 424, false, authorizationUrl, "trace", TARGET],
  );
  await rejectionOf(client.accessToken(TARGET));
  assert.equal(await client.accessToken(TARGET), "t");
  assert.equal(requests.length, 3);
});

Deno.test("what changes a connection ends the token held, also one that is under way", async () => {
  const gate = Promise.withResolvers<void>();
  const { client, requests } = stub(async ({ line }, before) => {
    if (line === TOKEN_LINE && before === 0) await gate.promise;
    if (line === TOKEN_LINE) return tokenAnswer(`token${before}`);
    return new Response(null, { status: 204 });
  });
  const first = client.accessToken(TARGET);
  await client.forget(TARGET);
  gate.resolve();
  assert.equal(await first, "token0");
  assert.equal(await client.accessToken(TARGET), "token2", "the older one was not kept");
  await client.forget(TARGET);
  assert.equal(await client.accessToken(TARGET), "token4");
  assert.equal(requests.length, 5);
});

Deno.test("a signal ends one caller's wait, and nobody else's", async () => {
  const gate = Promise.withResolvers<void>();
  const { client, requests } = stub(async () => {
    await gate.promise;
    return tokenAnswer("t");
  });
  const leaving = new AbortController();
  const left = rejectionOf(client.accessToken(TARGET, { signal: leaving.signal }));
  const stays = client.accessToken(TARGET);
  leaving.abort(new Error("no time"));
  assert.equal(String(await left), "Error: no time");
  gate.resolve();
  assert.equal(await stays, "t");
  assert.equal(requests.length, 1);
  const signal = AbortSignal.abort(new Error("gone"));
  assert.equal(String(await rejectionOf(client.accessToken(TARGET, { signal }))), "Error: gone");
});

Deno.test("at most 10,000 tokens are held; the one that came first goes first", async () => {
  const { client, requests } = stub((_, before) => tokenAnswer(`t${before}`));
  for (let id = 0; id <= 10_000; id++) await client.accessToken({ locationId: `l${id}` });
  await client.accessToken({ locationId: "l10000" });
  await client.accessToken({ locationId: "l1" });
  assert.equal(requests.length, 10_001);
  assert.equal(await client.accessToken({ locationId: "l0" }), "t10001", "it is asked for anew");
});

Deno.test("a token's age is what its JWT says; what says nothing is old", () => {
  const facts = { kind: "access", id: "i", authClass: "Location", authClassId: "l" } as const;
  const more = { companyId: null, sourceId: null, primaryAuthClassId: null, expiresAt: 1e12 } as const;
  const text = tokenText({ ...facts, ...more, issuedAt: 1_000_000 });
  assert.equal(isYoung(text, 1_009_000), true);
  assert.equal(isYoung(text, 1_011_000), false);
  assert.equal(isYoung("opaque", Date.now()), false);
});

Deno.test("fetch asks HighLevel itself, heals one 401 by the worker, and repeats the request with its body", async () => {
  const sandbox = createSandbox();
  const { locationId } = sandbox.addLocation();
  const install = (): string => sandbox.install({ locationId }).access_token;
  const tokens = [install(), install()];
  const { client, requests } = stub(
    ({ line }) => tokenAnswer(tokens[line.includes("rejected") ? 1 : 0] ?? ""),
    {
      highlevel: { fetch: sandbox.fetch },
      now: Date.now,
    },
  );
  const path = `/locations/${locationId}`;
  assert.equal((await client.fetch({ locationId }, path)).status, 200);
  assert.equal((await client.fetcher({ locationId })(path)).status, 200);
  assert.equal(requests.length, 1);
  sandbox.loseTokens();
  tokens[1] = install();
  sandbox.resetCounts();
  const healed = await client.fetch({ locationId }, path);
  assert.equal(healed.status, 200);
  await healed.body?.cancel();
  assert.deepEqual(requests.map(({ line }) => line.includes("rejected")), [false, true]);
  await assert.rejects(client.fetch({ locationId }, "https://elsewhere.example/"), TypeError);
});

Deno.test("a missing scope is no dead token: the answer is handed on, and the worker hears nothing", async () => {
  const asked: string[] = [];
  const { client, requests } = stub(() => tokenAnswer("t"), {
    highlevel: {
      fetch: (input) => {
        asked.push(input);
        return Promise.resolve(
          Response.json({ message: "The token is not authorized for this scope." }, { status: 401 }),
        );
      },
    },
  });
  const response = await client.fetch(TARGET, "/contacts/");
  assert.equal(response.status, 401);
  assert.deepEqual(asked, ["https://services.leadconnectorhq.com/contacts/"]);
  assert.equal(requests.length, 1);
});

Deno.test("a token that HighLevel refuses although the worker has just replaced it ends with HighLevel's answer", async () => {
  let asked = 0;
  const { client, requests } = stub(() => tokenAnswer("same", 86_400, { "Retry-After": "60" }), {
    highlevel: {
      fetch: () => {
        asked++;
        return Promise.resolve(Response.json({ message: "Invalid JWT" }, { status: 401 }));
      },
    },
  });
  assert.equal((await client.fetch(TARGET, "/contacts/")).status, 401);
  assert.deepEqual([asked, requests.length], [2, 2]);
  assert.equal((await client.fetch(TARGET, "/contacts/")).status, 401);
  assert.deepEqual([asked, requests.length], [3, 2], "for a while nobody tries to heal it again");
});

Deno.test("a token that ends soon serves to its very end while the worker is away, and the worker is asked now and then", async () => {
  let isAway = false;
  const { client, requests, pass } = stub((_, before) => {
    if (isAway) throw new TypeError("connection refused");
    return tokenAnswer(`token${before}`, 3_600);
  });
  await client.accessToken(TARGET);
  isAway = true;
  pass(3_600_000 - 4 * MINUTE);
  for (let call = 0; call < 1_000; call++) assert.equal(await client.accessToken(TARGET), "token0");
  assert.equal(requests.length, 4, "one that is sent three times");
  pass(2 * MINUTE);
  assert.equal(await client.accessToken(TARGET), "token0");
  assert.equal(requests.length, 7);
  const error = await rejectionOf(client.accessToken(TARGET, { rejected: "token0" }));
  assert.ok(error instanceof WorkerError && error.code === "network", "but not once HighLevel refuses it");
  pass(2 * MINUTE);
  assert.ok((await rejectionOf(client.accessToken(TARGET))) instanceof WorkerError, "and not beyond its end");
  isAway = false;
  pass(2_000);
  assert.match(await client.accessToken(TARGET), /^token\d+$/);
});

Deno.test("a connection that is lost is told although the token held has not ended yet", async () => {
  const { client, pass } = stub((_, before) =>
    before === 0 ? tokenAnswer("t", 3_600) : problem(404, "not_installed")
  );
  await client.accessToken(TARGET);
  pass(3_600_000 - 4 * MINUTE);
  const error = await rejectionOf(client.accessToken(TARGET));
  assert.ok(error instanceof WorkerError && error.code === "not_installed");
});

Deno.test("a worker that is away is asked about a connection once in 2 s, however often its token is wanted", async () => {
  const { client, requests, pass } = stub(() => {
    throw new TypeError("connection refused");
  });
  const errors = new Set<unknown>();
  for (let call = 0; call < 1_000; call++) {
    errors.add(Object(await rejectionOf(client.accessToken(TARGET))).code);
  }
  assert.deepEqual([[...errors], requests.length], [["network"], 3]);
  pass(2_000);
  await rejectionOf(client.accessToken(TARGET));
  assert.equal(requests.length, 6);
});

/** `HeldTokens` whose patience is short; tokens end an hour after they were handed out, by a clock that only `pass` moves. */
function waiting(...answers: readonly Promise<void>[]): {
  readonly get: () => Promise<string>;
  readonly asked: () => number;
  readonly pass: (ms: number) => void;
} {
  let at = 1_000_000;
  let asked = 0;
  const held = new HeldTokens(() => at, { atHandMs: 10, joinedMs: 30 });
  const ask = async (): Promise<Handed> => {
    const accessToken = `token${++asked}`;
    await answers[asked - 1];
    const expiresAt = new Date(at + 60 * MINUTE);
    return { token: { accessToken, tokenType: "Bearer", expiresAt, scope: [] }, retryAfterMs: undefined };
  };
  return {
    get: async () => (await held.get("l", ask, {})).token.accessToken,
    asked: () => asked,
    pass: (ms) => {
      at += ms;
    },
  };
}

const AT_ONCE = Promise.resolve();
const NEVER = new Promise<void>(() => {});

Deno.test("where a token is at hand nobody waits long for the next one", async () => {
  const { get, asked, pass } = waiting(AT_ONCE, NEVER);
  assert.equal(await get(), "token1");
  pass(56 * MINUTE);
  assert.equal(await get(), "token1", "the next one does not come, and this one lives");
  assert.equal(asked(), 2);
  assert.equal(await get(), "token1");
  assert.equal(await get(), "token3", "it is asked for anew");
});

Deno.test("who shares a request that never ends, as one of a visitor who left, asks for himself after a while", async () => {
  const { get, asked } = waiting(NEVER);
  get().catch(() => {});
  assert.equal(await get(), "token2");
  assert.equal(await get(), "token2");
  assert.equal(asked(), 2);
});

for (
  const [what, body] of [
    ["a lifetime that is none", { access_token: "t", expires_in: -5 }],
    ["a lifetime beyond all time", { access_token: "t", expires_in: 1e308 }],
    ["a token that is none", { access_token: "a\r\nX-Y: z", expires_in: 60 }],
    ["no token", { expires_in: 60 }],
  ] as const
) {
  Deno.test(`an answer with ${what} is no worker's`, async () => {
    const { client } = stub(() => Response.json(body));
    const error = await rejectionOf(client.accessToken(TARGET));
    assert.ok(error instanceof WorkerError && error.code === "malformed_response", String(error));
  });
}
