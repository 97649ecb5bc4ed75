import type { Context } from "hono";
import * as v from "valibot";
import { type Authorization, exchangeGrant } from "../../connections/host.ts";
import { defined, describeTarget, isCoded } from "../../oauth/host.ts";
import { authorizationUrl, type ConnectionTarget, HighLevelError } from "../../oauth/mod.ts";
import { messagePage } from "./message_page.tsx";
import { addressOf } from "../http/address_of.ts";
import { ProblemError } from "../http/problem.ts";
import { type AppTypes, noInput, type RequestScope, type Route, route } from "../http/route.ts";
import { dropState, type InstallState, noteStateUsed, readState, startState } from "./signed_state.ts";
import { logError } from "../log.ts";
import { type InstallationDetails, linkOptions } from "./reauthorization_link.ts";
import { type InstallResult, installResultRoute, linkTo, resultPath } from "./install_result.ts";
import { makeGood, saveAuthorization } from "../http/save_authorization.ts";

const ID = v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/, "must be an id")));
const TEXT = v.optional(v.pipe(v.string(), v.maxLength(4_096)));
/** Characters of HighLevel's words that a page shows: they stand in its address. */
const MAX_WORDS = 500;

/** Installations: there, and back, and how they ended. */
export const installRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/oauth/install",
    access: "none",
    changes: "installation",
    query: v.object({ location: ID, company: ID }),
    handle: async (context, { query: { location, company } }) => {
      const scope = context.get("scope");
      const { settings: { app, scope: scopes } } = scope;
      if (!app.redirectUri || !scopes) {
        throw new ProblemError({
          status: 503,
          code: "misconfigured",
          detail: "Set HIGHLEVEL_REDIRECT_URI and HIGHLEVEL_SCOPES to install from here.",
        });
      }
      const expected = location ? { locationId: location } : company ? { companyId: company } : undefined;
      const details = expected ? await installationOf(scope, expected) : {};
      const state = await startState(context, expected);
      const url = authorizationUrl(app, { scope: scopes, state, sameTab: true, ...linkOptions(details) });
      context.header("Cache-Control", "no-store");
      return context.redirect(url.href, 302);
    },
  }),
  route({
    ...noInput,
    method: "get",
    path: "/oauth/callback",
    access: "none",
    changes: "installation",
    query: v.object({ code: TEXT, state: TEXT, error: TEXT, error_description: TEXT }),
    handle: async (context, { query }) => {
      const { code, state: nonce, error, error_description: description = "" } = query;
      // An installation that began in HighLevel's own marketplace has no state. A wrong one is somebody else's.
      const state = nonce ? await readState(context, nonce) : undefined;
      if (nonce && !state) {
        return await refuse(
          context,
          "This answer does not belong to an authorisation that " +
            "was started in this browser within the last 10 minutes.",
        );
      }
      if (error !== undefined) {
        // The words of a link that this browser did not ask for could be anybody's: then only a code is shown.
        const told = /^[a-z_]{1,40}$/.test(error) ? error : "an error";
        const words = state ? `${error} ${description}`.trim().slice(0, MAX_WORDS) : told;
        return await showResult(context, state, { kind: "refused", words, ...expectedOf(state) });
      }
      if (!code?.trim()) return await refuse(context, "HighLevel sent no code.");
      return await finish(context, code, state);
    },
  }),
  installResultRoute,
];

/** Exchanges the code, as long as this visitor brings few that are refused, and stores the tokens. */
async function finish(
  context: Context<AppTypes>,
  code: string,
  state: InstallState | undefined,
): Promise<Response> {
  const { base, refusedCodes } = context.get("scope");
  // Codes without a state count together too: whoever makes them up has many addresses.
  const visitor = [`address ${addressOf(context.req.raw)}`, ...(state ? [] : ["no state"])];
  const waitMs = refusedCodes.waitMs(visitor, Date.now());
  if (waitMs > 0) {
    const seconds = Math.ceil(waitMs / 1000);
    const lines = [
      `Too many codes were refused lately. Nothing was tried. Load this page again in ${seconds} s.`,
    ];
    const headers = { "Retry-After": String(seconds) };
    return await messagePage(base, { title: "Not connected yet", lines }, 429, headers);
  }
  const attempt = refusedCodes.begin(visitor, Date.now());
  let isGranted = false;
  try {
    const authorization = await exchange(context, code, state);
    isGranted = "tokens" in authorization || authorization.kind === "wrong_connection";
    const result = "tokens" in authorization ? await store(context, authorization, state) : authorization;
    return await showResult(context, state, result);
  } finally {
    if (isGranted) attempt.granted();
    else await attempt.refused();
  }
}

/** What the code gives, or how that ended. */
async function exchange(
  context: Context<AppTypes>,
  code: string,
  state: InstallState | undefined,
): Promise<Authorization | InstallResult> {
  const scope = context.get("scope");
  const { expected } = state ?? {};
  try {
    return await exchangeGrant(scope.settings.app, defined({ code, expected }));
  } catch (error) {
    if (!(error instanceof HighLevelError)) throw error;
    const { target: chosen, retryable } = error;
    const message = error.message.slice(0, MAX_WORDS);
    if (isCoded(error, "wrong_connection") && expected && chosen) {
      return { kind: "wrong_connection", chosen, expected };
    }
    makeGood(scope, error, expected);
    return { kind: "trouble", message, mayPass: retryable, status: 502, ...expectedOf(state) };
  }
}

/** Stores what the code gave; tells how that ended. */
async function store(
  context: Context<AppTypes>,
  authorization: Authorization,
  state: InstallState | undefined,
): Promise<InstallResult> {
  if (state) noteStateUsed(context, state);
  const { target } = authorization;
  const trouble = { kind: "trouble", status: 503, ...expectedOf(state) } as const;
  try {
    const saved = await saveAuthorization(context.get("scope"), authorization);
    if (saved.ok) return { kind: "connected", target, isBulk: saved.isBulk };
    const { message, retryable } = saved.error;
    return { ...trouble, message, mayPass: retryable };
  } catch (error) {
    logError(error, { requestId: context.get("requestId"), outcome: "answered" });
    const message = `${describeTarget(target)} was authorised, but its tokens could not be stored.`;
    return { ...trouble, message, mayPass: true };
  }
}

/** Leads to the page that tells `result`, which can be loaded again and does nothing. */
async function showResult(
  context: Context<AppTypes>,
  state: InstallState | undefined,
  result: InstallResult,
): Promise<Response> {
  if (state) dropState(context, state);
  context.header("Cache-Control", "no-store");
  return context.redirect(await resultPath(context.get("scope"), result), 303);
}

/** Says that a callback is none that can be answered. Nothing was spent. */
async function refuse(context: Context<AppTypes>, why: string): Promise<Response> {
  const { base } = context.get("scope");
  const lines = [why, "Nothing was changed."];
  const link = linkTo(base, undefined, "Start again");
  return await messagePage(base, { title: "Not connected", lines, link }, 400);
}

/** What is known of an installation for its link. Its object's trouble does not keep anybody from installing. */
async function installationOf(scope: RequestScope, target: ConnectionTarget): Promise<InstallationDetails> {
  try {
    return (await scope.connection(target).describe()).installation;
  } catch (error) {
    logError(error, { route: "/oauth/install", outcome: "passed_over" });
    return {};
  }
}

function expectedOf(state: InstallState | undefined): Pick<InstallState, "expected"> {
  return state?.expected ? { expected: state.expected } : {};
}
