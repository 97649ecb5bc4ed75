import { isOver } from "../recovery_job/job_api.ts";
import { startJob } from "../recovery_job/start_job.ts";
import type { ObjectParts } from "./object_parts.ts";

/**
 * Starts the bulk recovery of what an agency's locations lack, after a person authorised the app for the agency. One that is
 * under way goes on in its place; where it waits for better times, it tries at once.
 */
export async function bringBack(
  { app, target: { companyId }, values }: Pick<ObjectParts, "app" | "target" | "values">,
): Promise<void> {
  if (companyId === undefined) return;
  const last = values.get("agencyJob");
  const progress = last === undefined ? undefined : await app.job(last).progress();
  const id = last === undefined || progress && isOver(progress) ? `agency-${crypto.randomUUID()}` : last;
  values.set("agencyJob", id); // first: where this ends before the job has begun, the same one is begun
  await startJob(app, [], { kind: "agency", companyId }, { startedBy: "agency", id });
  if (progress?.status === "waiting") await app.job(id).resume();
}
