import { problemResponse } from "../http/problem.ts";
import { noInput, noStoreJson, type Route, route } from "../http/route.ts";
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
      const checks = await context.get("scope").readiness.check(Date.now());
      const failed = failedOf(checks);
      if (failed.length === 0) return noStoreJson({ status: "ready", checks });
      return problemResponse({
        status: 503,
        code: "not_ready",
        detail: `No answer from: ${failed.join(", ")}.`,
        retryAfterSeconds: 10,
        extra: { checks },
      });
    },
  }),
];

/** Which parts failed. Why, the log tells: anybody may ask here. */
function failedOf(checks: Checks): string[] {
  return Object.entries(checks).flatMap(([part, answer]) => answer === "failed" ? [part] : []);
}
