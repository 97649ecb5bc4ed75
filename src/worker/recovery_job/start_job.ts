import type { ReconnectApp } from "../reconnect_app.ts";
import type { JobSource, JobTarget } from "./job_api.ts";

/** Targets handed to a job's object in one call. */
const CHUNK = 5_000;

/** Starts a job and returns its id. */
export async function startJob(
  app: Pick<ReconnectApp, "job">,
  targets: readonly JobTarget[],
  source: JobSource,
  id: string = crypto.randomUUID(),
): Promise<string> {
  const job = app.job(id);
  await job.create(id, source);
  for (let at = 0; at < targets.length; at += CHUNK) await job.add(targets.slice(at, at + CHUNK));
  await job.start();
  return id;
}
