import type { Recovery } from "../../connections/mod.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import type { PlainRecovery } from "../durable/plain_result.ts";

/** Where a job's targets come from. */
export type JobSource =
  | { readonly kind: "targets"; readonly companyId?: string }
  | { readonly kind: "status"; readonly status: ConnectionStatus }
  | { readonly kind: "installed"; readonly companyId: string }
  /** What is lost of an agency's locations, and what HighLevel lists there that has no tokens: the healthy ones are left alone. */
  | { readonly kind: "agency"; readonly companyId: string };

/** Where a job stands. `JOB_STATUSES` in the order of its life. */
export type JobStatus = typeof JOB_STATUSES[number];

/**
 * - `listing`: targets are still being found. `running`: recoveries are under way.
 * - `waiting`: it stopped itself, for the reason in `problem`, and tries again at `nextTryAt`.
 * - `paused`: a person stopped it, and may resume it. `cancelled`: for good. `done`: every target has ended.
 */
export const JOB_STATUSES = ["listing", "running", "waiting", "paused", "cancelled", "done"] as const;

/** How a target ends. */
export type JobEnd = Recovery["outcome"];

/** Where a job stands, with its counts. */
export interface JobProgress extends Readonly<Record<JobEnd, number>> {
  /** The job's id. */
  readonly id: string;
  /** What it is doing. */
  readonly status: JobStatus;
  /** Who began it: the name or role of a key, or `daily`. */
  readonly startedBy: string;
  /** When it was made, ISO 8601. */
  readonly createdAt: string;
  /** When a target was reported last, ISO 8601; `createdAt` where none was. */
  readonly progressAt: string;
  /** When the last target ended, or the job was cancelled, ISO 8601. */
  readonly finishedAt?: string;
  /** When a job that waits tries again, ISO 8601. */
  readonly nextTryAt?: string;
  /** Targets found so far. */
  readonly total: number;
  /** Targets not ended yet. */
  readonly remaining: number;
  /** Why the job waits, or could not find all its targets. */
  readonly problem?: string;
}

/** Whether a job has come to its end. */
export function isOver({ status }: Pick<JobProgress, "status">): boolean {
  return status === "done" || status === "cancelled";
}

/** One target that ended, as job events tell it. */
export interface JobItem {
  /** Position in the job's events. */
  readonly seq: number;
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** A name for people, where one is known. */
  readonly name?: string;
  /** How it ended. */
  readonly outcome: JobEnd;
  /** Why it did not. */
  readonly code?: string;
  /** In words. */
  readonly message?: string;
  /** HighLevel's trace id. */
  readonly traceId?: string;
  /** Where a person authorises the app again. */
  readonly authorizationUrl?: string;
}

/** Targets that ended without tokens in one way, for one reason. */
export interface JobReason {
  /** How they ended. */
  readonly outcome: JobEnd;
  /** Why; absent where that is not known. */
  readonly code?: string;
  /** How many. */
  readonly count: number;
}

/** What changed since a position. */
export interface JobChanges {
  /** Where the job stands. */
  readonly progress: JobProgress;
  /** Position of these changes: ask for what comes after it. */
  readonly seq: number;
  /** Targets that ended without tokens, in order; at most {@linkcode CHANGES}. */
  readonly unrecovered: readonly JobItem[];
}

/** Items that {@linkcode JobApi.changes} tells at once. */
export const CHANGES = 500;

/** A target as a job carries it. */
export interface JobTarget {
  /** `location` or `company`. */
  readonly kind: "location" | "company";
  /** Its id. */
  readonly id: string;
  /** A name for people. */
  readonly name?: string | undefined;
}

/** One message of the queue: names connections, never tokens. */
export interface RecoveryMessage {
  /** HighLevel's id of the app; messages from before there were several lack it. */
  readonly appId?: string;
  /** The job. */
  readonly jobId: string;
  /** The job's round: what was sent in an older one was taken back since. */
  readonly round: number;
  /** The connections. */
  readonly targets: readonly JobTarget[];
  /** The agency of these locations, where it is known. */
  readonly companyId?: string;
  /** When the job was made, ms: what has younger tokens is done. */
  readonly since: number;
  /** Whether what was forgotten before that may come back. */
  readonly revives: boolean;
  /** Whether what has tokens that can be used is left alone, however old they are. */
  readonly sparesHealthy?: boolean;
}

/** How one target of a message went. */
export interface JobReport {
  /** The target. */
  readonly target: JobTarget;
  /** How it ended; absent where it was not begun, since others of its message met trouble that is everybody's. */
  readonly recovery?: PlainRecovery;
}

/** The methods of a job's Durable Object. */
export interface JobApi {
  /** Begins a job; one that exists already stays as it is. */
  create(id: string, source: JobSource, startedBy: string): Promise<void>;
  /** Adds targets; those already there are not added again. */
  add(targets: readonly JobTarget[]): Promise<void>;
  /** Lets the job run. */
  start(): Promise<void>;
  /** Those of `targets` that may be recovered now: none while the job waits, is paused or has ended. */
  open(round: number, targets: readonly JobTarget[]): Promise<readonly JobTarget[]>;
  /** Notes how targets went: final ones count once, others are due again later. */
  report(reports: readonly JobReport[]): Promise<void>;
  /** Sends nothing until it is resumed; what is at work ends. Tells where the job stands. */
  pause(): Promise<JobProgress | undefined>;
  /** Goes on; a job that waits tries at once. Tells where the job stands. */
  resume(): Promise<JobProgress | undefined>;
  /** Ends the job; what is at work still counts. Tells where the job stands. */
  cancel(): Promise<JobProgress | undefined>;
  /** Removes the name of a target, and how it went in words; tells whether the job has it. */
  erase(target: JobTarget): Promise<boolean>;
  /** Where the job stands; `undefined` where there is none. Reads one row. */
  progress(): Promise<JobProgress | undefined>;
  /** Why targets ended without tokens, the most frequent first. Reads a row for each of them. */
  reasons(): Promise<readonly JobReason[]>;
  /** What changed after `seq`. */
  changes(seq: number): Promise<JobChanges | undefined>;
}
