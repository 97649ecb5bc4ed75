import { Hono } from "hono/tiny";
import { secureHeaders } from "hono/secure-headers";
import { appsOf } from "../oauth/highlevel_app.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import type { WorkerEnv } from "./env.ts";
import { requireRole } from "./http/authenticate.ts";
import { wordsReader } from "./dashboard/words.ts";
import { TokenCache } from "./http/token_cache.ts";
import { keyringOf } from "./http/keyring.ts";
import { type Problem, ProblemError, problemOf, problemResponse } from "./http/problem.ts";
import { RefusedCodes } from "./customer/refused_codes.ts";
import type { AppTypes, RequestScope, Route } from "./http/route.ts";
import { isSignedInLook } from "./http/session.ts";
import { isStorageFull } from "./durable/is_storage_full.ts";
import { plainError } from "./durable/plain_result.ts";
import { connectionObject } from "./connection/connection_stub.ts";
import { authorizationCodeRoute } from "./api/authorization_code.ts";
import { connectionRoutes } from "./api/connections.ts";
import { docsRoutes } from "./api/docs.ts";
import { healthRoutes } from "./api/health.ts";
import { installRoutes } from "./customer/install.ts";
import { proxyRoutes } from "./api/proxy.ts";
import { recoveryRoutes } from "./api/recoveries.ts";
import { uiRoutes } from "./dashboard/ui.ts";
import { deliveredAgain, isWebhook, webhookRoutes } from "./api/webhooks.ts";
import { readSettings } from "./settings.ts";
import { logError, logRequest } from "./log.ts";

/** Options of {@linkcode createApp}. */
export interface CreateAppOptions {
  /**
   * Where the host keeps the bindings and settings of this app.
   * @default {the host's own `env`, under the names of wrangler.toml}
   */
  env?(hostEnv: object): WorkerEnv;
}

/** Every route of the app, in the order the router tries them. */
export const routes: readonly Route[] = [
  ...healthRoutes,
  ...connectionRoutes,
  ...recoveryRoutes,
  ...proxyRoutes,
  ...installRoutes,
  authorizationCodeRoute,
  ...webhookRoutes,
  ...docsRoutes,
  ...uiRoutes,
];

/**
 * The token service as a Hono app: the whole worker, or a part of yours. The host's module also exports
 * `ConnectionObject` and `RecoveryJob` and binds them (export `./worker/deployment`); for the dashboard and the OpenAPI document
 * it binds the static files of `src/worker/assets` as `ASSETS`.
 *
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { createApp } from "@reconnect/highlevel/worker";
 *
 * const app = new Hono();
 * app.route("/highlevel", createApp());
 *
 * // Without its settings it serves nothing and names what is missing.
 * const response = await app.request("/highlevel/healthz", {}, {});
 * if (response.status !== 503) throw new Error("it should fail closed");
 * ```
 */
export function createApp(options: CreateAppOptions = {}): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  // One per isolate and set of bindings: checked settings, imported keys, words that were read.
  const prepared = new WeakMap<
    object,
    Pick<RequestScope, "env" | "settings" | "keys" | "edge" | "refusedCodes" | "words">
  >();

  app.use("*", secureHeaders({ crossOriginResourcePolicy: "same-origin", referrerPolicy: "same-origin" }));
  app.use("*", async (context, next) => {
    const startedAt = Date.now();
    const requestId = context.req.header("cf-ray") ?? crypto.randomUUID();
    context.set("requestId", requestId);
    let parts = prepared.get(context.env);
    if (!parts) {
      const env = options.env ? options.env(context.env) : context.env;
      const result = readSettings(env);
      if (!result.ok) {
        const response = troubleResponse(context.req.raw, {
          status: 503,
          code: "misconfigured",
          detail: `This worker is not set up: ${result.problems.join("; ")}.`,
        });
        const { method } = context.req;
        await logRequest({ method, route: "none", status: response.status, ms: 0, requestId }, response, 1);
        return response;
      }
      const { settings } = result;
      prepared.set(
        context.env,
        parts = {
          env,
          settings,
          keys: keyringOf(settings.keys),
          edge: new TokenCache(env, settings),
          refusedCodes: new RefusedCodes(env.REFUSED_CODES, appsOf(settings.app).length),
          words: wordsReader(env),
        },
      );
    }
    const { env } = parts;
    const scope: RequestScope = {
      ...parts,
      base: mountPath(context.req.routePath, context.req.path),
      connection: (target) => connectionObject(env, target),
      waitUntil: (work) => context.executionCtx.waitUntil(work),
    };
    context.set("scope", scope);
    await next();
    const { method } = context.req;
    const { status } = context.res;
    const route = context.get("route") ?? "none";
    const line = { method, route, status, ms: Date.now() - startedAt, requestId };
    await logRequest(line, context.res, parts.settings.logSampling);
  });

  for (const route of routes) {
    const takesSlash = /[/*}]$/.test(route.path);
    app.on(methodsOf(route), route.path, async (context, next) => {
      // Hono's smallest router also takes a path with a slash too many: another path, which no route has.
      if (!takesSlash && context.req.path.endsWith("/")) return await next();
      context.set("route", route.path);
      const { keys, env } = context.get("scope");
      const { access } = route;
      if (access === "viewer" || access === "service" || access === "admin") {
        const isLooking = access === "viewer" && await isSignedInLook(context);
        if (!isLooking) await requireRole(context.req.raw, access, keys, env.WRONG_KEYS);
      }
      return await route.handle(context);
    });
  }

  // A route, not `notFound`: that one would be the host's where this app is mounted in another.
  app.all("*", (context) => {
    const { base } = context.get("scope");
    if (base && context.req.path === `${base}/`) return context.redirect(base, 308);
    const allowed = methodsAt(context.req.path.slice(base.length) || "/");
    return allowed.length > 0
      ? problemResponse({
        status: 405,
        code: "method_not_allowed",
        detail: `Allowed here: ${allowed.join(", ")}.`,
        headers: { Allow: allowed.join(", ") },
      })
      : problemResponse({ status: 404, code: "not_found", detail: "There is nothing at this path." });
  });

  app.onError((error, context) =>
    troubleResponse(context.req.raw, problemIn(error, context.get("requestId")))
  );
  return app;
}

/** The problem that `error` is. One that nobody expected is logged. */
function problemIn(error: Error, requestId: string): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof HighLevelError) return problemOf(plainError(error));
  if (isStorageFull(error)) {
    const detail = "A Durable Object's storage is full: nothing was stored.";
    return { status: 503, code: "store_failed", detail };
  }
  logError(error, { requestId, outcome: "answered" });
  return { status: 500, code: "internal", detail: `Something went wrong here. Request ${requestId}.` };
}

/** The response that tells `problem`; to a webhook so that HighLevel delivers it again, where that may help. */
function troubleResponse(request: Request, problem: Problem): Response {
  return problemResponse(isWebhook(request) ? deliveredAgain(problem) : problem);
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
  return new RegExp(`^${path.replace(/:\w+\{\.\*\}/g, ".*").replace(/:\w+/g, "[^/]+")}$`);
}
