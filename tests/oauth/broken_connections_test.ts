import assert from "node:assert/strict";
import type { HighLevelApp } from "../../src/oauth/highlevel_app.ts";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { locationToken } from "../../src/oauth/location_token.ts";
import { refreshTokens } from "../../src/oauth/refresh_tokens.ts";
import { CALL_NAMES, CALLS } from "./endpoint_calls.ts";
import {
  APP,
  broken,
  deaf,
  json,
  recordingFetch,
  type Reply,
  stillTime,
  TOKEN_ANSWER,
} from "./recording_fetch.ts";
import { anything } from "./anything.ts";
import { rejection } from "./rejection.ts";

const REFRESH = { refreshToken: "refresh-token", userType: "Location" } as const;
const requestsUntilGivenUp = (name: string): number => name === "refresh" ? 5 : name === "exchange" ? 2 : 3;

const BREAKS: Record<string, Reply> = {
  "a connection that is reset": broken(),
  "a body that breaks off": () =>
    new Response(bodyOf((controller) => controller.error(new TypeError("reset")))),
  "a body that breaks off halfway": () => {
    let sent = false;
    return new Response(bodyOf((controller) => {
      if (sent) controller.error(new TypeError("reset"));
      else controller.enqueue(new TextEncoder().encode(`{"access_token":"a`));
      sent = true;
    }));
  },
  "a broken error page": () =>
    new Response(bodyOf((controller) => controller.error(new Error("reset"))), { status: 400 }),
};

for (const name of CALL_NAMES) {
  for (const [what, reply] of Object.entries(BREAKS)) {
    Deno.test(`${what} is "network" (${name})`, async () => {
      const { fetch, requests } = recordingFetch(reply);
      const error = await rejection(CALLS[name]({ ...APP, fetch }, stillTime()));
      assert.deepEqual([error.code, error.retryable, error.status], ["network", true, undefined]);
      assert.ok(error.cause instanceof Error);
      assert.match(error.cause.message, /error sending request|reset/);
      assert.equal(requests.length, requestsUntilGivenUp(name));
    });
  }

  Deno.test(`no answer in time is "timeout", even where fetch ignores its signal (${name})`, async () => {
    const { fetch, requests } = recordingFetch(deaf);
    const error = await rejection(CALLS[name]({ ...APP, fetch }, { ...stillTime(), timeoutMs: 2 }));
    assert.deepEqual([error.code, error.retryable], ["timeout", true]);
    assert.match(error.message, /No answer within 2 ms/);
    assert.equal(requests.length, requestsUntilGivenUp(name));
    assert.ok(requests.every(({ signal }) => signal.aborted), "each attempt was told to end");
  });

  Deno.test(`an aborted call rejects with the signal's own reason (${name})`, async () => {
    for (const reason of [new Error("enough"), "a text", null]) {
      const caller = new AbortController();
      const { fetch, requests } = recordingFetch((): Promise<Response> => {
        caller.abort(reason);
        return new Promise(() => {});
      });
      const call = CALLS[name]({ ...APP, fetch }, { signal: caller.signal });
      assert.equal(await call.then(() => "no", (error) => error), caller.signal.reason);
      assert.equal(requests.length, 1);
      assert.ok(requests[0]?.signal.aborted);
    }
  });

  Deno.test(`an abort in the last attempt rejects with the signal's reason, not with "network" (${name})`, async () => {
    const caller = new AbortController();
    const { fetch, requests } = recordingFetch((): Promise<Response> => {
      if (requests.length === requestsUntilGivenUp(name)) caller.abort("last");
      return Promise.reject(new TypeError("reset"));
    });
    const call = CALLS[name]({ ...APP, fetch }, { ...stillTime(), signal: caller.signal });
    assert.equal(await call.catch((error) => error), "last");
  });

  Deno.test(`a signal that was aborted before sends nothing (${name})`, async () => {
    const { fetch, requests } = recordingFetch(deaf);
    const signal = AbortSignal.abort("early");
    assert.equal(await CALLS[name]({ ...APP, fetch }, { signal }).catch((error) => error), "early");
    assert.equal(requests.length, 0);
  });

  Deno.test(`an abort between attempts ends the call (${name})`, async () => {
    const caller = new AbortController();
    const { fetch, requests } = recordingFetch(broken());
    const call = CALLS[name]({ ...APP, fetch }, { signal: caller.signal });
    setTimeout(() => caller.abort("between"));
    assert.equal(await call.catch((error) => error), "between");
    assert.equal(requests.length, 1);
  });

  for (
    const thrown of [undefined, null, "text", 5, Symbol("s"), {}, Object.create(null), {
      message: 5,
      name: 7,
    }]
  ) {
    Deno.test(`a fetch that throws ${Deno.inspect(thrown)} is "network" (${name})`, async () => {
      const { fetch } = recordingFetch(() => Promise.reject(thrown));
      assert.equal((await rejection(CALLS[name]({ ...APP, fetch }, stillTime()))).code, "network");
    });
  }
}

Deno.test("the cause says why, where the runtime hides it one level deeper", async () => {
  const { fetch } = recordingFetch(() =>
    Promise.reject(new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED 127.0.0.1:9") }))
  );
  const { cause } = await rejection(refreshTokens({ ...APP, fetch }, REFRESH, stillTime()));
  assert.equal(String(cause), "Error: fetch failed: connect ECONNREFUSED 127.0.0.1:9");
});

Deno.test('a fetch that gives no Response is "network"', async () => {
  for (const given of [undefined, null, {}, { status: 200, body: {} }, { status: 200, body: "text" }]) {
    const app: HighLevelApp = { ...APP, ...anything({ fetch: () => Promise.resolve(given) }) };
    const error = await rejection(refreshTokens(app, REFRESH, stillTime()));
    assert.ok(error.retryable, `${Deno.inspect(given)} → ${error.code}`);
  }
});

Deno.test("a time limit covers the body, and the body is cancelled", async () => {
  let cancelled = 0;
  const { fetch } = recordingFetch(() =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("{")),
        cancel: () => void cancelled++,
      }),
    )
  );
  const error = await rejection(refreshTokens({ ...APP, fetch }, REFRESH, { ...stillTime(), timeoutMs: 2 }));
  assert.equal(error.code, "timeout");
  assert.equal(cancelled, 5);
});

Deno.test("an answer that comes after the time limit is cancelled unread", async () => {
  const late = Promise.withResolvers<void>();
  let isRead = false;
  const body = new ReadableStream({
    pull: () => void (isRead = true),
    cancel: () => late.resolve(),
  }, { highWaterMark: 0 });
  const { promise, resolve } = Promise.withResolvers<Response>();
  const { fetch } = recordingFetch(() => promise, json(200, TOKEN_ANSWER));
  await refreshTokens({ ...APP, fetch }, REFRESH, { ...stillTime(), timeoutMs: 2 });
  resolve(new Response(body));
  await late.promise;
  assert.equal(isRead, false);
});

Deno.test("a body over 1 MiB is not read to its end, and is cancelled", async () => {
  let chunks = 0;
  let cancelled = false;
  const { fetch } = recordingFetch(() =>
    new Response(
      new ReadableStream({
        pull(controller) {
          chunks++;
          controller.enqueue(new Uint8Array(65_536).fill(32));
        },
        cancel: () => void (cancelled = true),
      }),
    ), json(200, TOKEN_ANSWER));
  await refreshTokens({ ...APP, fetch }, REFRESH, stillTime());
  assert.ok(cancelled);
  assert.ok(chunks <= 20, `${chunks} chunks`);
});

Deno.test("an answer of 1 MiB to the byte is read", async () => {
  const answer = JSON.stringify(TOKEN_ANSWER).padEnd(1_048_576);
  for (const [padding, code] of [["", undefined], [" ", "malformed_response"]] as const) {
    const { fetch } = recordingFetch(() => new Response(answer + padding));
    const call = refreshTokens({ ...APP, fetch }, REFRESH, stillTime());
    const failed = await call.then(() => undefined, (error) => error instanceof HighLevelError && error.code);
    assert.equal(failed, code);
  }
});

Deno.test("a character cut in two between chunks arrives whole", async () => {
  const bytes = new TextEncoder().encode(JSON.stringify({ ...TOKEN_ANSWER, scope: "é😀" }));
  const queue = [...bytes];
  const { fetch } = recordingFetch(() =>
    new Response(bodyOf((controller) => {
      const byte = queue.shift();
      if (byte === undefined) controller.close();
      else controller.enqueue(Uint8Array.of(byte));
    }))
  );
  assert.deepEqual((await refreshTokens({ ...APP, fetch }, REFRESH)).scope, ["é😀"]);
});

Deno.test({
  name: "no timer and no listener outlives a call, however it ends",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    for (const reply of [json(200, TOKEN_ANSWER), json(400, {}), broken(), deaf]) {
      const caller = new AbortController();
      const listeners = countListeners(caller.signal);
      const { fetch, requests } = recordingFetch(reply);
      const options = { ...stillTime(), signal: caller.signal, timeoutMs: reply === deaf ? 2 : 60_000 };
      await refreshTokens({ ...APP, fetch }, REFRESH, options).catch(() => {});
      assert.equal(listeners.open, 0);
      assert.ok(listeners.added >= requests.length);
    }
  },
});

Deno.test({
  name: "no listener outlives the pause between attempts",
  sanitizeOps: true,
  async fn() {
    const caller = new AbortController();
    const listeners = countListeners(caller.signal);
    const { fetch } = recordingFetch(
      json(429, {}, { "Retry-After": "0" }),
      broken(),
      json(200, { ...TOKEN_ANSWER }),
    );
    const company = { companyId: "c", locationId: "l", accessToken: "t" };
    await locationToken({ ...APP, fetch }, company, { signal: caller.signal });
    assert.equal(listeners.open, 0);
  },
});

Deno.test("an answer that has arrived counts, even if the caller aborts in the same moment", async () => {
  const caller = new AbortController();
  let isSent = false;
  const { fetch } = recordingFetch(() => {
    isSent = true;
    return Response.json(TOKEN_ANSWER);
  });
  const call = refreshTokens({ ...APP, fetch }, REFRESH, {
    signal: caller.signal,
    now: () => {
      if (isSent) caller.abort("too late");
      return 0;
    },
  });
  assert.equal((await call).accessToken, TOKEN_ANSWER.access_token);
});

Deno.test("the lifetime counts from the moment the answer arrived, not from when it was asked", async () => {
  let now = 1_000_000;
  const { fetch } = recordingFetch(() => {
    now += 9_000;
    return Response.json({ ...TOKEN_ANSWER, expires_in: 60 });
  });
  const { expiresAt } = await refreshTokens({ ...APP, fetch }, REFRESH, { now: () => now });
  assert.equal(expiresAt.getTime(), 1_069_000);
});

function bodyOf(
  pull: (controller: ReadableStreamDefaultController<Uint8Array>) => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull }, { highWaterMark: 0 });
}

function countListeners(signal: AbortSignal): { added: number; open: number } {
  const count = { added: 0, open: 0 };
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>): void => {
    count.added++;
    count.open++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>): void => {
    count.open--;
    removeEventListener.apply(signal, args);
  };
  return count;
}
