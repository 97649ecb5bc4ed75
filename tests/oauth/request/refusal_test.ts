import assert from "node:assert/strict";
import type { HighLevelErrorCode, HighLevelErrorReason } from "../../../src/oauth/highlevel_error.ts";
import { CALL_NAMES, type CallName, CALLS, UNSAFE_CALLS } from "../endpoint_calls.ts";
import { APP, json, LOCATION_ID, recordingFetch, type Reply, stillTime, text } from "../recording_fetch.ts";
import { rejection } from "../rejection.ts";

/** HighLevel's answer, and what must become of it. */
interface Row {
  readonly when: string;
  readonly at: readonly CallName[];
  readonly status: number;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly code: HighLevelErrorCode;
  readonly reason?: HighLevelErrorReason;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly traceId?: string;
  /** The message shows it. */
  readonly shows?: RegExp;
  readonly requests: number;
}

const TOKEN: readonly CallName[] = UNSAFE_CALLS;
const BEARER: readonly CallName[] = ["locationToken", "installedLocations"];
/** Requests until a call is given up whose answers were lost; a refresh is sent again within HighLevel's window. */
const LOST: Readonly<Record<CallName, number>> = {
  reconnect: 3,
  exchange: 2,
  refresh: 5,
  locationToken: 3,
  installedLocations: 3,
};
/** The same where HighLevel answered: nothing was carried out, and what spends something is left to the caller. */
const ANSWERED: Readonly<Record<CallName, number>> = { ...LOST, exchange: 1, refresh: 1 };
const NOT_RECONNECT: readonly CallName[] = [...TOKEN, ...BEARER];
const said = (statusCode: number, message: string | string[], error = "Bad Request"): object => ({
  statusCode,
  message,
  error,
});

const TABLE: readonly Row[] = [
  {
    when: "the refresh token is dead",
    at: ["refresh"],
    status: 400,
    body: { ...said(400, "Invalid grant: refresh token is invalid"), traceId: "t-1" },
    code: "invalid_grant",
    traceId: "t-1",
    shows: /refresh token is invalid/,
    requests: 1,
  },
  {
    when: "the code is dead",
    at: ["exchange"],
    status: 400,
    body: said(400, "Invalid grant: authorization code is invalid"),
    code: "invalid_grant",
    requests: 1,
  },
  {
    when: "an OAuth body says invalid_grant",
    at: TOKEN,
    status: 400,
    body: { error: "invalid_grant", error_description: "The token was used" },
    code: "invalid_grant",
    shows: /The token was used/,
    requests: 1,
  },
  {
    when: "invalid_grant comes with 401",
    at: TOKEN,
    status: 401,
    body: { error: "invalid_grant" },
    code: "invalid_grant",
    requests: 1,
  },
  {
    when: "the location is paused",
    at: CALL_NAMES,
    status: 400,
    body: said(400, "Location is not active"),
    code: "location_inactive",
    shows: /still works once the location is active/,
    requests: 1,
  },
  {
    when: "the location is paused, with 403",
    at: CALL_NAMES,
    status: 403,
    body: said(403, "Location is not active"),
    code: "location_inactive",
    requests: 1,
  },
  {
    when: "an agency has not installed the app on a location",
    at: ["locationToken"],
    status: 400,
    body: said(400, "App is not installed on this location"),
    code: "not_installed",
    shows: /not installed on this location/,
    requests: 1,
  },
  {
    when: "a parameter is wrong",
    at: CALL_NAMES,
    status: 400,
    body: said(400, "Invalid parameter: `user_type`"),
    code: "invalid_request",
    requests: 1,
  },
  {
    when: "a parameter is missing",
    at: CALL_NAMES,
    status: 400,
    body: said(400, "Missing parameter: `client_id`"),
    code: "invalid_request",
    requests: 1,
  },
  {
    when: "several fields are wrong",
    at: CALL_NAMES,
    status: 422,
    body: said(422, ["locationId must be a string", "companyId should not be empty"]),
    code: "invalid_request",
    shows: /422: "locationId must be a string; companyId should not be empty/,
    requests: 1,
  },
  {
    when: "the endpoint has been removed",
    at: ["reconnect"],
    status: 400,
    body: { message: "API endpoint has been removed", error: "Bad Request", statusCode: 400 },
    code: "endpoint_removed",
    retryAfterMs: 86_400_000,
    requests: 1,
  },
  {
    when: "the endpoint is not found",
    at: ["reconnect"],
    status: 404,
    body: said(404, "Cannot POST /oauth/reconnect", "Not Found"),
    code: "endpoint_removed",
    retryAfterMs: 300_000,
    requests: 1,
  },
  {
    when: "the endpoint is gone, in JSON",
    at: ["reconnect"],
    status: 410,
    body: said(410, "Gone"),
    code: "endpoint_removed",
    retryAfterMs: 300_000,
    requests: 1,
  },
  ...[404, 410].map((status): Row => ({
    when: `a gateway's page says ${status}`,
    at: ["reconnect"],
    status,
    body: "<html>Gone</html>",
    code: "malformed_response",
    retryable: true,
    requests: 3,
  })),
  {
    when: "a 404 says in words that the endpoint has been removed",
    at: ["reconnect"],
    status: 404,
    body: said(404, "API endpoint has been removed", "Not Found"),
    code: "endpoint_removed",
    retryAfterMs: 86_400_000,
    requests: 1,
  },
  {
    when: "another endpoint says that it has been removed",
    at: NOT_RECONNECT,
    status: 400,
    body: said(400, "API endpoint has been removed"),
    code: "invalid_request",
    requests: 1,
  },
  {
    when: "an old path is asked with v3",
    at: CALL_NAMES,
    status: 400,
    body: said(
      400,
      "POST /oauth/x is not available in API version v3. This endpoint was removed in version v3. Use /oauth/y.",
    ),
    code: "invalid_request",
    requests: 1,
  },
  {
    when: "an old path is asked with v3, with 404",
    at: ["reconnect"],
    status: 404,
    body: said(404, "POST /oauth/reconnect is not available in API version v3."),
    code: "invalid_request",
    requests: 1,
  },
  ...[
    "App is not installed on this location",
    "Location not found",
    "company with this id not found",
    "Not found",
    "It could not be found",
  ].map(
    (message): Row => ({
      when: `reconnect says "${message}"`,
      at: ["reconnect"],
      status: message.startsWith("Location") ? 404 : 400,
      body: said(400, message),
      code: "not_installed",
      requests: 1,
    }),
  ),
  ...[400, 401, 403, 409, 418].map((status): Row => ({
    when: `reconnect answers ${status} in words nobody knows`,
    at: ["reconnect"],
    status,
    body: { ...said(status, "The moon is in the wrong phase"), traceId: "t-2" },
    code: "invalid_request",
    traceId: "t-2",
    shows: /The moon is in the wrong phase/,
    requests: 1,
  })),
  {
    when: "the client is unknown",
    at: CALL_NAMES,
    status: 401,
    body: said(401, "Invalid client: client credentials are invalid"),
    code: "invalid_client",
    shows: /Check the client id and secret/,
    requests: 1,
  },
  {
    when: "an OAuth body says invalid_client",
    at: CALL_NAMES,
    status: 400,
    body: { error: "invalid_client" },
    code: "invalid_client",
    requests: 1,
  },
  {
    when: "the access token is dead",
    at: BEARER,
    status: 401,
    body: said(401, "Invalid JWT", "Unauthorized"),
    code: "unauthorized",
    requests: 1,
  },
  // The token lives: HighLevel says so with 401 or 403, and means the same.
  ...([
    ["The token is not authorized for this scope.", "scope"],
    ["This authClass type is not allowed to access this scope. Please use a different token", "token_kind"],
    ["This AuthClass is not yet supported", "token_kind"],
    ["Token's user type mismatch!", "token_kind"],
    ["This location is not accessible from this token.", "access"],
    ["The token does not have access to this location.", "access"],
    ["version header was not found.", "version"],
  ] as const).flatMap(([message, reason]) =>
    [401, 403].map((status): Row => ({
      when: `${status} says "${message}"`,
      at: NOT_RECONNECT,
      status,
      body: said(status, message, "Unauthorized"),
      code: "forbidden",
      reason,
      shows: new RegExp(message.slice(0, 20)),
      requests: 1,
    }))
  ),
  {
    when: "403 in words nobody knows",
    at: NOT_RECONNECT,
    status: 403,
    body: said(403, "The moon is in the wrong phase", "Forbidden"),
    code: "forbidden",
    requests: 1,
  },
  ...["error code: 1010", "<html>Access denied. Error 1010 Ray ID: 1</html>"].map((body): Row => ({
    when: `Cloudflare says "${body}"`,
    at: CALL_NAMES,
    status: 403,
    body,
    code: "forbidden",
    reason: "firewall",
    shows: /(error code: |Error )1010.*Cloudflare/,
    requests: 1,
  })),
  {
    when: "the refresh token was issued to another pair of the app",
    at: ["refresh"],
    status: 400,
    body: said(400, "Invalid grant: refresh token was issued to another client"),
    code: "invalid_grant",
    reason: "other_client",
    shows: /previousCredentials/,
    requests: 1,
  },
  {
    when: "a dead code is told with 401",
    at: TOKEN,
    status: 401,
    body: { error: "UnAuthorized!", error_description: "Authorization code not found" },
    code: "invalid_grant",
    shows: /Authorization code not found/,
    requests: 1,
  },
  {
    when: "a dead refresh token is told with 401",
    at: TOKEN,
    status: 401,
    body: said(401, "Invalid refresh token", "Unauthorized"),
    code: "invalid_grant",
    requests: 1,
  },
  ...[{}, { "Retry-After": "2" }, { "X-RateLimit-Interval-Milliseconds": "10000" }].map((headers): Row => ({
    when: `429 says that the day is used up (${Object.keys(headers)})`,
    at: CALL_NAMES,
    status: 429,
    body: said(429, "Too Many Requests"),
    headers: { "X-RateLimit-Daily-Remaining": "0", ...headers },
    code: "rate_limited",
    reason: "daily_limit",
    retryable: true,
    retryAfterMs: 3_600_000,
    shows: /calls of this day are used up/,
    requests: 1,
  })),
  {
    when: "400 in words nobody knows",
    at: NOT_RECONNECT,
    status: 400,
    body: said(400, "The moon is in the wrong phase"),
    code: "invalid_request",
    shows: /The moon is in the wrong phase/,
    requests: 1,
  },
  {
    when: "401 in words nobody knows",
    at: TOKEN,
    status: 401,
    body: said(401, "The moon is in the wrong phase"),
    code: "unauthorized",
    shows: /The moon is in the wrong phase/,
    requests: 1,
  },
  {
    when: "v3 nests its error",
    at: ["installedLocations"],
    status: 422,
    body: {
      error: {
        code: "VALIDATION_ERROR",
        message: "Bad page",
        details: ["pageToken is invalid"],
        resolution: "Ask for the first page",
      },
      traceId: "t-3",
    },
    code: "invalid_request",
    traceId: "t-3",
    shows: /VALIDATION_ERROR; Bad page; pageToken is invalid; Ask for the first page/,
    requests: 1,
  },

  // Too many requests: safe calls wait and come back, a refresh or exchange was answered and is left to the caller.
  ...attempts(ANSWERED, [
    { when: "429 names seconds", status: 429, headers: { "Retry-After": "2" }, retryAfterMs: 2_000 },
    {
      when: "429 names part of a second",
      status: 429,
      headers: { "Retry-After": "0.25" },
      retryAfterMs: 250,
    },
    {
      when: "429 names a date",
      status: 429,
      headers: { "Retry-After": "Tue, 24 Nov 2026 12:00:07 GMT" },
      retryAfterMs: 7_000,
    },
    {
      when: "429 names a date that has passed",
      status: 429,
      headers: { "Retry-After": "Tue, 24 Nov 2026 11:00:00 GMT" },
      retryAfterMs: 0,
    },
    {
      when: "429 has the interval header alone",
      status: 429,
      headers: { "X-RateLimit-Interval-Milliseconds": "10000", "X-RateLimit-Max": "100" },
      retryAfterMs: 10_000,
    },
    {
      when: "429 has both headers",
      status: 429,
      headers: { "Retry-After": "1", "X-RateLimit-Interval-Milliseconds": "10000" },
      retryAfterMs: 1_000,
    },
    {
      when: "429 has a Retry-After that says nothing",
      status: 429,
      headers: { "Retry-After": "soon", "X-RateLimit-Interval-Milliseconds": "5000" },
      retryAfterMs: 5_000,
    },
    { when: "429 has no header", status: 429 },
    { when: "429 says nothing of sense", status: 429, headers: { "Retry-After": "-5" } },
  ]).map((
    row,
  ) => ({ ...row, body: said(429, "Too Many Requests"), code: "rate_limited", retryable: true } as const)),
  ...[{ "Retry-After": "60" }, { "X-RateLimit-Interval-Milliseconds": "60000" }].map((headers): Row => ({
    when: `429 asks for a minute (${Object.keys(headers)})`,
    at: CALL_NAMES,
    status: 429,
    body: "<html>slow down</html>",
    headers,
    code: "rate_limited",
    retryable: true,
    retryAfterMs: 60_000,
    requests: 1,
  })),

  // HighLevel is down.
  ...attempts(LOST, [
    { when: "500", status: 500, body: { ...said(500, "Oops"), traceId: "t-4" }, traceId: "t-4" },
    { when: "502 in HTML", status: 502, body: "<html><h1>502 Bad Gateway</h1></html>" },
    { when: "503 names seconds", status: 503, headers: { "Retry-After": "3" }, retryAfterMs: 3_000 },
    { when: "504 without a body", status: 504, body: "" },
    { when: "5xx says invalid_grant", status: 500, body: { error: "invalid_grant" } },
    {
      when: "5xx says that the endpoint has been removed",
      status: 503,
      body: said(503, "API endpoint has been removed"),
    },
    { when: "5xx with a huge page", status: 502, body: "x".repeat(1_100_000) },
  ]).map((row) => ({ ...row, code: "unavailable", retryable: true } as const)),

  ...attempts(ANSWERED, [
    { when: "408", status: 408, body: said(408, "Request Timeout") },
  ]).map((row) => ({ ...row, code: "unavailable", retryable: true } as const)),

  // Answers that say nothing.
  ...attempts(LOST, [
    {
      when: "HTML with 200",
      status: 200,
      body: "<html>Hello</html>",
      shows: /no JSON object of 1 MiB at most/,
    },
    { when: "an empty body with 200", status: 200, body: "", shows: /no JSON object of 1 MiB at most/ },
    { when: "204", status: 204, shows: /no JSON object of 1 MiB at most/ },
    { when: "a cut body", status: 200, body: `{"access_token":"eyJhbGciOiJSUzI1NiJ9.e`, shows: /cut/ },
    { when: "a list", status: 200, body: [], shows: /no JSON object/ },
    { when: "null", status: 200, body: null, shows: /no JSON object/ },
    { when: "a number", status: 200, body: 5, shows: /no JSON object/ },
    {
      when: "more than 1 MiB",
      status: 200,
      body: `{"x":"${"x".repeat(1_100_000)}"}`,
      shows: /1 MiB at most/,
    },
    { when: "a redirect", status: 302, headers: { Location: "https://elsewhere.example/" }, shows: /302/ },
    { when: "a redirect with 307", status: 307, headers: { Location: "/oauth/token" }, shows: /307/ },
  ]).map((row) => ({ ...row, code: "malformed_response", retryable: true } as const)),
  // A 4xx was not carried out, whatever its page says: nothing was lost, so a refresh is not repeated.
  ...attempts(ANSWERED, [
    { when: "400 in HTML", status: 400, body: "<html>Bad Request</html>" },
    { when: "400 cut", status: 400, body: `{"statusCode":400,"message":"Invalid gra` },
    { when: "400 with a list", status: 400, body: ["Invalid grant"] },
    { when: "400 with a text", status: 400, body: `"Invalid grant: refresh token is invalid"` },
    { when: "403 without a body", status: 403, body: "" },
    {
      when: "400 of more than 1 MiB",
      status: 400,
      body: `{"message":"Invalid grant ${"x".repeat(1_100_000)}"}`,
    },
  ]).map((row) => ({ ...row, code: "malformed_response", retryable: true } as const)),

  // Fields that are missing or strange.
  ...missing("reconnect", 3, [
    ["authorizationCode", { expiresAt: "2026-11-24T12:01:00Z", traceId: "t-5" }],
    ["authorizationCode", { authorizationCode: "", expiresAt: "2026-11-24T12:01:00Z", traceId: "t-5" }],
    ["authorizationCode", { authorizationCode: 5, expiresAt: "2026-11-24T12:01:00Z", traceId: "t-5" }],
    ["expiresAt", { authorizationCode: "c", traceId: "t-5" }],
    ["expiresAt", { authorizationCode: "c", expiresAt: "tomorrow", traceId: "t-5" }],
  ]),
  ...[...TOKEN, "locationToken" as const].flatMap((at) =>
    missing(at, LOST[at], [
      ["accessToken", { expires_in: 5, traceId: "t-5" }],
      ["accessToken", { access_token: null, expires_in: 5, traceId: "t-5" }],
      ["accessToken", { access_token: { a: 1 }, expires_in: 5, traceId: "t-5" }],
    ])
  ),
  ...missing("installedLocations", 3, [
    ["locations", { count: 5, traceId: "t-5" }],
    ["locations", { locations: { a: 1 }, traceId: "t-5" }],
    ["locationId", { locations: [{ name: "nameless" }], traceId: "t-5" }],
    ["locationId", { items: [{ _id: "" }], traceId: "t-5" }],
  ]),
];

for (const row of TABLE) {
  for (const at of row.at) {
    Deno.test(`${row.when}: ${at} ends in ${row.code} after ${row.requests} request(s)`, async () => {
      const time = stillTime();
      const { fetch, requests } = recordingFetch(replyOf(row));
      const error = await rejection(CALLS[at]({ ...APP, fetch }, time));
      const { code, reason, status, retryable, retryAfterMs, traceId, message } = error;
      assert.deepEqual(
        { code, reason, status, retryable, retryAfterMs, traceId, requests: requests.length },
        {
          code: row.code,
          reason: row.reason,
          status: row.status,
          retryable: row.retryable ?? false,
          retryAfterMs: row.retryAfterMs,
          traceId: row.traceId,
          requests: row.requests,
        },
        message,
      );
      assert.match(message, row.shows ?? /HighLevel/);
      assert.ok(message.length < 500 && !/[\r\n]/.test(message), "one short line");
      if (at === "reconnect") {
        assert.ok(message.startsWith(`Location ${LOCATION_ID}: `));
        assert.deepEqual(error.target, { locationId: LOCATION_ID });
      }
      assert.equal(time.slept.length, row.requests - 1, "a wait before each repeat, and no other");
    });
  }
}

function replyOf({ status, body, headers }: Row): Reply {
  if (body === undefined) return () => new Response(null, { status, headers: headers ?? {} });
  return typeof body === "string" ? text(status, body, headers) : json(status, body, headers);
}

function attempts(
  requests: Readonly<Record<CallName, number>>,
  rows: readonly Omit<Row, "at" | "requests" | "code">[],
): Omit<Row, "code">[] {
  return rows.flatMap((row) => CALL_NAMES.map((at) => ({ ...row, at: [at], requests: requests[at] })));
}

function missing(at: CallName, requests: number, cases: readonly [string, unknown][]): Row[] {
  return cases.map(([field, body]) => ({
    when: `no usable ${field} in ${JSON.stringify(body)}`,
    at: [at],
    status: 200,
    body,
    code: "malformed_response",
    retryable: true,
    traceId: "t-5",
    shows: new RegExp(`"${field}"`),
    requests,
  }));
}
