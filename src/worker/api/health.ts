import { authenticate } from "../http/authenticate.ts";
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
      const { readiness, keys, env } = context.get("scope");
      // Which part it is, is told to holders of a key.
      const isKnown = context.req.header("authorization") !== undefined &&
        await authenticate(context.req.raw, keys, env.WRONG_KEYS) !== undefined;
      const checks = await readiness.check(Date.now());
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

/** Which parts failed. Why, the log tells: anybody may ask here. */
function failedOf(checks: Checks): string[] {
  return Object.entries(checks).flatMap(([part, answer]) => answer === "failed" ? [part] : []);
}
