import type { Context } from "hono";
import { audited } from "./audit.ts";
import { type Change, keepsAll } from "./change.ts";
import { ProblemError } from "./problem.ts";
import type { AppTypes } from "./route.ts";

/** A caller that is refused may come again after this, seconds: nobody knows when it is over. */
export const READ_ONLY_RETRY_SECONDS = 60;

/**
 * Ends a request that would change something while the worker is read-only (`READ_ONLY`). It may pass and the key is right, so it
 * is a 503 and no 403: programs that try again later are let through then.
 */
export function refuseWhileReadOnly(context: Context<AppTypes>, changes: Change): void {
  if (!context.get("scope").settings.readOnly || keepsAll(changes)) return;
  audited(context, { outcome: "refused", code: "read_only" });
  throw new ProblemError({
    status: 503,
    code: "read_only",
    detail: "This worker is read-only for now (READ_ONLY). Nothing was changed.",
    retryAfterSeconds: READ_ONLY_RETRY_SECONDS,
  });
}
