import type { Context } from "hono";
import * as v from "valibot";
import { authorizationUrl } from "../../oauth/authorization_url.ts";
import { exchangeCode } from "../../oauth/exchange_code.ts";
import { HighLevelError, isCoded } from "../../oauth/highlevel_error.ts";
import { type ConnectionTarget, describeTarget, type UserType, userTypeOf } from "../../oauth/target.ts";
import type { TokenSet } from "../../oauth/token_set.ts";
import { messagePage } from "../dashboard/message_page.tsx";
import { ProblemError } from "../http/problem.ts";
import { type AppTypes, noInput, type Route, route } from "../http/route.ts";
import { endState, startState } from "../http/signed_state.ts";
import { startJob } from "./recoveries.ts";

const ID = v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/, "must be an id")));
const TEXT = v.optional(v.pipe(v.string(), v.maxLength(4_096)));

/** Installations: there, and back. */
export const installRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/oauth/install",
    access: "none",
    query: v.object({ location: ID, company: ID }),
    handle: async (context, { query: { location, company } }) => {
      const { settings: { app, scope } } = context.get("scope");
      if (!app.redirectUri || !scope) {
        throw new ProblemError({
          status: 503,
          code: "misconfigured",
          detail: "Set HIGHLEVEL_REDIRECT_URI and HIGHLEVEL_SCOPES to install from here.",
        });
      }
      const expected = location ? { locationId: location } : company ? { companyId: company } : undefined;
      const state = await startState(context, expected);
      context.header("Cache-Control", "no-store");
      return context.redirect(authorizationUrl(app, { scope, state, sameTab: true }).href, 302);
    },
  }),
  route({
    ...noInput,
    method: "get",
    path: "/oauth/callback",
    access: "none",
    query: v.object({ code: TEXT, state: TEXT, error: TEXT, error_description: TEXT }),
    handle: async (context, { query }) => {
      const state = await endState(context, query.state);
      const again = { href: `${context.get("scope").base}/oauth/install`, text: "Start again" };
      if (query.error !== undefined) {
        // The words of a link that this browser did not ask for could be anybody's: then only a code is shown.
        const code = /^[a-z_]{1,40}$/.test(query.error) ? query.error : "an error";
        const told = state ? `${query.error} ${query.error_description ?? ""}`.trim() : code;
        const lines = ["HighLevel ended the authorisation:", told];
        return await messagePage({ title: "Not connected", lines, link: again }, 400);
      }
      if (!state || !query.code) {
        const lines = [
          "This answer does not belong to an authorisation that was started in this browser within the last 10 minutes.",
          "Nothing was changed.",
        ];
        return await messagePage({ title: "Not connected", lines, link: again }, 400);
      }
      return await finish(context, query.code, state.expected);
    },
  }),
];

/** Exchanges the code and stores the tokens, if they are for the connection meant. */
async function finish(
  context: Context<AppTypes>,
  code: string,
  expected: ConnectionTarget | undefined,
): Promise<Response> {
  const scope = context.get("scope");
  const again = {
    href: `${scope.base}/oauth/install${expected ? `?${queryOf(expected)}` : ""}`,
    text: "Start again",
  };
  const exchange = (userType: UserType): Promise<TokenSet> =>
    exchangeCode(scope.settings.app, { code, userType });
  let tokens: TokenSet;
  try {
    tokens = await exchange(expected ? userTypeOf(expected) : "Location").catch((error) => {
      // The code of a location gives no company's tokens: its own tell which one was chosen.
      if (expected?.companyId !== undefined && isCoded(error, "invalid_request")) return exchange("Location");
      throw error;
    });
  } catch (error) {
    if (!(error instanceof HighLevelError)) throw error;
    // The exchange may have been carried out and its answer lost: then the app is installed, and the ladder gets tokens.
    if (expected) scope.waitUntil(scope.connection(expected).answerLost(expected));
    return await messagePage({ title: "Not connected", lines: [error.message], link: again }, 502);
  }
  const { userType, locationId, companyId, approvedLocations = [], isBulkInstallation } = tokens;
  const target = userType === "Location" && locationId
    ? { locationId }
    : companyId
    ? { companyId }
    : undefined;
  if (!target || (expected && !isSame(target, expected))) {
    const got = target ? describeTarget(target) : "an unknown connection";
    const wanted = expected ? describeTarget(expected) : "a connection";
    const lines = [
      `This link was made for ${wanted}, but ${got} was authorised.`,
      "Nothing was stored. Choose the right one.",
    ];
    return await messagePage({ title: "Another connection was authorised", lines, link: again }, 409);
  }
  const saved = await scope.connection(target).save(target, tokens, {}, "authorised");
  if (!saved.ok) {
    return await messagePage({ title: "Not connected", lines: [saved.error.message], link: again }, 503);
  }
  if (target.companyId !== undefined) {
    const { companyId } = target;
    const locations = approvedLocations.map((id) => ({ kind: "location", id } as const));
    const isBulk = isBulkInstallation || locations.length > 0;
    if (isBulk && locations.length > 0) await startJob(scope, locations, { kind: "targets", companyId });
    else if (isBulk) await startJob(scope, [], { kind: "installed", companyId });
  }
  return await messagePage({
    title: "Connected",
    lines: [`${describeTarget(target)} is connected. You can close this page.`],
  }, 200);
}

function queryOf(target: ConnectionTarget): string {
  return target.locationId === undefined ? `company=${target.companyId}` : `location=${target.locationId}`;
}

function isSame(one: ConnectionTarget, other: ConnectionTarget): boolean {
  return queryOf(one) === queryOf(other);
}
