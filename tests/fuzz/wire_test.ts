import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type ConnectionTarget,
  exchangeCode,
  HighLevelError,
  installedLocations,
  locationToken,
  reconnect,
  recoverTokens,
  refreshTokens,
} from "../../mod.ts";
import { textOf } from "../faults/secrets.ts";
import { damaged, fuzz, jsonWith } from "./fuzz.ts";

const SECRET = "client-secret-that-must-not-show-0123456789";
const TOKEN = "eyJhbGciOiJIUzI1NiJ9.refresh-token-that-must-not-show.0123456789abcdefghij";
const LOCATION: ConnectionTarget = { locationId: "l1C08ntBrFjLS0elLIYU" };
const COMPANY = { companyId: "ve9EPM428h8vShlRW1KT" };

const NAMES = (
  "accessToken access_token tokenType token_type expiresIn expires_in refreshToken refresh_token scope userType " +
  "locationId companyId userId approvedLocations isBulkInstallation authorizationCode expiresAt traceId locations items " +
  "count pagination nextPageToken hasNextPage _id id name installedAt isInstalled message error error_description " +
  "statusCode code details"
).split(" ");
const VALUES = [
  "Location",
  "Company",
  "Bearer",
  86_399,
  "86399",
  "2026-11-24T12:00:00Z",
  "Invalid grant: used",
  LOCATION.locationId,
  SECRET,
  TOKEN,
];

const STATUS = fc.constantFrom(
  200,
  200,
  200,
  201,
  204,
  301,
  302,
  400,
  401,
  403,
  404,
  408,
  410,
  422,
  429,
  500,
  502,
  503,
);
const HEADERS = fc.dictionary(
  fc.constantFrom(
    "retry-after",
    "x-ratelimit-interval-milliseconds",
    "content-type",
    "content-length",
    "location",
    "date",
  ),
  fc.oneof(
    fc.constantFrom("0", "1", "-5", "1e9", "999999999999", "Wed, 21 Oct 2026 07:28:00 GMT", "soon"),
    fc.string().map((text) => text.replace(/[^\x20-\x7e]/g, "")),
  ),
);
const BODY = fc.oneof(
  jsonWith(NAMES, VALUES).map((value) => new TextEncoder().encode(JSON.stringify(value))),
  damaged(jsonWith(NAMES, VALUES).map((value) => JSON.stringify(value))),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Uint8Array.from(bytes)),
);
const ANSWERS = fc.array(fc.record({ status: STATUS, headers: HEADERS, body: BODY }), {
  minLength: 1,
  maxLength: 6,
});

fuzz(
  "whatever HighLevel answers, a call ends with tokens or a coded error that shows no secret",
  ANSWERS,
  async (answers) => {
    let sent = 0;
    const app = {
      clientId: "66a1b2c3d4e5f6a7b8c9d0e1-lz1abcde",
      clientSecret: SECRET,
      fetch: () => {
        const answer = answers[sent++ % answers.length] ??
          { status: 200, headers: {}, body: new Uint8Array() };
        const { status, headers, body } = answer;
        return Promise.resolve(
          new Response([204, 301, 302].includes(status) ? null : body, { status, headers }),
        );
      },
    };
    const options = { sleep: () => Promise.resolve(), now: () => 1_800_000_000_000 };
    const calls: Record<string, () => Promise<unknown>> = {
      reconnect: () => reconnect(app, LOCATION, options),
      exchange: () => exchangeCode(app, { code: TOKEN, userType: "Location" }, options),
      refresh: () => refreshTokens(app, { refreshToken: TOKEN, userType: "Company" }, options),
      locationToken: () =>
        locationToken(app, { ...COMPANY, locationId: "l1C08ntBrFjLS0elLIYU", accessToken: TOKEN }, options),
      recover: () => recoverTokens(app, LOCATION, options),
      installed: async () => {
        let pages = 0;
        for await (const _ of installedLocations(app, { ...COMPANY, accessToken: TOKEN }, options)) {
          if (++pages > 1_000) break;
        }
      },
    };
    for (const [name, call] of Object.entries(calls)) {
      sent = 0;
      try {
        const result = await call();
        if (name !== "installed") assert.ok(typeof result === "object" && result !== null, name);
      } catch (error) {
        assert.ok(error instanceof HighLevelError, `${name} threw ${error}`);
        const shown = textOf(error);
        assert.ok(!shown.includes(SECRET) && !shown.includes(TOKEN), `${name} shows a secret: ${shown}`);
        assert.ok(!/\p{Cc}/u.test(error.message), `${name}: ${JSON.stringify(error.message)}`);
      }
      assert.ok(sent > 0 && sent < 2_000, `${name} sent ${sent} requests`);
    }
  },
);

Deno.test("a token, a code or the client secret that comes back as a trace id shows in no error and no result", async () => {
  for (const traceId of [TOKEN, SECRET, "code-that-must-not-show", `before ${TOKEN} after`]) {
    const answers = [
      Response.json({ message: "no", traceId }, { status: 400 }),
      Response.json({
        authorizationCode: "code-that-must-not-show",
        expiresAt: "2030-01-01T00:00:00Z",
        traceId,
      }),
    ];
    for (const answer of answers) {
      const app = { clientId: "a-b", clientSecret: SECRET, fetch: () => Promise.resolve(answer) };
      const end = await reconnect(app, LOCATION).then((grant) => ({ ...grant }), (error: unknown) => error);
      const shown = textOf(end);
      assert.ok(!shown.includes(TOKEN) && !shown.includes(SECRET), shown);
      if (answer.ok) assert.ok(!shown.includes("code-that-must-not-show"), shown);
    }
  }
});
