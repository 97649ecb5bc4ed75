import {
  amount,
  appIdOf,
  checkOwner,
  defined,
  describeTarget,
  fieldsOf,
  isText,
  moment,
  redactTokenSet,
  snakeCase,
  tokenSetFrom,
  userTypeOf,
} from "../../oauth/host.ts";
import { type ConnectionTarget, type HighLevelApp, HighLevelError, type TokenSet } from "../../oauth/mod.ts";
import type { DirectoryQuery } from "../directory/directory_api.ts";
import { orderOf, placeAfter } from "../directory/list_query.ts";
import { listedPage } from "../directory/listed_connection.ts";
import { eraseEverywhere } from "../moving/erase_everywhere.ts";
import { audited, callerOf } from "../http/audit.ts";
import { ProblemError, problemOf, problemResponse, recoveryResponse } from "../http/problem.ts";
import { tokenProblem } from "../http/read_only.ts";
import { shortName } from "../connection/short_name.ts";
import { targetOf } from "../kind_and_id.ts";
import { invalidInput, noInput, noStoreJson, type Route, route } from "../http/route.ts";
import {
  connectionParams,
  forgetQuery,
  importBody,
  listQuery,
  recoverQuery,
  tokenQuery,
} from "../http/schemas.ts";

/** What can stand in a header: a token of anything else would fail at its first use. */
const TOKEN = /^[\x21-\x7e]+$/;
/** Fields that name the app the tokens are for. */
const APP_IDS = ["appId", "app_id", "applicationId", "application_id"] as const;

/** Connections: list, look, token, import, recover, forget. */
export const connectionRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/connections",
    access: "viewer",
    query: listQuery,
    handle: async (context, { query }) => {
      const wanted: DirectoryQuery = defined(query);
      if (wanted.cursor !== undefined && !placeAfter(orderOf(wanted), wanted.cursor)) {
        const message = "must be the cursor of a page with the same order";
        throw invalidInput("query", [{ field: "cursor", message }]);
      }
      return noStoreJson(listedPage(await context.get("scope").directory().list(wanted)));
    },
  }),
  route({
    ...noInput,
    method: "get",
    path: "/connections/:kind/:id",
    access: "viewer",
    params: connectionParams,
    handle: async (context, { params }) => {
      const target = targetOf(params);
      const { connection, history, nextAt } = await context.get("scope").connection(target).describe();
      if (!connection) throw unknownConnection(target);
      return noStoreJson({
        ...connection,
        ...(nextAt !== undefined && { nextAt: new Date(nextAt) }),
        history: history.map((entry) => ({ ...entry, at: new Date(entry.at) })),
      });
    },
  }),
  route({
    ...noInput,
    method: "get",
    path: "/connections/:kind/:id/token",
    access: "service",
    params: connectionParams,
    query: tokenQuery,
    handle: async (context, { params, query }) => {
      const { edge, settings } = context.get("scope");
      const target = targetOf(params);
      const result = await edge.token(target, { rejectedHash: query.rejected?.toLowerCase() });
      if (!result.ok) return problemResponse(tokenProblem(settings, result.error));
      const { accessToken, tokenType, expiresAt, scope, retryAfterMs } = result;
      const retryAfter = retryAfterMs === undefined
        ? {}
        : { "Retry-After": `${Math.ceil(retryAfterMs / 1000)}` };
      return noStoreJson({
        access_token: accessToken,
        token_type: tokenType,
        expires_in: Math.max(0, Math.floor((expiresAt - Date.now()) / 1000)),
        scope: scope.join(" "),
      }, { headers: { Pragma: "no-cache", ...retryAfter } });
    },
  }),
  route({
    ...noInput,
    method: "put",
    path: "/connections/:kind/:id",
    access: "admin",
    changes: "import",
    params: connectionParams,
    body: importBody,
    handle: async (context, { params, body }) => {
      const { settings, connection } = context.get("scope");
      const target = targetOf(params);
      const tokens = importedTokens(settings.app, target, body);
      const details = defined({ name: typeof body.name === "string" ? shortName(body.name) : undefined });
      const result = await connection(target).save(tokens, details, "imported", callerOf(context));
      return result.ok ? new Response(null, { status: 204 }) : problemResponse(problemOf(result.error));
    },
  }),
  route({
    ...noInput,
    method: "post",
    path: "/connections/:kind/:id/recover",
    access: "admin",
    changes: "recover",
    params: connectionParams,
    query: recoverQuery,
    handle: async (context, { params, query: { companyId } }) => {
      const target = targetOf(params);
      const details = companyId === undefined ? {} : { companyId };
      const { connection } = context.get("scope");
      const recovery = await connection(target).recover(details, undefined, callerOf(context));
      audited(context, { outcome: recovery.outcome });
      return recoveryResponse(recovery);
    },
  }),
  route({
    ...noInput,
    method: "delete",
    path: "/connections/:kind/:id",
    access: "admin",
    changes: "forget",
    params: connectionParams,
    query: forgetQuery,
    handle: async (context, { params, query: { erase = false } }) => {
      const scope = context.get("scope");
      const target = targetOf(params);
      if (erase) {
        audited(context, { what: "erase" });
        const erased = await eraseEverywhere(scope, target);
        return erased.ok ? noStoreJson(erased.receipt) : problemResponse(problemOf(erased.error));
      }
      const result = await scope.connection(target).forget("forgotten", undefined, callerOf(context));
      return result.ok ? new Response(null, { status: 204 }) : problemResponse(problemOf(result.error));
    },
  }),
];

/**
 * Tokens from JSON in either of HighLevel's spellings, or from a stored `TokenSet` with its `expiresAt`.
 * Where neither `expires_in` nor `expiresAt` tells, the token counts as expired: it is refreshed before its first use.
 */
function importedTokens(
  app: HighLevelApp,
  target: ConnectionTarget,
  body: Record<string, unknown>,
): TokenSet {
  const appId = appIdOf(app);
  const foreign = APP_IDS.find((name) => body[name] && body[name] !== appId);
  if (foreign) throw invalidInput("body", [{ field: foreign, message: `must be ${appId}, this app's id` }]);
  const now = Date.now();
  try {
    const expiresAt = new Date(now + lifetimeOf(body, now) * 1000);
    const tokens = redactTokenSet({ ...tokenSetFrom(body, now, userTypeOf(target)), expiresAt });
    checkOwner(tokens, target);
    if (![tokens.accessToken, tokens.refreshToken ?? "-"].every((token) => TOKEN.test(token))) {
      throw new HighLevelError("malformed_response", "a token has characters that no token has");
    }
    return tokens;
  } catch (error) {
    if (!(error instanceof HighLevelError)) throw error;
    const message = error.message.replace("HighLevel's answer", "it")
      .replace("HighLevel answered with", "it has");
    throw invalidInput("body", [{ field: "", message }]);
  }
}

/** How long imported tokens live, seconds. A moment (ISO 8601, ms, or a database's seconds) goes before a lifetime. */
function lifetimeOf(body: Record<string, unknown>, now: number): number {
  const field = fieldsOf(body);
  const told = field.value("expiresAt");
  const isMoment = told !== undefined;
  const number = isText(told) && /^\d{9,14}$/.test(told) ? Number(told) : told;
  const endsAt = moment(typeof number === "number" && number < 1e11 ? number * 1000 : number);
  const seconds = isMoment
    ? endsAt && Math.max(0, (endsAt.getTime() - now) / 1000)
    : field.value("expiresIn") ?? 0;
  const lifetime = amount(seconds);
  if (lifetime !== undefined) return lifetime;
  const name = isMoment ? "expiresAt" : "expiresIn";
  const message = isMoment
    ? "must be ISO 8601, or seconds or milliseconds since 1970"
    : "must be seconds, 0 to 9999999999";
  throw invalidInput("body", [{ field: name in body ? name : snakeCase(name), message }]);
}

/** Ends a request for a connection that is not known. */
export function unknownConnection(target: ConnectionTarget): Error {
  return new ProblemError({
    status: 404,
    code: "not_found",
    detail: `${describeTarget(target)} is not known here.`,
  });
}
