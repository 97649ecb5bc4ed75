import type { Context } from "hono";
import * as v from "valibot";
import { type Audited, logAudit } from "../log.ts";
import { type Actor, actorName } from "./actor.ts";
import { isAudited } from "./change.ts";
import type { AppTypes } from "./route.ts";
import { connectionParams, jobParams } from "./schemas.ts";

/** Adds `about` to the audit line of this request. */
export function audited(context: Context<AppTypes>, about: Audited): void {
  context.set("audited", { ...context.get("audited"), ...about });
}

/**
 * Writes the audit line of a request that was answered with `response`, where its route changes something and somebody known here
 * has sent it; who is not known has changed nothing.
 */
export async function audit(context: Context<AppTypes>, response: Response): Promise<void> {
  const route = context.get("route");
  const actor = context.get("actor");
  if (!route || !actor || !isAudited(route.changes)) return;
  const { status } = response;
  await logAudit({
    app: context.get("scope").id,
    ...who(actor),
    via: route.access === "session" ? "dashboard" : "api",
    what: route.changes,
    status,
    outcome: status < 400 ? "done" : status < 500 ? "refused" : "failed",
    ...context.get("audited"),
    requestId: context.get("requestId"),
    traceparent: context.get("traceparent"),
  }, response);
}

/** Who sent this request, as history and jobs call him: the name of the key, or its role. */
export function callerOf(context: Context<AppTypes>): string {
  const actor = context.get("actor");
  if (!actor) throw new Error("A route that changes something knows who asks.");
  return actorName(actor);
}

/** Whether whoever sent this request is an admin. */
export function isAdmin(context: Context<AppTypes>): boolean {
  return context.get("actor")?.role === "admin";
}

/** How lines of the log name `actor`. */
export function who(actor: Actor): { readonly actor: string; readonly role: Actor["role"] } {
  return { actor: actorName(actor), role: actor.role };
}

/** The connection or job that a path names, if it is one: a path that is refused may carry anything. */
export function named(params: Record<string, string>): Audited {
  if (v.is(connectionParams, params)) return { connection: `${params.kind}/${params.id}` };
  return params.kind === undefined && v.is(jobParams, params) ? { job: params.id } : {};
}
