import { defined, describeTarget, moment } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { DescribedSuspension } from "../connection/connection_api.ts";
import type { DirectoryQuery } from "../directory/directory_api.ts";
import { orderOf, placeIn } from "../directory/list_query.ts";
import { resultOrError } from "../durable/plain_result.ts";
import { listedPage } from "../directory/listed_connection.ts";
import { eraseEverywhere } from "../moving/erase_everywhere.ts";
import { audited, callerOf } from "../http/audit.ts";
import { ProblemError, problemOf, problemResponse, recoveryResponse } from "../http/problem.ts";
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
import { importedTokens } from "./imported_tokens.ts";

/** Connections: list, look, token, check, import, recover, forget. */
export const connectionRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/connections",
    access: "viewer",
    query: listQuery,
    handle: async (context, { query }) => {
      const wanted: DirectoryQuery = defined(query);
      if (wanted.cursor !== undefined && !placeIn(orderOf(wanted), wanted.cursor)) {
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
      const { connection, history, nextAt, suspended } = await context.get("scope").connection(target)
        .describe();
      if (!connection) throw unknownConnection(target);
      return noStoreJson({
        ...connection,
        ...(nextAt !== undefined && { nextAt: new Date(nextAt) }),
        ...(suspended && { suspended: shownSuspension(suspended) }),
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
      const { tokens } = context.get("scope");
      const target = targetOf(params);
      const result = await tokens.token(target, { rejectedHash: query.rejected?.toLowerCase() });
      if (!result.ok) return problemResponse(problemOf(result.error));
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
    method: "post",
    path: "/connections/:kind/:id/check",
    access: "service",
    changes: "nothing",
    params: connectionParams,
    handle: async (context, { params }) => {
      const { token } = resultOrError(await context.get("scope").connection(targetOf(params)).check());
      return noStoreJson({ token });
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
      resultOrError(await connection(target).save(tokens, details, "imported", callerOf(context)));
      return new Response(null, { status: 204 });
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
        return noStoreJson(await eraseEverywhere(scope, target));
      }
      resultOrError(await scope.connection(target).forget("forgotten", undefined, callerOf(context)));
      return new Response(null, { status: 204 });
    },
  }),
];

function shownSuspension({ at, refreshTokenEndsAt, ...rest }: DescribedSuspension): Record<string, unknown> {
  return defined({ ...rest, at: new Date(at), refreshTokenEndsAt: moment(refreshTokenEndsAt) });
}

/** Ends a request for a connection that is not known. */
export function unknownConnection(target: ConnectionTarget): Error {
  return new ProblemError({
    status: 404,
    code: "not_found",
    detail: `${describeTarget(target)} is not known here.`,
  });
}
