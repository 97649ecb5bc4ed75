import type { Suspension } from "../../client/listed.ts";
import type { Connection } from "../../connections/connection.ts";
import type { ConnectionDetails } from "../../connections/options.ts";
import type { RecoveryPlan } from "../../connections/plan_all.ts";
import type { Recovery } from "../../connections/recovery.ts";
import type { ConnectionStatus } from "../../stores/status.ts";
import type { InstalledLocation } from "../../oauth/installed_locations.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { TokenSet } from "../../oauth/token_set.ts";

/** Statuses that a person's click ends. */
export const LOST_STATUSES = ["reauthorization_required", "broken"] as const;

/** One of {@linkcode LOST_STATUSES}. */
export type LostStatus = (typeof LOST_STATUSES)[number];

/** A connection to be recovered. */
export interface Wanted {
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** What the caller knows of it: its name, and the agency of a location, which is one more way back. */
  readonly details?: ConnectionDetails;
}

/** What connections a bulk job is for: the worker finds them itself. */
export type Selection = { readonly status: ConnectionStatus } | {
  readonly companyId: string;
  readonly installed: true;
};

/** A connection in a list: a store tells when its token ends, a worker since when it stands where it does. */
export interface ListedConnection extends Connection {
  /** Since when. */
  readonly since?: Date;
}

/** What happened to a connection. */
export interface HistoryLine {
  /** When. */
  readonly at: Date;
  /** What, as a name of the worker's. */
  readonly type: string;
  /** The way that worked. */
  readonly by?: string;
  /** Why it did not work, as an error's code. */
  readonly code?: string;
  /** The same in words. */
  readonly message?: string;
  /** HighLevel's trace id. */
  readonly traceId?: string;
  /** Who did it, where somebody did. */
  readonly actor?: string;
}

/** All that is known of one connection. */
export interface DescribedConnection {
  /** The connection. */
  readonly connection: Connection;
  /** When it is refreshed, or tried again, next. */
  readonly nextAt?: Date;
  /** That somebody suspended it; only a worker knows that. */
  readonly suspended?: Suspension;
  /** Where a person brings it back, where only a person can and the link is known. */
  readonly link?: string;
  /** What happened to it, the latest first; absent where nobody writes that down. */
  readonly history?: readonly HistoryLine[];
}

/** How far a bulk job is. */
export interface JobProgress {
  /** Connections of the job. */
  readonly total: number;
  /** Those recovered. */
  readonly recovered: number;
  /** Those paused. */
  readonly paused: number;
  /** Those that a person must authorise again. */
  readonly reauthorization_required: number;
  /** Those that failed. */
  readonly failed: number;
}

/** How {@linkcode Backend.recoverAll} works. */
export interface RecoverOptions {
  /** At most so many at once. */
  readonly concurrency: number;
  /** Ends the run; what is in flight is finished. */
  readonly signal?: AbortSignal;
}

/** A bulk job of a worker. */
export interface Job {
  /** Its id. */
  readonly id: string;
  /** Its page in the worker's dashboard. */
  readonly page: string;
}

/** Somebody to be asked, or an agency that nobody needs to ask: its locations come back without. */
export interface LinkLine {
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** Its name, where one is known. */
  readonly name?: string;
  /** The agency of a location: its name, else its id. */
  readonly agency?: string;
  /** How many lost locations an agency brings back. */
  readonly bringsBack?: number;
  /** Since when a location is lost. */
  readonly since?: Date;
  /** Why, as an error's code. */
  readonly cause?: string;
  /** The link; absent where nobody needs one, or where there is none. */
  readonly url?: string;
  /** Whether the agency is connected: its locations come back by a recovery. */
  readonly isConnected?: boolean;
}

/** What {@linkcode Backend.runJob} works with. */
export interface JobOptions {
  /** Ends the following; the job itself goes on at the worker. */
  readonly signal: AbortSignal;
  /** Told the job as soon as there is one. */
  readonly onStarted: (job: Job) => void;
  /** Told how far the job is. */
  readonly onProgress: (progress: JobProgress) => void;
  /** Told each connection that ended without tokens. */
  readonly onUnrecovered: (recovery: Recovery) => void;
}

/** What was erased of a connection, and what remains of it. No personal data. */
export interface Erased {
  /** How many of what, by where it was. */
  readonly erased: Readonly<Record<string, unknown>>;
  /** What remains, and until when; empty where that is nothing. */
  readonly remains: Readonly<Record<string, unknown>>;
}

/** Where connections are looked after: in this process over a local store, or by a deployed worker. */
export interface Backend {
  /** What it is, for messages. */
  readonly name: string;
  /** Recovers each; results in order of completion. */
  recoverAll(
    wanted: AsyncIterable<Wanted>,
    options: RecoverOptions,
  ): AsyncGenerator<Recovery, void, undefined>;
  /** Where each climb would start. Sends nothing to HighLevel. */
  plan(wanted: AsyncIterable<Wanted>): AsyncGenerator<RecoveryPlan, void, undefined>;
  /** A living access token. */
  accessToken(target: ConnectionTarget): Promise<string>;
  /** Every connection, or those of one status. */
  list(options?: { readonly status?: ConnectionStatus }): AsyncGenerator<ListedConnection, void, undefined>;
  /** Who is to be asked to bring back what has `status`: agencies first, then who is left. */
  links(status: LostStatus): AsyncGenerator<LinkLine, void, undefined>;
  /** Whether each link is for one connection alone, so that it is known when it was opened. */
  readonly hasOwnLinks: boolean;
  /** What is known of one connection. */
  get(target: ConnectionTarget): Promise<Connection | undefined>;
  /** All that is known of one connection. */
  describe(target: ConnectionTarget): Promise<DescribedConnection | undefined>;
  /** Takes tokens over. */
  save(target: ConnectionTarget, tokens: TokenSet, details?: ConnectionDetails): Promise<void>;
  /** Forgets a connection. */
  forget(target: ConnectionTarget): Promise<void>;
  /** Erases a connection for good, and tells what was erased and what remains. */
  erase(target: ConnectionTarget): Promise<Erased>;
  /** Where HighLevel says a company has the app installed. */
  installed(companyId: string): AsyncGenerator<InstalledLocation, void, undefined>;
  /**
   * Runs a selection as one job and follows it; only a worker has jobs. Returns why the worker could not find all its
   * connections, where it could not.
   */
  readonly runJob?: (selection: Selection, options: JobOptions) => Promise<string | undefined>;
  /** Where a person authorises the app, where that is the same for all. */
  readonly authorizationUrl?: string;
  /** Where a person authorises the app for one connection; only a worker has such links. */
  readonly linkFor?: (target: ConnectionTarget) => Promise<string | undefined>;
  /** Lets go of what it holds. */
  close(): void;
}
