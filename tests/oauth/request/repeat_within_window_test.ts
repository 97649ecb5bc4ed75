import assert from "node:assert/strict";
import { refreshTokens } from "../../../src/oauth/refresh_tokens.ts";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { APP, broken, deaf, json, recordingFetch, stillTime, TOKEN_ANSWER } from "../recording_fetch.ts";
import { rejection } from "../rejection.ts";

const REFRESH = { refreshToken: "refresh-token-of-a-test", userType: "Location" } as const;
const DEAD = json(400, { statusCode: 400, message: "Invalid grant: refresh token is invalid" });
/** Real milliseconds: what is late at HighLevel after 20 s is late here after a third of this. */
const TIMEOUT_MS = 60;

/** A clock that moves by what is slept. */
function drivenTime() {
  let at = 1_000_000;
  const slept: number[] = [];
  return {
    slept,
    now: () => at,
    sleep: (ms: number) => {
      slept.push(ms);
      at += ms;
      return Promise.resolve();
    },
  };
}

Deno.test("a lost answer is asked again at about 1, 4, 10 and 20 s after the first send, then no more", async () => {
  const time = drivenTime();
  const sentAt: number[] = [];
  const { fetch } = recordingFetch(() => {
    sentAt.push(time.now() - 1_000_000);
    throw new TypeError("reset");
  });
  assert.equal((await rejection(refreshTokens({ ...APP, fetch }, REFRESH, time))).code, "network");
  assert.equal(sentAt.length, 5);
  for (const [index, due] of [0, 1_000, 4_000, 10_000, 20_000].entries()) {
    assert.ok(Math.abs((sentAt[index] ?? NaN) - due) <= due * 0.05, `${sentAt}`);
  }
});

Deno.test("a repeat that is refused is the answer: nothing else is sent", async () => {
  const { fetch, requests } = recordingFetch(broken(), broken(), DEAD);
  assert.equal(
    (await rejection(refreshTokens({ ...APP, fetch }, REFRESH, drivenTime()))).code,
    "invalid_grant",
  );
  assert.equal(requests.length, 3);
});

Deno.test("an answer that is late is asked for once more, and the first one is still listened to", async () => {
  const first = Promise.withResolvers<Response>();
  const { fetch, requests } = recordingFetch(() => first.promise, (request) => {
    queueMicrotask(() => first.resolve(Response.json(TOKEN_ANSWER)));
    return DEAD(request);
  });
  const tokens = await refreshTokens({ ...APP, fetch }, REFRESH, { ...drivenTime(), timeoutMs: TIMEOUT_MS });
  assert.equal(tokens.accessToken, TOKEN_ANSWER.access_token);
  assert.equal(requests.length, 2);
  assert.equal(requests[1]?.body, requests[0]?.body);
});

Deno.test("whichever answer grants is taken, and the others are let go", async () => {
  const { fetch, requests } = recordingFetch(deaf, json(200, TOKEN_ANSWER));
  await refreshTokens({ ...APP, fetch }, REFRESH, { ...drivenTime(), timeoutMs: TIMEOUT_MS });
  assert.equal(requests.length, 2);
  assert.ok(requests[0]?.signal.aborted);
});

Deno.test("a refusal while an earlier request is unanswered counts only when that one has ended too", async () => {
  const startedAt = Date.now();
  const { fetch, requests } = recordingFetch(deaf, DEAD);
  const options = { ...drivenTime(), timeoutMs: TIMEOUT_MS };
  assert.equal((await rejection(refreshTokens({ ...APP, fetch }, REFRESH, options))).code, "invalid_grant");
  assert.equal(requests.length, 2);
  assert.ok(Date.now() - startedAt >= TIMEOUT_MS - 5, "the first one had its time");
});

Deno.test("an answer after 16 s is taken: nothing is sent twice", async () => {
  // A time limit of 60 s stands for itself here: the fake clock says that 16 s have passed, no timer fires.
  const time = drivenTime();
  const { fetch, requests } = recordingFetch(async () => {
    await time.sleep(16_000);
    return Response.json(TOKEN_ANSWER);
  });
  await refreshTokens({ ...APP, fetch }, REFRESH, time);
  assert.equal(requests.length, 1);
});

Deno.test("a repeat that is overdue gives way to the next one", async () => {
  const time = drivenTime();
  const sentAt: number[] = [];
  const { fetch } = recordingFetch(async () => {
    sentAt.push(time.now() - 1_000_000);
    if (sentAt.length === 1) await time.sleep(15_000);
    throw new TypeError("reset");
  });
  await rejection(refreshTokens({ ...APP, fetch }, REFRESH, time));
  assert.equal(sentAt.length, 2);
  assert.ok(Math.abs((sentAt[1] ?? NaN) - 20_000) <= 1_000, `${sentAt}`);
});

Deno.test("a token endpoint that answers after the window is listened to within a minute", async () => {
  const sandbox = createSandbox({ seed: 7, tokenLatencyMs: 30, refreshWindowMs: 0 });
  const { locationId } = sandbox.addLocation();
  const { refresh_token: refreshToken = "" } = sandbox.install({ locationId });
  const app = { ...sandbox.app, fetch: sandbox.fetch };
  const options = { ...drivenTime(), timeoutMs: TIMEOUT_MS };
  const tokens = await refreshTokens(app, { refreshToken, userType: "Location" }, options);
  assert.ok(sandbox.isLiving(tokens.accessToken));
});

Deno.test("a 503 that asks for some seconds is given them", async () => {
  const time = drivenTime();
  const { fetch } = recordingFetch(json(503, {}, { "Retry-After": "6" }), json(200, TOKEN_ANSWER));
  await refreshTokens({ ...APP, fetch }, REFRESH, time);
  const [waited = 0] = time.slept;
  assert.ok(waited >= 6_000 && waited < 6_300, `${waited}`);
});

Deno.test("a caller that gives up ends the pause, and the requests under way", async () => {
  const caller = new AbortController();
  const { fetch, requests } = recordingFetch(broken());
  const sleep = (_: number, signal?: AbortSignal): Promise<void> =>
    new Promise((_, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
      queueMicrotask(() => caller.abort("enough"));
    });
  const call = refreshTokens({ ...APP, fetch }, REFRESH, { ...stillTime(), sleep, signal: caller.signal });
  assert.equal(await call.then(() => "no", (reason) => reason), "enough");
  assert.equal(requests.length, 1);
});

Deno.test("a spending call is allowed a minute by itself, any other call 15 s", async () => {
  const limits: number[] = [];
  const original = globalThis.setTimeout;
  try {
    globalThis.setTimeout = Object.assign((handler: () => void, ms?: number) => {
      limits.push(ms ?? 0);
      return original(handler, ms);
    }, original);
    const { fetch } = recordingFetch(json(200, TOKEN_ANSWER));
    const { exchangeCode } = await import("../../../src/oauth/exchange_code.ts");
    await exchangeCode({ ...APP, fetch }, { code: "c", userType: "Location" });
    const { locationToken } = await import("../../../src/oauth/location_token.ts");
    await locationToken({ ...APP, fetch }, { companyId: "c", locationId: "l", accessToken: "t" });
  } finally {
    globalThis.setTimeout = original;
  }
  assert.deepEqual(limits, [60_000, 15_000]);
});
