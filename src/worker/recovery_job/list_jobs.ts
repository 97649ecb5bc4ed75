import { defined } from "../../oauth/host.ts";
import type { JobPage } from "../directory/listed_jobs.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import { isOver } from "./job_api.ts";

/** One page of bulk recoveries, newest first, as they stand now. */
export async function listJobs(
  { directory, job }: Pick<ReconnectApp, "directory" | "job">,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<JobPage> {
  const page = await directory().jobs({ limit, ...defined({ cursor }) });
  // The directory knows how a job stood when its status changed last: one that goes on is asked.
  const recoveries = await Promise.all(
    page.recoveries.map(async (told) => isOver(told) ? told : await job(told.id).progress() ?? told),
  );
  return { ...page, recoveries };
}
