import { defined } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { ConnectionApi } from "../connection/connection_api.ts";
import { callerOf } from "../http/audit.ts";
import { resultOrError } from "../durable/plain_result.ts";
import { noInput, type Route, route } from "../http/route.ts";
import { connectionParams, suspensionBody } from "../http/schemas.ts";
import { targetOf } from "../kind_and_id.ts";
import { unknownConnection } from "./connections.ts";

/** A connection is suspended, and resumed. */
export const suspensionRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "post",
    path: "/connections/:kind/:id/suspend",
    access: "admin",
    changes: "suspend",
    params: connectionParams,
    isBodyOptional: true,
    body: suspensionBody,
    handle: async (context, { params, body }) => {
      const { connection } = context.get("scope");
      const target = targetOf(params);
      return answerOf(target, await connection(target).suspend(defined(body), callerOf(context)));
    },
  }),
  route({
    ...noInput,
    method: "post",
    path: "/connections/:kind/:id/resume",
    access: "admin",
    changes: "resume",
    params: connectionParams,
    handle: async (context, { params }) => {
      const { connection } = context.get("scope");
      const target = targetOf(params);
      return answerOf(target, await connection(target).suspend(null, callerOf(context)));
    },
  }),
];

/** The answer to an order that came to `result`. */
function answerOf(
  target: ConnectionTarget,
  result: Awaited<ReturnType<ConnectionApi["suspend"]>>,
): Response {
  if (!resultOrError(result).isKnown) throw unknownConnection(target);
  return new Response(null, { status: 204 });
}
