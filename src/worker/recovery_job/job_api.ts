import type { ConnectionStatus } from "../../stores/status.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { PlainRecovery } from "../durable/plain_result.ts";

/** Where a job's targets come from. */
export type JobSource =
  | { readonly kind: "targets"; readonly companyId?: string }
  | { readonly kind: "status"; readonly status: ConnectionStatus }
  | { readonly kind: "installed"; readonly companyId: string };

/** Where a job stands. */
export interface JobProgress {
  /** The job's id. */
  readonly id: string;
  /** `listing`: targets are still being found; `running`: recoveries are under way; `done`. */
  readonly status: "listing" | "running" | "done";
  /** When it was made, ISO 8601. */
  readonly createdAt: string;
  /** When the last target ended, ISO 8601. */
  readonly finishedAt?: string;
  /** Targets found so far. */
  readonly total: number;
  /** Targets with living tokens. */
  readonly recovered: number;
  /** Locations that are not active. */
  readonly paused: number;
  /** Targets that need a person. */
  readonly reauthorization_required: number;
  /** Targets given up. */
  readonly failed: number;
  /** Targets not ended yet. */
  readonly remaining: number;
  /** Why the job could not find all its targets. */
  readonly problem?: string;
}

/** One target that ended, as job events tell it. */
export interface JobItem {
  /** Position in the job's events. */
  readonly seq: number;
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** How it ended. */
  readonly outcome: PlainRecovery["outcome"];
  /** The way that worked. */
  readonly by?: string;
  /** Why it did not. */
  readonly code?: string;
  /** In words. */
  readonly message?: string;
  /** HighLevel's trace id. */
  readonly traceId?: string;
  /** Where a person authorises the app again. */
  readonly authorizationUrl?: string;
}

/** What changed since a position. */
export interface JobChanges {
  /** Where the job stands. */
  readonly progress: JobProgress;
  /** Position of these changes: ask for what comes after it. */
  readonly seq: number;
  /** Targets that ended without tokens, in order. */
  readonly unrecovered: readonly JobItem[];
}

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
  /** The connections. */
  readonly targets: readonly JobTarget[];
  /** The agency of these locations, where it is known. */
  readonly companyId?: string;
  /** When the job was made, ms: what has younger tokens is done. */
  readonly since: number;
  /** Whether what was forgotten before that may come back. */
  readonly revives: boolean;
}

/** How one target of a message went. */
export interface JobReport {
  /** The target. */
  readonly target: JobTarget;
  /** How it ended. */
  readonly recovery: PlainRecovery;
}

/** The methods of a job's Durable Object. */
export interface JobApi {
  /** Begins a job; one that exists already stays as it is. */
  create(id: string, source: JobSource): Promise<void>;
  /** Adds targets; those already there are not added again. */
  add(targets: readonly JobTarget[]): Promise<void>;
  /** Lets the job run. */
  start(): Promise<void>;
  /** Those of `targets` that have not ended. */
  open(targets: readonly JobTarget[]): Promise<readonly JobTarget[]>;
  /** Notes how targets went: final ones count once, others keep their reason for later. */
  report(reports: readonly JobReport[]): Promise<void>;
  /** Ends targets that were tried too often, with the last reason known. */
  giveUp(targets: readonly JobTarget[]): Promise<void>;
  /** Where the job stands; `undefined` where there is none. */
  progress(): Promise<JobProgress | undefined>;
  /** What changed after `seq`. */
  changes(seq: number): Promise<JobChanges | undefined>;
}
