import { type OwnEvent, ownEvent } from "../events/own_event.ts";
import type { JobProgress } from "./job_api.ts";

/** The event that a job is done, or was cancelled. A job ends once: its event has one id, however often it is made. */
export function jobEnded({ id, ...progress }: JobProgress): OwnEvent {
  const { finishedAt = progress.progressAt, nextTryAt: _, ...rest } = progress;
  return ownEvent("job.ended", Date.parse(finishedAt), { jobId: id, finishedAt, ...rest }, `job${id}`);
}
