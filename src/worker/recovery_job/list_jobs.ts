import { defined } from "../../oauth/host.ts";
import type { JobPage, ListedJobsApi } from "../directory/listed_jobs.ts";
import { logError } from "../log.ts";
import { isOver, type JobApi, type JobProgress } from "./job_api.ts";

/** Where the objects of jobs are found. */
interface Jobs {
  /** The object of a job. */
  readonly job: (id: string) => Pick<JobApi, "progress">;
}

/** One page of bulk recoveries, newest first, as they stand now. */
export async function listJobs(
  { directory, job }: Jobs & { readonly directory: () => Pick<ListedJobsApi, "jobs"> },
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<JobPage> {
  const page = await directory().jobs({ limit, ...defined({ cursor }) });
  return { ...page, recoveries: await jobsNow({ job }, page.recoveries) };
}

/** Jobs as they stand now: the directory knows how they stood when their status changed last, and one that goes on is asked. */
export async function jobsNow(
  { job }: Jobs,
  listed: readonly JobProgress[],
): Promise<readonly JobProgress[]> {
  return await Promise.all(
    listed.map(async (told) => {
      if (isOver(told)) return told;
      // One that cannot be asked now hides no other.
      return await job(told.id).progress().catch((error: unknown) =>
        logError(error, { job: told.id, outcome: "passed_over" })
      ) ?? told;
    }),
  );
}
