import type { DirectoryApi } from "../directory/directory_api.ts";
import { logError } from "../log.ts";
import type { JobApi, JobSource, JobTarget } from "./job_api.ts";

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

/** The objects that a start calls. */
interface JobPlaces {
  job(id: string): Pick<JobApi, "create" | "add" | "start">;
  directory(): Pick<DirectoryApi, "names">;
}

/** Starts a job and returns its id. Targets without a name get the one that the directory knows. */
export async function startJob(
  app: JobPlaces,
  targets: readonly JobTarget[],
  source: JobSource,
  { startedBy, id = crypto.randomUUID() }: JobStart,
): Promise<string> {
  const job = app.job(id);
  await job.create(id, source, startedBy);
  for (let at = 0; at < targets.length; at += CHUNK) {
    await job.add(await withNames(app, id, targets.slice(at, at + CHUNK)));
  }
  await job.start();
  return id;
}

/** A job waits for no directory: without it, its targets stay as they are. */
async function withNames(
  app: JobPlaces,
  job: string,
  targets: readonly JobTarget[],
): Promise<readonly JobTarget[]> {
  try {
    const names = await app.directory().names(targets.map(({ kind, id }) => ({ kind, id })));
    return targets.map((target, n) => ({ ...target, name: target.name ?? names[n] ?? undefined }));
  } catch (error) {
    logError(error, { job, names: "unknown", outcome: "passed_over" });
    return targets;
  }
}
