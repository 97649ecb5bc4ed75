import { streamSSE } from "hono/streaming";
import type { JobChanges } from "../recovery_job/job_api.ts";
import { startJob } from "../recovery_job/start_job.ts";
import { jobTargetOf } from "../recovery_job/job_target.ts";
import { ProblemError } from "../http/problem.ts";
import { noInput, noStoreJson, type Route, route } from "../http/route.ts";
import { jobParams, recoveriesBody } from "../http/schemas.ts";

/** 100,000 targets fit, bytes. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** How often a stream of events looks for news, ms: at first, and where there are none. */
const LOOK_MS = { first: 500, longest: 3_000 } as const;
/** A stream ends after so many looks, before Cloudflare's 1,000 calls of a request are used up; the reader resumes. */
const MAX_LOOKS = 800;
/** Without news a stream says so this often, ms: a silent connection would be cut. */
const PULSE_MS = 15_000;

/** Bulk recoveries: start, follow. */
export const recoveryRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "post",
    path: "/recoveries",
    access: "admin",
    body: recoveriesBody,
    maxBodyBytes: MAX_BODY_BYTES,
    handle: async (context, { body }) => {
      const scope = context.get("scope");
      const id = await startJob(
        scope,
        "targets" in body ? body.targets.map(jobTargetOf) : [],
        "targets" in body
          ? { kind: "targets" }
          : "status" in body
          ? { kind: "status", status: body.status }
          : { kind: "installed", companyId: body.companyId },
      );
      const progress = await scope.job(id).progress();
      return noStoreJson(progress, { status: 202, headers: { Location: `${scope.base}/recoveries/${id}` } });
    },
  }),
  route({
    ...noInput,
    method: "get",
    path: "/recoveries/:id",
    access: "viewer",
    params: jobParams,
    handle: async (context, { params }) => {
      const progress = await context.get("scope").job(params.id).progress();
      if (!progress) throw unknownJob(params.id);
      return noStoreJson(progress);
    },
  }),
  route({
    ...noInput,
    method: "get",
    path: "/recoveries/:id/events",
    access: "viewer",
    params: jobParams,
    handle: async (context, { params }) => {
      const job = context.get("scope").job(params.id);
      const after = Number(context.req.header("last-event-id") ?? 0);
      const first = await job.changes(Number.isSafeInteger(after) ? after : 0);
      if (!first) throw unknownJob(params.id);
      const response = streamSSE(context, async (stream) => {
        let changes: JobChanges | undefined = first;
        let waitMs: number = LOOK_MS.first;
        let told = "";
        let toldAt = Date.now();
        for (let looks = 0; changes && !stream.aborted && looks < MAX_LOOKS; looks++) {
          const id = String(changes.seq);
          for (const item of changes.unrecovered) {
            await stream.writeSSE({ event: "unrecovered", id: String(item.seq), data: JSON.stringify(item) });
          }
          const progress = JSON.stringify(changes.progress);
          if (progress !== told) {
            await stream.writeSSE({ event: "progress", id, data: progress });
            [told, toldAt, waitMs] = [progress, Date.now(), LOOK_MS.first];
          } else if (Date.now() - toldAt > PULSE_MS) {
            await stream.write(": nothing new\n\n");
            toldAt = Date.now();
          }
          const isCurrent = changes.unrecovered.length < 500;
          if (changes.progress.status === "done" && isCurrent) {
            return await stream.writeSSE({ event: "done", id, data: progress });
          }
          if (isCurrent) await stream.sleep(waitMs);
          waitMs = Math.min(LOOK_MS.longest, waitMs * 1.2);
          changes = await job.changes(changes.seq);
        }
      });
      response.headers.set("Cache-Control", "no-store"); // Hono's stream says no-cache
      return response;
    },
  }),
];

function unknownJob(id: string): Error {
  return new ProblemError({ status: 404, code: "not_found", detail: `There is no bulk recovery ${id}.` });
}
