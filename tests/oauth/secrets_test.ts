import assert from "node:assert/strict";
import { inspect } from "node:util";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { exchangeCode } from "../../src/oauth/exchange_code.ts";
import type { HighLevelApp } from "../../src/oauth/highlevel_app.ts";
import { installedLocations } from "../../src/oauth/installed_locations.ts";
import { locationToken } from "../../src/oauth/location_token.ts";
import { reconnect } from "../../src/oauth/reconnect.ts";
import { recoverTokens } from "../../src/oauth/recover_tokens.ts";
import { refreshTokens } from "../../src/oauth/refresh_tokens.ts";
import { createSandbox, type Fault, type FaultKind, faultTable } from "../../src/sandbox/mod.ts";
import { recordingFetch, type Reply, type SeenRequest, stillTime } from "./recording_fetch.ts";

/** Stands in every secret below; letters and digits only, so that no encoding hides it from the test. */
const MARK = "MARKEDSECRET";
const OLD_MARK = "OLDERSECRET";
const ODD = "é \"\\'()*~!&=+%/;\u{1F511}";

interface World {
  readonly app: HighLevelApp;
  readonly calls: Record<string, () => Promise<unknown>>;
  readonly secrets: () => string[];
}

const KINDS = Object.keys(faultTable).filter((kind): kind is FaultKind => kind in faultTable);

for (const kind of KINDS) {
  for (
    const status of kind.startsWith("status") || kind === "echo_secrets"
      ? [400, 401, 403, 422, 429, 500, 503]
      : [503]
  ) {
    Deno.test(`no error shows a secret: ${kind} ${status}`, async () => {
      let failures = 0;
      for (const apiVersion of ["2021-07-28", "v3"] as const) {
        const names = Object.keys(sandboxWorld(apiVersion, { on: "any", kind }).calls);
        for (const name of names) {
          const fault: Fault = { on: "any", kind, times: Infinity, status, ms: 0 };
          const { calls, secrets } = sandboxWorld(apiVersion, fault);
          const thrown = await calls[name]?.().then(() => undefined, (error: unknown) => error);
          if (thrown === undefined) continue;
          failures++;
          assertShowsNone(thrown, secrets());
        }
      }
      const harmless = ["delay", "delay_after", "slow_drip", "duplicate_fields", "altered"].includes(kind);
      assert.ok(failures > 0 || harmless, "nothing failed");
    });
  }
}

/** Answers and failures that repeat what was sent. */
const ECHOES: Record<string, (request: SeenRequest) => Response | Promise<Response>> = {
  "fetch throws the request": (request) => Promise.reject(new TypeError(`cannot send ${all(request)}`)),
  "fetch throws with the request as cause": (request) =>
    Promise.reject(new Error("failed", { cause: new Error(all(request), { cause: request }) })),
  "fetch throws an object that holds the request": (request) =>
    Promise.reject(
      Object.assign(new Error("failed"), { request, config: { data: request.body }, name: request.body }),
    ),
  "fetch throws the text of the request": (request) => Promise.reject(all(request)),
  "fetch throws the request itself": (request) => Promise.reject(request),
  "fetch throws an AggregateError": (request) =>
    Promise.reject(new AggregateError([new Error(all(request))], all(request))),
  "the body breaks with the request": (request) =>
    new Response(new ReadableStream({ start: (controller) => controller.error(new Error(all(request))) })),
  "the message repeats the body": (request) => Response.json({ message: request.body }, { status: 400 }),
  "the message repeats the body as JSON": (request) =>
    Response.json({ message: JSON.stringify({ body: request.body, fields: fieldsOf(request) }) }, {
      status: 400,
    }),
  "the messages repeat the fields": (request) =>
    Response.json({ message: Object.values(fieldsOf(request)) }, { status: 422 }),
  "OAuth's fields repeat the fields": (request) => {
    const error_description = Object.entries(fieldsOf(request)).join("\n");
    return Response.json({ error: "invalid_grant", error_description }, { status: 400 });
  },
  "v3's nested error repeats the fields": (request) =>
    Response.json({ error: { code: request.body, message: all(request), details: [all(request)] } }, {
      status: 401,
    }),
  "the trace id repeats the fields": (request) =>
    Response.json({ message: "no", traceId: Object.values(fieldsOf(request)).join(" ") }, { status: 403 }),
  "a success without fields repeats the fields": (request) =>
    Response.json({ ...fieldsOf(request), traceId: Object.values(fieldsOf(request)).join(" ") }),
  "a page repeats the request": (request) => new Response(`<html>${all(request)}</html>`, { status: 500 }),
  "a redirect repeats the request": (request) =>
    new Response(all(request), {
      status: 302,
      headers: { Location: `https://x.example/?${encodeURIComponent(all(request))}` },
    }),
};

for (const [what, echo] of Object.entries(ECHOES)) {
  for (const suffix of ["", ODD]) {
    Deno.test(`no error shows a secret: ${what}${suffix && ", secrets of odd characters"}`, async () => {
      for (const apiVersion of ["2021-07-28", "v3"] as const) {
        const { calls, secrets } = echoWorld(apiVersion, suffix, echo);
        for (const [name, call] of Object.entries(calls)) {
          const thrown = await call().then(() => undefined, (error: unknown) => error);
          assert.ok(thrown instanceof HighLevelError, `${name}: ${Deno.inspect(thrown)}`);
          assertShowsNone(thrown, secrets());
        }
      }
    });
  }
}

Deno.test("a malformed argument's TypeError shows no secret", async () => {
  const { app, secrets } = echoWorld(
    "v3",
    "",
    ECHOES["fetch throws the request"] ?? (() => Response.error()),
  );
  const thrown = await Promise.allSettled([
    reconnect({ ...app, baseUrl: `http://${MARK}.example` }, { locationId: "l" }),
    reconnect(app, { locationId: `${MARK}/..` }),
    locationToken(app, { companyId: "c", locationId: "l", accessToken: `${MARK}\nX-Evil: 1` }),
    refreshTokens({ ...app, clientId: "" }, { refreshToken: MARK, userType: "Location" }),
  ]);
  for (const result of thrown) {
    assert.equal(result.status, "rejected");
    if (result.status === "rejected") assertShowsNone(result.reason, secrets());
  }
});

function all({ url, headers, body }: SeenRequest): string {
  return `${url} ${JSON.stringify(headers)} ${body}`;
}

function fieldsOf({ headers, body = "" }: SeenRequest): Record<string, string> {
  const fields = body.startsWith("{") ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
  return { ...fields, authorization: headers["authorization"] ?? "" };
}

/** A sandbox with a secret of ours, where `fault` strikes from the second call on. */
function sandboxWorld(apiVersion: "2021-07-28" | "v3", fault: Fault): World {
  const older = { clientId: "66a1b2c3d4e5f6a7b8c9d0e1-older111", clientSecret: `a-${OLD_MARK}-b` };
  const sandbox = createSandbox({ seed: 12, app: { clientSecret: `c-${MARK}-d`, previous: [older] } });
  const app = { ...sandbox.app, apiVersion, fetch: sandbox.fetch, previousCredentials: [older] };
  const { companyId } = sandbox.addCompany();
  const { locationId } = sandbox.addLocation({ companyId });
  const { access_token: accessToken, refresh_token: refreshToken = "" } = sandbox.install({ companyId });
  const code = sandbox.authorize({ locationId });
  sandbox.fault(fault);
  return {
    app,
    calls: callsOf(app, { companyId, locationId, accessToken, refreshToken, code }),
    secrets: () => [MARK, OLD_MARK, ...sandbox.issuedSecrets()],
  };
}

/** A HighLevel that repeats what it is sent; every secret carries the mark. */
function echoWorld(apiVersion: "2021-07-28" | "v3", suffix: string, echo: Reply): World {
  const older = { clientId: "older", clientSecret: `a-${OLD_MARK}-b${suffix}` };
  const { fetch } = recordingFetch(echo);
  const app = {
    clientId: "id",
    clientSecret: `c-${MARK}-d${suffix}`,
    apiVersion,
    fetch,
    previousCredentials: [older],
  };
  const grant = {
    accessToken: `e-${MARK}-f`,
    refreshToken: `g-${MARK}-h${suffix}`,
    code: `i-${MARK}-j${suffix}`,
  };
  return {
    app,
    calls: callsOf(app, { companyId: "c", locationId: "l", ...grant }),
    secrets: () => [MARK, OLD_MARK],
  };
}

interface Secrets {
  readonly companyId: string;
  readonly locationId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly code: string;
}

function callsOf(app: HighLevelApp, known: Secrets): World["calls"] {
  const { companyId, locationId, accessToken, refreshToken, code } = known;
  const options = { ...stillTime(), timeoutMs: 5 };
  return {
    reconnect: () => reconnect(app, { locationId }, options),
    exchangeCode: () => exchangeCode(app, { code, userType: "Location" }, options),
    refreshTokens: () => refreshTokens(app, { refreshToken, userType: "Company" }, options),
    locationToken: () => locationToken(app, { companyId, locationId, accessToken }, options),
    installedLocations: () => Array.fromAsync(installedLocations(app, { companyId, accessToken }, options)),
    recoverTokens: () => recoverTokens(app, { companyId }, options),
  };
}

/** Everything a log, a crash report or a debugger may print of an error. */
function assertShowsNone(thrown: unknown, secrets: readonly string[]): void {
  assert.ok(thrown instanceof Error, Deno.inspect(thrown));
  const shown = [
    String(thrown),
    thrown.stack,
    JSON.stringify(thrown),
    JSON.stringify(thrown, Object.getOwnPropertyNames(thrown)),
    JSON.stringify(Object.entries(thrown)),
    Deno.inspect(thrown, { depth: 99, showHidden: true, strAbbreviateSize: 1e6 }),
    inspect(thrown, { depth: 99, showHidden: true, getters: true, maxStringLength: 1e6 }),
    ...causesOf(thrown).flatMap((
      cause,
    ) => [String(cause), cause.stack, JSON.stringify(Object.entries(cause))]),
  ].join("\n");
  for (const secret of secrets) {
    assert.ok(!shown.includes(secret), `${secret.slice(0, 40)} is shown in:\n${shown}`);
  }
}

function causesOf(error: Error): Error[] {
  return error.cause instanceof Error ? [error.cause, ...causesOf(error.cause)] : [];
}
