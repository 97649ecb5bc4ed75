import { defined } from "../../oauth/host.ts";
import type { JobPage, ListedJobsApi } from "../directory/listed_jobs.ts";
import { logError } from "../log.ts";
import { isOver, type JobApi } from "./job_api.ts";

/** One page of bulk recoveries, newest first, as they stand now. */
export async function listJobs(
  { directory, job }: {
    readonly directory: () => Pick<ListedJobsApi, "jobs">;
    readonly job: (id: string) => Pick<JobApi, "progress">;
  },
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<JobPage> {
  const page = await directory().jobs({ limit, ...defined({ cursor }) });
  // The directory knows how a job stood when its status changed last: one that goes on is asked.
  const recoveries = await Promise.all(
    page.recoveries.map(async (told) => {
      if (isOver(told)) return told;
      // One that cannot be asked now hides no other.
      return await job(told.id).progress().catch((error: unknown) =>
        logError(error, { job: told.id, outcome: "passed_over" })
      ) ?? told;
    }),
  );
  return { ...page, recoveries };
}
