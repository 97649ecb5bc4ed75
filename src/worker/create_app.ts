import type { Context } from "hono";
import { Hono } from "hono/tiny";
import { secureHeaders } from "hono/secure-headers";
import { appsOf } from "../oauth/host.ts";
import { HighLevelError } from "../oauth/mod.ts";
import type { WorkerEnv } from "./env.ts";
import { envOfApp } from "./app_envs.ts";
import { audit, audited, named, who } from "./http/audit.ts";
import { isAudited } from "./http/change.ts";
import { authenticate, limitRequests, requireRole } from "./http/authenticate.ts";
import { TokenCache } from "./http/token_cache.ts";
import { keyringOf } from "./http/keyring.ts";
import { READ_ONLY_RETRY_SECONDS, refuseWhileReadOnly } from "./http/read_only.ts";
import { traceparentIn } from "./http/traceparent.ts";
import { type Problem, ProblemError, problemOf, problemResponse } from "./http/problem.ts";
import { RefusedCodes } from "./customer/refused_codes.ts";
import type { AppTypes, RequestScope, Route } from "./http/route.ts";
import { signedInCaller } from "./http/session.ts";
import { isStorageFull } from "./durable/is_storage_full.ts";
import { plainError } from "./durable/plain_result.ts";
import { authorizationCodeRoute } from "./api/authorization_code.ts";
import { campaignRoutes } from "./api/campaigns.ts";
import { connectionRoutes } from "./api/connections.ts";
import { linkRoutes } from "./api/links.ts";
import { eventRoutes } from "./api/events.ts";
import { docsRoutes } from "./api/docs.ts";
import { healthRoutes } from "./api/health.ts";
import { AnswerCounts } from "./api/answer_counts.ts";
import { metricsRoute } from "./api/metrics.ts";
import { Readiness } from "./api/readiness.ts";
import { customerPage } from "./customer/customer_page.tsx";
import { asksForPage, customerTrouble, isForPeople } from "./customer/customer_trouble.ts";
import { installRoutes } from "./customer/install.ts";
import { placeOf } from "./customer/install_result.ts";
import { returnRoutes } from "./customer/return_page.ts";
import { movingRoutes } from "./api/moving.ts";
import { planRoutes } from "./api/plan.ts";
import { proxyRoutes } from "./api/proxy.ts";
import { recoveryRoutes } from "./api/recoveries.ts";
import { suspensionRoutes } from "./api/suspensions.ts";
import { uiRoutes } from "./dashboard/ui.ts";
import { missingPage } from "./dashboard/ui_route.ts";
import { deliveredAgain, isWebhook, webhookRoutes } from "./api/webhooks.ts";
import { type ReconnectApp, reconnectApp } from "./reconnect_app.ts";
import type { PageSettings } from "./settings.ts";
import { MisconfiguredError } from "./settings/misconfigured_error.ts";
import { SeveralApps } from "./several_apps.ts";
import { appNames } from "./settings/app_names.ts";
import { logError, logRequest } from "./log.ts";

/** Every route of the app, in the order the router tries them. */
export const routes: readonly Route[] = [
  ...healthRoutes,
  metricsRoute,
  ...connectionRoutes,
  ...linkRoutes,
  ...suspensionRoutes,
  ...recoveryRoutes,
  ...eventRoutes,
  ...planRoutes,
  ...campaignRoutes,
  ...movingRoutes,
  ...proxyRoutes,
  ...installRoutes,
  ...returnRoutes,
  authorizationCodeRoute,
  ...webhookRoutes,
  ...docsRoutes,
  ...uiRoutes,
];

/** All routes as a Hono app, over the bindings and settings that `envOf` finds in the host's. */
export function createApp(envOf: (hostEnv: object) => WorkerEnv): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  // One per isolate and set of bindings: checked settings, imported keys, words that were read.
  const prepared = new WeakMap<object, Omit<RequestScope, "base" | "waitUntil">>();
  const several = new SeveralApps((name) => createApp((hostEnv) => envOfApp(envOf(hostEnv), name)));

  app.use("*", secureHeaders({ crossOriginResourcePolicy: "same-origin", referrerPolicy: "same-origin" }));
  app.use("*", async (context, next) => {
    const startedAt = Date.now();
    const requestId = context.req.header("cf-ray") ?? crypto.randomUUID();
    context.set("requestId", requestId);
    const traceparent = traceparentIn(context.req.raw.headers);
    if (traceparent !== undefined) context.set("traceparent", traceparent);
    let parts = prepared.get(context.env);
    if (!parts) {
      const env = envOf(context.env);
      const names = env.HIGHLEVEL_APP ? [] : appNames(env);
      if (names.length > 0) {
        const base = mountPath(context.req.routePath, context.req.path);
        return await several.answer(context, base, names) ?? await besideApps(context.req.raw, base, names);
      }
      const served = servedBy(env);
      if (served instanceof MisconfiguredError) {
        const { message } = served;
        const problem = { status: 503, code: "misconfigured", detail: message } as const;
        const base = mountPath(context.req.routePath, context.req.path);
        const response = await troubleResponse(context.req.raw, base, {}, problem);
        const { method } = context.req;
        await logRequest({ method, route: "none", status: response.status, ms: 0, requestId }, response, 1);
        return response;
      }
      const { settings } = served;
      prepared.set(
        context.env,
        parts = {
          ...served,
          keys: keyringOf(settings),
          tokens: new TokenCache(served),
          readiness: new Readiness(served),
          answers: new AnswerCounts((counts) => served.directory().noteAnswers(counts)),
          refusedCodes: new RefusedCodes(env.REFUSED_CODES, appsOf(settings.app).length),
        },
      );
    }
    const scope: RequestScope = {
      ...parts,
      base: mountPath(context.req.routePath, context.req.path),
      waitUntil: (work) => context.executionCtx.waitUntil(work),
    };
    context.set("scope", scope);
    await next();
    const { method } = context.req;
    const { status } = context.res;
    const route = context.get("route")?.path ?? "none";
    const actor = context.get("actor");
    const line = { method, route, status, ms: Date.now() - startedAt, requestId, traceparent };
    await logRequest({ ...line, ...actor && who(actor) }, context.res, parts.settings.logSampling);
    await audit(context, context.res);
  });

  for (const route of routes) {
    const takesSlash = /[*}]$/.test(route.path);
    app.on(methodsOf(route), route.path, async (context, next) => {
      // Hono's smallest router also takes a path with a slash too many: another path, which no route has.
      if (!takesSlash && /.\/$/.test(context.req.path)) return await next();
      context.set("route", route);
      if (isAudited(route.changes)) audited(context, named(context.req.param()));
      const { keys, env, id, settings } = context.get("scope");
      const { access } = route;
      if (access === "viewer" || access === "service" || access === "admin") {
        const caller = await signedInCaller(context, route);
        const actor = caller ?? await authenticate(context.req.raw, keys, env.WRONG_KEYS);
        context.set("actor", actor);
        if (!caller) await limitRequests(actor, id, env.KEY_REQUESTS);
        requireRole(actor, access);
      }
      const isRefused = settings.readOnly && route.changes === "installation" && access === "none";
      if (isRefused) return await closedPage(context);
      if (access !== "session") refuseWhileReadOnly(context, route.changes);
      return await route.handle(context);
    });
  }

  // A route, not `notFound`: that one would be the host's where this app is mounted in another.
  app.all("*", (context) => {
    const { base } = context.get("scope");
    if (base && context.req.path === `${base}/`) return context.redirect(base, 308);
    const path = context.req.path.slice(base.length) || "/";
    const allowed = methodsAt(path);
    const isPersons = asksForPage(context.req.raw) && !isForPeople(context.req.raw, path);
    if (allowed.length === 0 && isPersons) return missingPage(context);
    throw new ProblemError(
      allowed.length > 0
        ? {
          status: 405,
          code: "method_not_allowed",
          detail: `Allowed here: ${allowed.join(", ")}.`,
          headers: { Allow: allowed.join(", ") },
        }
        : { status: 404, code: "not_found", detail: "There is nothing at this path." },
    );
  });

  app.onError(async (error, context) => {
    const { base = "", settings } = context.get("scope") ?? {};
    const problem = problemIn(error, context);
    return await troubleResponse(context.req.raw, base, settings?.pages ?? {}, problem);
  });
  return app;
}

/** The answer where several apps are served, and the path names none: to a person in the looks of the first, and by none's name. */
async function besideApps(request: Request, base: string, [first]: readonly string[]): Promise<Response> {
  if (asksForPage(request)) {
    return await customerPage({ base: `${base}/${first}`, pages: {}, request }, { kind: "missing" });
  }
  const detail = "This worker serves several apps, each below its name.";
  return problemResponse({ status: 404, code: "not_found", detail });
}

/** The app of `env`, or what is wrong with its settings. */
function servedBy(env: WorkerEnv): ReconnectApp | MisconfiguredError {
  try {
    return reconnectApp(env);
  } catch (error) {
    if (error instanceof MisconfiguredError) return error;
    throw error;
  }
}

/** The problem that `error` is. One that nobody expected is logged. */
function problemIn(error: Error, context: Context<AppTypes>): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof HighLevelError) return problemOf(plainError(error));
  if (isStorageFull(error)) {
    const detail = "A Durable Object's storage is full: nothing was stored.";
    return { status: 503, code: "store_failed", detail };
  }
  const requestId = context.get("requestId");
  logError(error, { requestId, traceparent: context.get("traceparent"), outcome: "answered" });
  return { status: 500, code: "internal", detail: `Something went wrong here. Request ${requestId}.` };
}

/**
 * The response that tells `problem`: to a webhook so that HighLevel delivers it again, where that may help; on customers' pages by a
 * page.
 */
async function troubleResponse(
  request: Request,
  base: string,
  pages: PageSettings,
  problem: Problem,
): Promise<Response> {
  const path = new URL(request.url).pathname.slice(base.length);
  if (isForPeople(request, path)) return await customerTrouble({ base, pages, request }, problem);
  return problemResponse(isWebhook(request) ? deliveredAgain(problem) : problem);
}

/** Tells a customer who installs that nobody can just now. His code is not spent. */
async function closedPage(context: Context<AppTypes>): Promise<Response> {
  const headers = { "Retry-After": `${READ_ONLY_RETRY_SECONDS}` };
  return await customerPage(placeOf(context), { kind: "unavailable", status: 503 }, headers);
}

/** Methods that routes have at `path`. */
function methodsAt(path: string): string[] {
  return [...new Set(routes.filter((route) => patternOf(route.path).test(path)).flatMap(methodsOf))];
}

/** The methods of a route; HEAD comes with GET. */
function methodsOf({ method }: Route): string[] {
  return method === "all"
    ? ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS"]
    : method === "get"
    ? ["GET", "HEAD"]
    : [method.toUpperCase()];
}

/** The part of `path` that the host's mount point matched, which may have had parameters. */
function mountPath(routePath: string, path: string): string {
  const depth = routePath.replace(/\/?\*$/, "").split("/").length;
  return path.split("/").slice(0, depth).join("/");
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/:\w+\{(.*?)\}/g, "$1").replace(/:\w+/g, "[^/]+")}$`);
}
