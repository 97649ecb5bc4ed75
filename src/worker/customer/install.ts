import type { Context } from "hono";
import * as v from "valibot";
import { type Authorization, exchangeGrant } from "../../connections/host.ts";
import { defined, describeTarget, isCoded, userTypeOf } from "../../oauth/host.ts";
import { type ConnectionTarget, HighLevelError } from "../../oauth/mod.ts";
import { addressOf } from "../http/address_of.ts";
import { locationName } from "../http/location_name.ts";
import { type AppTypes, noInput, type Route, route } from "../http/route.ts";
import { makeGood, saveAuthorization } from "../http/save_authorization.ts";
import { logError } from "../log.ts";
import { knownOf, toHighLevel } from "./authorize_page.ts";
import { customerPage } from "./customer_page.tsx";
import { installResultRoute, placeOf, resultPath } from "./install_result.ts";
import { type InstallResult, isAgency } from "./page_of.ts";
import { installQuery } from "./reauthorization_link.ts";
import { beganAt, dropState, type InstallState, linkIn, noteStateUsed, readState } from "./install_state.ts";
import { judgedLink } from "./judged_link.ts";

const ID = v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/, "must be an id")));
const TEXT = v.optional(v.pipe(v.string(), v.maxLength(4_096)));
/** What HighLevel answers where nobody has said no: another time it may work (RFC 6749, section 4.1.2.1). */
const PASSING = /^(temporarily_unavailable|server_error)$/;
/** Where a code was refused, it is looked so many times, with these pauses before, whether it had been taken already, ms. */
const LOOKS_MS = [0, 500, 1_000];

/** Installations: there, and back, and how they ended. */
export const installRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/oauth/install",
    access: "none",
    changes: "installation",
    query: v.pipe(
      v.object({ location: ID, company: ID }),
      v.check(({ location, company }) => !(location && company), "must have location or company, not both"),
    ),
    handle: async (context, { query: { location, company } }) => {
      const scope = context.get("scope");
      const expected = location ? { locationId: location } : company ? { companyId: company } : undefined;
      const details = expected ? (await knownOf(scope, expected))?.installation ?? {} : {};
      return await toHighLevel(context, expected, details, { status: 302 });
    },
  }),
  route({
    ...noInput,
    method: "get",
    path: "/oauth/callback",
    access: "none",
    changes: "installation",
    query: v.object({ code: TEXT, state: TEXT, error: TEXT }),
    handle: async (context, { query: { code, state: stateText, error } }) => {
      // An installation that began in HighLevel's own marketplace has no state. A wrong one is somebody else's.
      const state = stateText ? await readState(context, stateText) : undefined;
      if (stateText && !state) return await refuse(context, linkIn(stateText));
      const retry = retryOf(state);
      if (error !== undefined) {
        const result: InstallResult = PASSING.test(error)
          ? { kind: "trouble", mayPass: true, status: 502, retry }
          : { kind: "refused", ...await meantBy(context, state), retry };
        return await showResult(context, state, result);
      }
      if (!code?.trim()) return await refuse(context, state?.link);
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
  const { refusedCodes } = context.get("scope");
  // Codes without a state count together too: whoever makes them up has many addresses.
  const visitor = [`address ${addressOf(context.req.raw)}`, ...(state ? [] : ["no state"])];
  const waitMs = refusedCodes.waitMs(visitor, Date.now());
  if (waitMs > 0) {
    const seconds = Math.ceil(waitMs / 1000);
    return await customerPage(placeOf(context), { kind: "wait", seconds }, { "Retry-After": `${seconds}` });
  }
  const attempt = refusedCodes.begin(visitor, Date.now());
  let isGranted = false;
  try {
    const authorization = await exchange(context, code, state);
    isGranted = "tokens" in authorization || authorization.kind === "wrong";
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
    const grant = defined({ code, userType: expected && userTypeOf(expected) });
    const authorization = await exchangeGrant(scope.settings.app, grant);
    if (!expected) return authorization;
    return isSame(authorization.target, expected)
      ? { ...authorization, target: expected }
      : await wrongChoice(context, authorization, state);
  } catch (error) {
    if (!(error instanceof HighLevelError)) throw error;
    logError(error, { requestId: context.get("requestId"), outcome: "answered" });
    const before = isCoded(error, "invalid_grant") ? await endedBefore(context, state) : undefined;
    if (before) return before;
    makeGood(scope, error, expected);
    return { kind: "trouble", mayPass: error.retryable, status: 502, retry: retryOf(state) };
  }
}

/**
 * How this installation ended when the same code came before: whoever loads a slow page again sends it twice, and HighLevel takes it
 * once. `undefined` where nothing came back since it began.
 */
async function endedBefore(
  context: Context<AppTypes>,
  state: InstallState | undefined,
): Promise<InstallResult | undefined> {
  const { expected, link } = state ?? {};
  if (!state || !expected) return undefined;
  for (const ms of LOOKS_MS) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    const { connection, links, suspended } = await knownOf(context.get("scope"), expected) ?? {};
    const isHeld = connection?.status === "connected" || suspended !== undefined;
    if (!isHeld || (links?.returnedAt ?? 0) < beganAt(state)) continue;
    const business = link === undefined ? undefined : connection?.name;
    const news = { kind: "connected", isAgency: isAgency(expected), isBulk: false } as const;
    return defined({ ...news, business, isSuspended: suspended && true });
  }
  return undefined;
}

/** Another connection than the one meant was authorised: both are told by their names, and its tokens are dropped. */
async function wrongChoice(
  context: Context<AppTypes>,
  { target, tokens }: Authorization,
  state: InstallState | undefined,
): Promise<InstallResult> {
  const scope = context.get("scope");
  const [known, { business }] = await Promise.all([knownOf(scope, target), meantBy(context, state)]);
  const chosen = known?.connection?.name ??
    await locationName(scope.settings.app, target, tokens.accessToken);
  const isAgencyChosen = isAgency(target) && state?.expected?.locationId !== undefined;
  return defined({ kind: "wrong" as const, business, chosen, isAgencyChosen, retry: retryOf(state) });
}

/** Stores what the code gave; tells how that ended. */
async function store(
  context: Context<AppTypes>,
  authorization: Authorization,
  state: InstallState | undefined,
): Promise<InstallResult> {
  if (state) noteStateUsed(context, state);
  const scope = context.get("scope");
  const { target } = authorization;
  const trouble = { kind: "trouble", status: 503, retry: retryOf(state) } as const;
  try {
    const saved = await saveAuthorization(scope, authorization);
    if (!saved.ok) return { ...trouble, mayPass: saved.error.retryable };
    const business = await scope.connection(target).readName().catch((error: unknown) =>
      logError(error, { requestId: context.get("requestId"), outcome: "passed_over" })
    );
    return {
      kind: "connected",
      isAgency: isAgency(target),
      isBulk: saved.isBulk,
      ...saved.isSuspended && { isSuspended: true },
      ...business !== undefined && { business },
    };
  } catch (error) {
    logError(error, { requestId: context.get("requestId"), outcome: "answered" });
    return { ...trouble, mayPass: true };
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

/**
 * Says that a callback is none that can be answered. Nothing was spent. `link`: where it began; whose connection is back since is
 * told that.
 */
async function refuse(context: Context<AppTypes>, link: string | undefined): Promise<Response> {
  const { news } = link === undefined ? {} : await judgedLink(context, link);
  if (news?.kind === "back") return await customerPage(placeOf(context), news);
  return await customerPage(placeOf(context), {
    kind: "stranger",
    retry: retryOf(link ? { link } : undefined),
  });
}

/** Where a browser begins again for the connection that was meant. */
function retryOf({ link, expected }: Pick<InstallState, "link" | "expected"> = {}): string {
  if (link !== undefined) return `/r/${link}`;
  return expected ? `/oauth/install?${installQuery(expected)}` : "/oauth/install";
}

/** Whom a state is for. Only who came by a link of its own is told the name: an id can be guessed. */
async function meantBy(
  context: Context<AppTypes>,
  state: InstallState | undefined,
): Promise<{ readonly business?: string; readonly isAgency: boolean }> {
  const { expected, link } = state ?? {};
  const known = expected && link ? await knownOf(context.get("scope"), expected) : undefined;
  const business = known?.connection?.name;
  return {
    isAgency: expected !== undefined && isAgency(expected),
    ...business !== undefined && { business },
  };
}

/** Whether HighLevel names the connection that was meant, in whatever case. */
function isSame(one: ConnectionTarget, other: ConnectionTarget): boolean {
  return describeTarget(one).toLowerCase() === describeTarget(other).toLowerCase();
}
