import assert from "node:assert/strict";
import fc from "fast-check";
import { backoffMs, retryDelayMs } from "../../../src/oauth/request/retry.ts";
import { HighLevelError } from "../../../src/oauth/highlevel_error.ts";
import { exchangeCode } from "../../../src/oauth/exchange_code.ts";
import { refreshTokens } from "../../../src/oauth/refresh_tokens.ts";
import { createSandbox, type FaultKind } from "../../../src/sandbox/mod.ts";
import { CALLS, SAFE_CALLS, UNSAFE_CALLS } from "../endpoint_calls.ts";
import {
  APP,
  broken,
  deaf,
  GRANT_ANSWER,
  json,
  recordingFetch,
  type Reply,
  stillTime,
  text,
  TOKEN_ANSWER,
} from "../recording_fetch.ts";
import { rejection } from "../rejection.ts";

const ANSWERS = {
  reconnect: json(200, GRANT_ANSWER),
  exchange: json(200, TOKEN_ANSWER),
  refresh: json(200, TOKEN_ANSWER),
  locationToken: json(201, TOKEN_ANSWER),
  installedLocations: json(200, { locations: [], count: 0, items: [] }),
};

for (const name of SAFE_CALLS) {
  Deno.test(`${name} comes through at the third attempt, with growing pauses of random length`, async () => {
    for (let run = 0; run < 50; run++) {
      const time = stillTime();
      const { fetch, requests } = recordingFetch(broken(), text(502, "<html>"), ANSWERS[name]);
      await CALLS[name]({ ...APP, fetch }, time);
      const [first = -1, second = -1] = time.slept;
      assert.equal(requests.length, 3);
      assert.equal(time.slept.length, 2);
      assert.ok(first >= 0 && first < 250 && second >= 0 && second < 500, `${time.slept}`);
    }
  });

  Deno.test(`${name} waits at least what Retry-After asks, and not all callers equally long`, async () => {
    const waits = new Set<number>();
    for (let run = 0; run < 20; run++) {
      const time = stillTime();
      const { fetch } = recordingFetch(json(429, {}, { "Retry-After": "4" }), ANSWERS[name]);
      await CALLS[name]({ ...APP, fetch }, time);
      const [wait = -1] = time.slept;
      assert.ok(wait >= 4_000 && wait < 4_250, `${wait}`);
      waits.add(wait);
    }
    assert.ok(waits.size > 10);
  });

  Deno.test(`${name} waits ten seconds, and leaves a longer wait to the caller`, async () => {
    for (const [seconds, attempts] of [[10, 3], [10.001, 1], [3_600, 1]]) {
      const time = stillTime();
      const { fetch, requests } = recordingFetch(json(429, {}, { "Retry-After": `${seconds}` }));
      const error = await rejection(CALLS[name]({ ...APP, fetch }, time));
      assert.equal(requests.length, attempts);
      assert.equal(time.slept.length, requests.length - 1);
      assert.equal(error.retryAfterMs, Math.ceil((seconds ?? 0) * 1000));
    }
  });
}

const LOST: Record<string, Reply> = {
  "the connection broke": broken(),
  "no answer came in time": deaf,
  "the answer was cut": text(200, `{"access_tok`),
  "the answer was empty": text(200, ""),
  "the answer lacked its token": json(200, { expires_in: 5 }),
  "a gateway answered": text(502, "<html>"),
  "HighLevel was down": json(503, {}, { "Retry-After": "1" }),
};

for (const name of UNSAFE_CALLS) {
  for (const [what, reply] of Object.entries(LOST)) {
    Deno.test(`${name} is repeated with the same request where ${what}`, async () => {
      const options = { ...stillTime(), timeoutMs: 5 };
      const { fetch, requests } = recordingFetch(reply, ANSWERS[name]);
      await CALLS[name]({ ...APP, fetch }, options);
      const [first, second] = requests;
      assert.equal(requests.length, 2);
      assert.deepEqual({ ...second, signal: null }, { ...first, signal: null });
      assert.notEqual(second?.signal, first?.signal, "the second attempt has a time limit of its own");

      const again = recordingFetch(reply);
      await rejection(CALLS[name]({ ...APP, fetch: again.fetch }, options));
      assert.equal(again.requests.length, name === "refresh" ? 5 : 2);
    });
  }

  Deno.test(`${name} is never repeated after a 4xx, whatever its body`, async () => {
    for (const status of [400, 401, 403, 404, 408, 409, 422, 425, 429, 499]) {
      for (
        const reply of [
          text(status, ""),
          text(status, "<html>"),
          json(status, { message: "x" }),
          json(status, []),
        ]
      ) {
        const { fetch, requests } = recordingFetch(reply);
        await rejection(CALLS[name]({ ...APP, fetch }, stillTime()));
        assert.equal(requests.length, 1, `${status}`);
      }
    }
  });

  Deno.test(`${name} reports the second answer where the first was lost`, async () => {
    const refusal = json(400, { message: "Invalid grant: it is invalid" });
    const { fetch } = recordingFetch(broken(), refusal);
    const { code, status, reason } = await rejection(CALLS[name]({ ...APP, fetch }, stillTime()));
    const told = name === "exchange" ? "answer_lost" : undefined; // of a refresh, the record tells
    assert.deepEqual({ code, status, reason }, { code: "invalid_grant", status: 400, reason: told });
    const { fetch: sure } = recordingFetch(refusal);
    assert.equal((await rejection(CALLS[name]({ ...APP, fetch: sure }, stillTime()))).reason, undefined);
  });
}

const DONE_BUT_LOST: readonly FaultKind[] = [
  "reset_after",
  "cut_body",
  "stream_error",
  "empty",
  "html_502_after",
  "status_after",
  "hang_after",
  "huge",
  "wrong_types",
];
const NOT_DONE: readonly FaultKind[] = ["refuse", "reset_before", "html_502", "status", "hang", "redirect"];

for (const kind of DONE_BUT_LOST) {
  Deno.test(`a refresh that was carried out but lost (${kind}) is made good within HighLevel's window`, async () => {
    const sandbox = createSandbox({ seed: 4 });
    const { locationId } = sandbox.addLocation();
    const { refresh_token: refreshToken = "" } = sandbox.install({ locationId });
    sandbox.fault({ on: "refresh", kind });
    const app = { ...sandbox.app, fetch: sandbox.fetch };
    const tokens = await refreshTokens(app, { refreshToken, userType: "Location" }, {
      ...stillTime(),
      timeoutMs: 20,
    });
    assert.ok(sandbox.isLiving(tokens.accessToken) && sandbox.isLiving(`${tokens.refreshToken}`));
    assert.deepEqual(
      [sandbox.counts.total, sandbox.counts.windowRepeats, sandbox.counts.spentRefreshTokenUses],
      [2, 1, 0],
    );
  });

  Deno.test(`a refresh that was carried out but lost (${kind}) ends in invalid_grant where the window is no more`, async () => {
    const sandbox = createSandbox({ seed: 4, refreshWindowMs: 0 });
    const { locationId } = sandbox.addLocation();
    const { refresh_token: refreshToken = "" } = sandbox.install({ locationId });
    sandbox.fault({ on: "refresh", kind });
    const app = { ...sandbox.app, fetch: sandbox.fetch };
    const call = refreshTokens(app, { refreshToken, userType: "Location" }, {
      ...stillTime(),
      timeoutMs: 20,
    });
    assert.equal((await rejection(call)).code, "invalid_grant");
    assert.deepEqual([sandbox.counts.total, sandbox.counts.spentRefreshTokenUses], [2, 1]);
  });
}

for (const kind of NOT_DONE) {
  Deno.test(`an exchange that was not carried out (${kind}) comes through at the second attempt`, async () => {
    const sandbox = createSandbox({ seed: 5 });
    const { locationId } = sandbox.addLocation();
    const code = sandbox.authorize({ locationId });
    sandbox.fault({ on: "exchange", kind });
    const app = { ...sandbox.app, fetch: sandbox.fetch };
    const tokens = await exchangeCode(app, { code, userType: "Location" }, { ...stillTime(), timeoutMs: 20 });
    assert.ok(sandbox.isLiving(tokens.accessToken));
    assert.deepEqual([sandbox.counts.total, sandbox.counts.spentCodeUses], [2, 0]);
  });
}

Deno.test("an answer that comes drop by drop, late or with its fields twice is understood", async () => {
  for (const kind of ["slow_drip", "delay", "delay_after", "duplicate_fields"] as const) {
    const sandbox = createSandbox({ seed: 6 });
    const { locationId } = sandbox.addLocation();
    const code = sandbox.authorize({ locationId });
    sandbox.fault({ on: "exchange", kind, ms: 0 });
    const app = { ...sandbox.app, fetch: sandbox.fetch };
    const { accessToken } = await exchangeCode(app, { code, userType: "Location" });
    assert.ok(sandbox.isLiving(accessToken));
    assert.equal(sandbox.counts.total, 1);
  }
});

Deno.test("backoff is anywhere between nothing and a ceiling that doubles up to ten seconds", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2_000 }), (attempt) => {
    const ms = backoffMs(attempt);
    assert.ok(ms >= 0 && ms <= Math.min(10_000, 250 * 2 ** (attempt - 1)));
  }));
  const drawn = Array.from({ length: 200 }, () => backoffMs(1));
  assert.ok(Math.min(...drawn) < 50 && Math.max(...drawn) > 200, "full jitter uses the whole range");
});

Deno.test("what will not change is never tried again", () => {
  const permanent = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "endpoint_removed",
    "location_inactive",
    "not_installed",
    "forbidden",
    "unauthorized",
    "reauthorization_required",
    "invalid_webhook",
  ] as const;
  for (const code of permanent) {
    const error = new HighLevelError(code, "no");
    assert.equal(error.retryable, false);
    assert.equal(retryDelayMs(error, 1, 3), undefined);
  }
});
