import type { ReconnectApp } from "../reconnect_app.ts";
import type { JobSource, JobTarget } from "./job_api.ts";

/** Targets handed to a job's object in one call. */
const CHUNK = 5_000;

/** Who starts a job, and how it is named. */
export interface JobStart {
  /** The name or role of a key, or what in the worker it was. */
  readonly startedBy: string;
  /**
   * The job's id. One that exists already goes on as it is.
   * @default {a new one}
   */
  readonly id?: string;
}

/** Starts a job and returns its id. */
export async function startJob(
  app: Pick<ReconnectApp, "job">,
  targets: readonly JobTarget[],
  source: JobSource,
  { startedBy, id = crypto.randomUUID() }: JobStart,
): Promise<string> {
  const job = app.job(id);
  await job.create(id, source, startedBy);
  for (let at = 0; at < targets.length; at += CHUNK) await job.add(targets.slice(at, at + CHUNK));
  await job.start();
  return id;
}
