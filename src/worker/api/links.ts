import * as v from "valibot";
import { defined } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import { healthAction } from "../connection/health.ts";
import { reauthorizationLink } from "../customer/reauthorization_link.ts";
import { makeReturnLink } from "../customer/return_link.ts";
import { resultOrError } from "../durable/plain_result.ts";
import { ProblemError } from "../http/problem.ts";
import { noInput, noStoreJson, type RequestScope, type Route, route } from "../http/route.ts";
import { connectionParams, linkSecondsSchema, nameSchema } from "../http/schemas.ts";
import { targetOf } from "../kind_and_id.ts";
import { logError } from "../log.ts";
import { unknownConnection } from "./connections.ts";

/** What is known of a connection for people: its name, its link, and what an app's own page says of it. */
export const linkRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "post",
    path: "/connections/:kind/:id/link",
    access: "admin",
    changes: "link",
    params: connectionParams,
    isBodyOptional: true,
    body: v.strictObject({
      expiresInSeconds: v.optional(linkSecondsSchema),
    }),
    handle: async (context, { params, body }) => {
      const scope = context.get("scope");
      const link = await makeReturnLink(scope, targetOf(params), defined(body));
      if (!link) throw withoutLinks();
      // The link is good without: only lists would not show that it was made.
      await scope.connection(targetOf(params)).linkMade().catch((error: unknown) =>
        logError(error, { requestId: context.get("requestId"), outcome: "passed_over" })
      );
      return noStoreJson(link);
    },
  }),
  route({
    ...noInput,
    method: "delete",
    path: "/connections/:kind/:id/link",
    access: "admin",
    changes: "unlink",
    params: connectionParams,
    handle: async (context, { params }) => {
      await context.get("scope").connection(targetOf(params)).revokeLinks();
      return new Response(null, { status: 204 });
    },
  }),
  route({
    ...noInput,
    method: "get",
    path: "/connections/:kind/:id/health",
    access: "service",
    params: connectionParams,
    handle: async (context, { params }) => {
      return noStoreJson(await healthOf(context.get("scope"), targetOf(params)));
    },
  }),
  route({
    ...noInput,
    method: "put",
    path: "/connections/:kind/:id/name",
    access: "admin",
    changes: "rename",
    params: connectionParams,
    body: v.strictObject({ name: nameSchema }),
    handle: async (context, { params, body: { name } }) => {
      const target = targetOf(params);
      const connection = context.get("scope").connection(target);
      const { isKnown } = resultOrError(await connection.giveName(name));
      const { connection: shown } = await connection.describe();
      if (!isKnown || !shown) throw unknownConnection(target);
      return noStoreJson(shown);
    },
  }),
];

/** What the app's own page is to say of a connection: one call of its object. */
async function healthOf(
  { connection, settings }: RequestScope,
  target: ConnectionTarget,
): Promise<Record<string, unknown>> {
  const { connection: known, isAwaited, history, since, installation, suspended } = await connection(target)
    .describe();
  const action = healthAction(defined({ status: known?.status, isAwaited, isKnown: history.length > 0 }));
  if (action === undefined) throw unknownConnection(target);
  if (action === "none") return { action };
  return defined({
    action,
    suspended: suspended ? true : undefined,
    since: since === undefined ? undefined : new Date(since),
    url: action === "relink" ? await reauthorizationLink(settings, target, installation) : undefined,
  });
}

/** Ends a request for a link where nobody could come back by one. */
function withoutLinks(): Error {
  return new ProblemError({
    status: 503,
    code: "misconfigured",
    detail:
      "Links need HIGHLEVEL_SCOPES, and a HIGHLEVEL_REDIRECT_URI that is this worker's /oauth/callback.",
  });
}
