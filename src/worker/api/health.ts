import type { Context } from "hono";
import { bearerKey, limitWrongKeys } from "../http/authenticate.ts";
import { problemResponse } from "../http/problem.ts";
import { type AppTypes, noInput, noStoreJson, type Route, route } from "../http/route.ts";
import { VERSION } from "../version.ts";
import type { Checks } from "./readiness.ts";

/** Liveness, and readiness. */
export const healthRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/healthz",
    access: "none",
    handle: () => noStoreJson({ status: "ok", version: VERSION }),
  }),
  route({
    ...noInput,
    method: "get",
    path: "/readyz",
    access: "none",
    handle: async (context) => {
      const isKnown = await hasKey(context);
      const checks = await context.get("scope").readiness.check(Date.now());
      const failed = failedOf(checks);
      const told = isKnown ? { checks } : {};
      if (failed.length === 0) return noStoreJson({ status: "ready", ...told });
      return problemResponse({
        status: 503,
        code: "not_ready",
        detail: isKnown ? `No answer from: ${failed.join(", ")}.` : "Something here does not answer.",
        retryAfterSeconds: 10,
        extra: told,
      });
    },
  }),
];

/** Whether a key came along that is known here: its holder is told which part it is. */
async function hasKey(context: Context<AppTypes>): Promise<boolean> {
  const { keys, env } = context.get("scope");
  const key = bearerKey(context.req.header("authorization"));
  if (key === undefined) return false;
  if (await keys.find(key)) return true;
  await limitWrongKeys(context.req.raw, env.WRONG_KEYS);
  return false;
}

/** Which parts failed. Why, the log tells: anybody may ask here. */
function failedOf(checks: Checks): string[] {
  return Object.entries(checks).flatMap(([part, answer]) => answer === "failed" ? [part] : []);
}
