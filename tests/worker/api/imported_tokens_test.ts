import { equal, ok } from "node:assert/strict";
import type { ConnectionTarget } from "../../../src/oauth/mod.ts";
import { importedTokens } from "../../../src/worker/api/imported_tokens.ts";
import { ProblemError } from "../../../src/worker/http/problem.ts";
import { APP as APP_ID, COMPANY, jwtOf, LOCATION, OTHER_APP } from "../../import/jwt.ts";

/*
 * What `PUT /connections/{kind}/{id}` takes, by what tokens say of themselves: pure, without workerd.
 */

const APP = { clientId: `${APP_ID}-abcd1234`, clientSecret: "a secret" };
const OF_COMPANY = { authClass: "Company", authClassId: COMPANY } as const;

type Case = readonly [
  what: string,
  target: ConnectionTarget,
  body: Record<string, unknown>,
  refused?: readonly [field: string, message: RegExp],
];

const CASES: readonly Case[] = [
  ["its own tokens", { locationId: LOCATION }, {
    access_token: jwtOf(),
    refresh_token: jwtOf({ use: "refresh" }),
  }],
  ["its own, in another case of its id", { locationId: LOCATION.toLowerCase() }, { access_token: jwtOf() }],
  ["its own, of an older pair of the app", { locationId: LOCATION }, {
    access_token: jwtOf({ sourceId: `${APP_ID}-old` }),
  }],
  ["an agency's own", { companyId: COMPANY }, { accessToken: jwtOf(OF_COMPANY) }],
  ["tokens that do not say whose they are", { companyId: COMPANY }, {
    access_token: "opaque",
    refresh_token: "too",
  }],
  ["a JWT of somebody else's making", { companyId: COMPANY }, {
    access_token: "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmVk",
  }],
  ["F4: a location's as a company's, without userType", { companyId: COMPANY }, { access_token: jwtOf() }, [
    "access_token",
    /^must be a token of Company ve9.*, and is one of another connection \(Location\)$/i,
  ]],
  ["F4: a location's under its own id, as a company's", { companyId: LOCATION }, { accessToken: jwtOf() }, [
    "accessToken",
    /another connection \(Location\)/,
  ]],
  ["F4: a company's as a location's", { locationId: LOCATION }, { access_token: jwtOf(OF_COMPANY) }, [
    "access_token",
    /another connection \(Company\)/,
  ]],
  ["another location's", { locationId: "another" }, { access_token: jwtOf() }, [
    "access_token",
    /must be a token of Location another/i,
  ]],
  ["another location's refresh token", { locationId: LOCATION }, {
    access_token: jwtOf(),
    refreshToken: jwtOf({ use: "refresh", authClassId: "another" }),
  }, ["refreshToken", /another connection/]],
  ["F4: another app's", { locationId: LOCATION }, {
    access_token: jwtOf({ sourceId: `${OTHER_APP}-x` }),
  }, [
    "access_token",
    /^must be of this app, 6601aa02bb03cc04dd05ee06, and was issued to another one$/,
  ]],
  ["F4: another app's, by the client id beside them", { locationId: LOCATION }, {
    access_token: "opaque",
    client_id: `${OTHER_APP}-x`,
  }, ["client_id", /^must be 6601aa02bb03cc04dd05ee06, this app's id$/]],
  ["its own, with the client id of an older pair beside them", { locationId: LOCATION }, {
    access_token: "opaque",
    clientId: `${APP_ID}-old`,
  }],
  ["another's, by the SDK's name for its id", { locationId: LOCATION }, {
    access_token: "opaque",
    resourceId: COMPANY,
  }, ["resourceId", /^must be l1C08ntBrFjLS0elLIYU$/]],
  ["its own, by the SDK's names", { companyId: COMPANY }, {
    access_token: "opaque",
    resourceId: COMPANY,
    applicationId: APP_ID,
  }],
  ["F4: a private integration's", { locationId: LOCATION }, { access_token: "pit-1234-abcd" }, [
    "access_token",
    /private integration \(pit-…\) cannot be refreshed/,
  ]],
];

for (const [what, target, body, refused] of CASES) {
  Deno.test(`PUT ${refused ? "refuses" : "takes"} ${what}`, () => {
    let problem: ProblemError["problem"] | undefined;
    try {
      equal(importedTokens(APP, target, body).accessToken, body.access_token ?? body.accessToken);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      problem = error.problem;
    }
    equal(problem?.status, refused && 422, `${problem?.detail}`);
    if (!refused) return;
    const [{ field, message }] = Object(problem?.extra).errors;
    equal(field, refused[0]);
    ok(refused[1].test(message), message);
    for (const token of Object.values(body)) ok(!JSON.stringify(problem).includes(String(token)));
  });
}
