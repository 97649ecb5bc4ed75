import { isOver, type JobProgress } from "../recovery_job/job_api.ts";

/** How fast a job is. Lengths in ms. */
export interface JobPaceShown {
  /** Since it was begun, until it ended. */
  readonly elapsedMs: number;
  /** Connections a minute, over all of that; absent where nothing has ended yet. */
  readonly perMinute?: number;
  /** How long the rest takes at that pace; absent where it does not move, or nobody can say. */
  readonly leftMs?: number;
}

/** A job that reported nothing for so long does not move, ms. */
export const STALLED_MS = 30_000;
/** So many have to have ended before anybody can say how long the rest takes. */
const ENOUGH = 10;

/** How fast `job` is at `now`, ms. */
export function jobPace(
  job: Pick<JobProgress, "createdAt" | "finishedAt" | "progressAt" | "status" | "total" | "remaining">,
  now: number,
): JobPaceShown {
  const { createdAt, finishedAt, progressAt, status, total, remaining } = job;
  const endedAt = finishedAt === undefined ? now : Date.parse(finishedAt);
  const elapsedMs = Math.max(0, endedAt - Date.parse(createdAt));
  const done = total - remaining;
  if (done === 0 || elapsedMs === 0) return { elapsedMs };
  const perMinute = done / elapsedMs * 60_000;
  const moves = status === "running" && now - Date.parse(progressAt) < STALLED_MS;
  const isSure = moves && !isOver(job) && done >= ENOUGH;
  return { elapsedMs, perMinute, ...isSure && { leftMs: remaining / perMinute * 60_000 } };
}
