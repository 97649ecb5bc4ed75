import type { Brake, RunTrouble, SystemicTrouble } from "../../connections/host.ts";
import { defined } from "../../oauth/host.ts";
import type { JobEnd, JobProgress, JobSource, JobStatus } from "./job_api.ts";

/** Why a job sends nothing: it stopped itself and tries again at `tryAt`, or a person stopped it. Moments in ms. */
export type JobStop =
  | {
    readonly by: "itself";
    readonly why: SystemicTrouble;
    /** In words, with the next step. */
    readonly reason: string;
    readonly since: number;
    readonly tryAt: number;
    /** Probes so far. */
    readonly probes: number;
  }
  | { readonly by: "person"; readonly as: "paused" | "cancelled"; readonly since: number };

/** How fast a job sends. */
export interface JobPace {
  /** Slows it down while HighLevel answers with 429. */
  readonly brake: Brake;
  /** How many targets may be under way: few at first, more with every one that ended. */
  readonly most: number;
  /** Nothing is sent before this, ms. */
  readonly pausedUntil: number;
}

/** Everything a job knows of itself but its targets. One small value: whoever looks reads one row. Moments in ms. */
export interface JobFacts {
  readonly id: string;
  readonly source: JobSource;
  /** Who began it: the name or role of a key, or `daily`. */
  readonly startedBy: string;
  readonly createdAt: number;
  /** Whether all targets given by the caller are there. */
  readonly isStarted: boolean;
  /** Whether all targets were found. */
  readonly isListed: boolean;
  /** Where the finding of targets goes on. */
  readonly cursor?: string;
  /** Turns in a row that failed. */
  readonly attempt: number;
  readonly total: number;
  readonly ends: Readonly<Record<JobEnd, number>>;
  /** Position of the last target that ended without tokens. */
  readonly seq: number;
  /** Targets that were sent and not reported yet. */
  readonly underWay: number;
  /** Messages of another round are void: their targets were taken back. */
  readonly round: number;
  /** When something was reported last; when the job was made, where nothing was. */
  readonly reportedAt: number;
  /** When something was reported, taken back, or sent first after a pause: what is under way may be lost some time after. */
  readonly movedAt: number;
  /** Times in a row that what was under way counted as lost. */
  readonly losses: number;
  readonly pace: JobPace;
  readonly trouble: RunTrouble;
  readonly stop?: JobStop;
  /** Why not all targets were found. */
  readonly problem?: string;
  /** The status that the list of jobs was told last. */
  readonly told?: JobStatus;
  /** When the last target ended, or the job was cancelled. */
  readonly endedAt?: number;
}

/** A job that has just been made. */
export function newJob(id: string, source: JobSource, startedBy: string, now: number): JobFacts {
  return {
    id,
    source,
    startedBy,
    createdAt: now,
    isStarted: false,
    isListed: source.kind === "targets",
    attempt: 0,
    total: 0,
    ends: { recovered: 0, paused: 0, reauthorization_required: 0, failed: 0 },
    seq: 0,
    underWay: 0,
    round: 0,
    reportedAt: now,
    movedAt: now,
    losses: 0,
    pace: firstPace(),
    trouble: { inARow: 0, isAccepted: false },
  };
}

/** The most targets of a job that are under way. */
export const MOST_UNDER_WAY = 200;

/** How a job begins, and goes on after it stopped: one target finds out for all. */
export function firstPace(): JobPace {
  return { brake: { limit: MOST_UNDER_WAY, lately: [] }, most: 1, pausedUntil: 0 };
}

/** Targets that have not ended. */
export function remainingOf({ total, ends }: JobFacts): number {
  return total - ends.recovered - ends.paused - ends.reauthorization_required - ends.failed;
}

/** Where a job stands, in a word. */
export function statusOf({ isListed, stop, endedAt }: JobFacts): JobStatus {
  if (stop?.by === "person") return stop.as;
  if (endedAt !== undefined) return "done";
  if (stop) return "waiting";
  return isListed ? "running" : "listing";
}

/** Where a job stands, as it is told. */
export function progressOf(facts: JobFacts): JobProgress {
  const { id, createdAt, startedBy, endedAt, total, ends, stop, reportedAt } = facts;
  const isWaiting = stop?.by === "itself" && endedAt === undefined;
  return {
    id,
    status: statusOf(facts),
    startedBy,
    createdAt: new Date(createdAt).toISOString(),
    progressAt: new Date(reportedAt).toISOString(),
    total,
    ...ends,
    remaining: remainingOf(facts),
    ...defined({
      finishedAt: endedAt === undefined ? undefined : new Date(endedAt).toISOString(),
      problem: isWaiting ? stop.reason : facts.problem,
      nextTryAt: isWaiting ? new Date(stop.tryAt).toISOString() : undefined,
    }),
  };
}
