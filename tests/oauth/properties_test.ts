import assert from "node:assert/strict";
import fc from "fast-check";
import { refusalFrom, retryAfterFrom } from "../../src/oauth/request/refusal.ts";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { CALL_NAMES, CALLS, CODE, COMPANY_TOKEN, REFRESH_TOKEN } from "./endpoint_calls.ts";
import { APP, LOCATION_ID, recordingFetch, stillTime } from "./recording_fetch.ts";

// Every run prints its seed when it fails; fast-check replays it with { seed, path }.
const NAMES = [
  ..."accessToken access_token tokenType expiresIn expires_in refreshToken refresh_token scope userType"
    .split(" "),
  ..."locationId companyId approvedLocations isBulkInstallation authorizationCode expiresAt traceId".split(
    " ",
  ),
  ..."locations items count pagination nextPageToken hasNextPage _id id name installedAt message error".split(
    " ",
  ),
  ..."error_description statusCode code details __proto__ constructor toString toJSON".split(" "),
];

/** JSON whose members often have names and values that the readers look for. */
const wire = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.jsonValue(),
    fc.constantFrom(
      "Location",
      "Company",
      "2026-11-24T12:00:00Z",
      "Invalid grant",
      "",
      86_399,
      -1,
      1e308,
      LOCATION_ID,
    ),
    fc.string({ unit: "binary" }),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.constantFrom(...NAMES), tie("value"), { maxKeys: 8, noNullPrototype: true }),
}));
const body = fc.oneof(wire.object, wire.value).map((value) => JSON.stringify(value) ?? "");
const anyBody = fc.oneof(
  body,
  fc.string({ unit: "binary" }),
  body.map((text) => text.slice(0, text.length / 2)),
);

Deno.test("any JSON becomes a TokenSet or a HighLevelError", () => {
  fc.assert(
    fc.property(body, fc.integer({ min: 0, max: 4e12 }), (text, now) => {
      try {
        const tokens = tokenSetFrom(JSON.parse(text), now, "Company");
        assert.ok(tokens.accessToken !== "" && typeof tokens.accessToken === "string");
        assert.ok(!Number.isNaN(tokens.expiresAt.getTime()) && tokens.expiresAt.getTime() >= now);
        assert.ok(tokens.scope.every((scope) => typeof scope === "string"));
        assert.ok(tokens.userType === "Location" || tokens.userType === "Company");
        assert.ok(tokens.refreshToken === undefined || typeof tokens.refreshToken === "string");
        JSON.stringify(tokens);
        Deno.inspect(tokens);
      } catch (error) {
        assert.ok(error instanceof HighLevelError, Deno.inspect(error));
        assert.equal(error.code, "malformed_response");
      }
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("any value that is no JSON becomes a TokenSet or a HighLevelError too", () => {
  fc.assert(fc.property(fc.anything(), (value) => {
    try {
      tokenSetFrom(value, 0, "Location");
    } catch (error) {
      assert.ok(error instanceof HighLevelError, Deno.inspect(error));
    }
  }));
});

for (const name of CALL_NAMES) {
  Deno.test(`any status with any body is a result of ${name} or a HighLevelError`, async () => {
    const status = fc.oneof(
      fc.constantFrom(200, 201, 400, 401, 403, 404, 422, 429, 500, 503),
      fc.integer({ min: 200, max: 599 }),
    );
    const header = fc.oneof(
      fc.stringMatching(/^[ -~]{0,20}$/),
      fc.constantFrom("5", "0", "1e9", "99999999999999999999"),
    );
    await fc.assert(
      fc.asyncProperty(status, anyBody, header, header, async (status, text, after, interval) => {
        const headers = { "Retry-After": after, "X-RateLimit-Interval-Milliseconds": interval };
        const bodyless = status === 204 || status === 205 || status === 304;
        const { fetch, requests } = recordingFetch(() =>
          new Response(bodyless ? null : text, { status, headers })
        );
        try {
          await CALLS[name]({ ...APP, fetch }, stillTime());
          assert.ok(status < 300);
        } catch (error) {
          assert.ok(error instanceof HighLevelError, Deno.inspect(error));
          assert.equal(error.status, status);
          assert.ok(
            error.retryAfterMs === undefined ||
              Number.isFinite(error.retryAfterMs) && error.retryAfterMs >= 0,
          );
          assert.ok(error.message.length < 500 && error.message !== "");
          const shown = JSON.stringify(error) + Deno.inspect(error, { depth: 9 });
          for (const secret of [APP.clientSecret, CODE, REFRESH_TOKEN, COMPANY_TOKEN]) {
            assert.ok(!shown.includes(secret));
          }
          if (status >= 500) assert.equal(error.code, "unavailable");
        }
        // No list goes on for ever, no exchange is sent a third time, no refresh beyond HighLevel's window.
        const most = { exchange: 2, refresh: 5, reconnect: 20, locationToken: 20, installedLocations: 20 };
        assert.ok(requests.length <= most[name], `${requests.length}`);
      }),
      { numRuns: 600 },
    );
  });
}

Deno.test("only words about the grant, in an answer below 500, say that a refresh token is dead", () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), wire.value, (status, value) => {
      const { code } = refusalFrom("/oauth/token", status, value);
      if (code !== "invalid_grant") return;
      assert.ok(status >= 400 && status < 500 && status !== 408 && status !== 429);
      assert.match(JSON.stringify(value), /invalid[ _]grant/i);
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("a wait is a finite number of ms from 0 on, or none", () => {
  const value = fc.oneof(
    fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/),
    fc.stringMatching(/^\d{1,400}$/),
    fc.constantFrom("Infinity", "-1", "1e400", "0x10", "NaN", "-5", "Tue, 24 Nov 2026 12:00:07 GMT", ""),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(253e12) }).map((date) =>
      date.toUTCString()
    ),
  );
  fc.assert(
    fc.property(value, value, fc.constantFrom(429, 503, 400, 500), (after, interval, status) => {
      const headers = new Headers({ "Retry-After": after, "X-RateLimit-Interval-Milliseconds": interval });
      const ms = retryAfterFrom(status, headers, Date.UTC(2026, 10, 24));
      assert.ok(ms === undefined || Number.isFinite(ms) && ms >= 0, `${ms}`);
      if (status !== 429 && status !== 503) assert.equal(ms, undefined);
    }),
    { numRuns: 3_000 },
  );
});

const WAITS: readonly [status: number, headers: Record<string, string>, ms: number | undefined][] = [
  [429, { "Retry-After": "0" }, 0],
  [429, { "Retry-After": " 7 " }, 7_000],
  [429, { "Retry-After": "1.2345" }, 1_235],
  [429, { "Retry-After": "Tue, 24 Nov 2026 00:00:05 GMT" }, 5_000],
  [429, { "Retry-After": "Tuesday, 24-Nov-26 00:00:05 GMT" }, 5_000],
  [429, { "Retry-After": "Mon, 23 Nov 2026 00:00:00 GMT" }, 0],
  [429, { "Retry-After": "-5" }, undefined],
  [429, { "Retry-After": "-5", "X-RateLimit-Interval-Milliseconds": "10000" }, 10_000],
  [429, { "Retry-After": "9".repeat(400) }, undefined],
  [429, { "X-RateLimit-Interval-Milliseconds": "" }, undefined],
  [429, { "X-RateLimit-Interval-Milliseconds": "Infinity" }, undefined],
  [429, {}, undefined],
  [503, { "Retry-After": "2" }, 2_000],
  [503, { "X-RateLimit-Interval-Milliseconds": "10000" }, undefined],
  [500, { "Retry-After": "2" }, undefined],
];
for (const [status, headers, ms] of WAITS) {
  Deno.test(`${status} with ${JSON.stringify(headers).slice(0, 80)} asks for ${ms} ms`, () => {
    assert.equal(retryAfterFrom(status, new Headers(headers), Date.UTC(2026, 10, 24)), ms);
  });
}
