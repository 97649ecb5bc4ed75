import { audited, callerOf } from "../http/audit.ts";
import { ProblemError } from "../http/problem.ts";
import { noInput, noStoreJson, type RequestScope, type Route, route } from "../http/route.ts";
import { jobListQuery, jobParams, recoveriesBody } from "../http/schemas.ts";
import type { JobApi, JobProgress, JobSource, JobTarget } from "../recovery_job/job_api.ts";
import { kindAndId } from "../kind_and_id.ts";
import { listJobs } from "../recovery_job/list_jobs.ts";
import { startJob } from "../recovery_job/start_job.ts";
import { recoveryEvents } from "./recovery_events.ts";
import type * as v from "valibot";

/** 100,000 targets fit, bytes. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Bulk recoveries: start, list, look, follow; pause, resume, cancel. */
export const recoveryRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "post",
    path: "/recoveries",
    access: "admin",
    changes: "start_job",
    body: recoveriesBody,
    maxBodyBytes: MAX_BODY_BYTES,
    handle: async (context, { body }) => {
      const scope = context.get("scope");
      const targets = targetsIn(body);
      const id = await startJob(scope, targets, sourceIn(body), { startedBy: callerOf(context) });
      audited(context, { job: id, ...targets.length > 0 && { count: targets.length } });
      const progress = await scope.job(id).progress();
      return noStoreJson(progress, { status: 202, headers: { Location: `${scope.base}/recoveries/${id}` } });
    },
  }),
  route({
    ...noInput,
    method: "get",
    path: "/recoveries",
    access: "viewer",
    query: jobListQuery,
    handle: async (context, { query: { limit = 20, cursor } }) =>
      noStoreJson(await listJobs(context.get("scope"), { limit, cursor })),
  }),
  route({
    ...noInput,
    method: "get",
    path: "/recoveries/:id",
    access: "viewer",
    params: jobParams,
    handle: (context, { params }) => answer(context.get("scope"), params.id, (job) => job.progress()),
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
      return recoveryEvents(context, job, first);
    },
  }),
  route({
    ...noInput,
    method: "post",
    path: "/recoveries/:id/pause",
    access: "admin",
    changes: "pause_job",
    params: jobParams,
    handle: (context, { params }) => answer(context.get("scope"), params.id, (job) => job.pause()),
  }),
  route({
    ...noInput,
    method: "post",
    path: "/recoveries/:id/resume",
    access: "admin",
    changes: "resume_job",
    params: jobParams,
    handle: (context, { params }) => answer(context.get("scope"), params.id, (job) => job.resume()),
  }),
  route({
    ...noInput,
    method: "delete",
    path: "/recoveries/:id",
    access: "admin",
    changes: "cancel_job",
    params: jobParams,
    handle: (context, { params }) => answer(context.get("scope"), params.id, (job) => job.cancel()),
  }),
];

/** Where a job stands after `act`, as an answer. */
async function answer(
  { job }: RequestScope,
  id: string,
  act: (job: JobApi) => Promise<JobProgress | undefined>,
): Promise<Response> {
  const progress = await act(job(id));
  if (!progress) throw unknownJob(id);
  return noStoreJson(progress);
}

function targetsIn(body: v.InferOutput<typeof recoveriesBody>): readonly JobTarget[] {
  return "targets" in body ? body.targets.map(kindAndId) : [];
}

function sourceIn(body: v.InferOutput<typeof recoveriesBody>): JobSource {
  if ("targets" in body) return { kind: "targets" };
  return "status" in body
    ? { kind: "status", status: body.status }
    : { kind: "installed", companyId: body.companyId };
}

function unknownJob(id: string): Error {
  return new ProblemError({ status: 404, code: "not_found", detail: `There is no bulk recovery ${id}.` });
}
