import type { AuthorizationGrant } from "../connections/authorize.ts";
import type { TokenState } from "../connections/check.ts";
import type { Connection } from "../connections/connection.ts";
import type { Recovery } from "../connections/recovery.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { TokenSet } from "../oauth/token_set.ts";
import type { HandedToken } from "./held_tokens.ts";
import type { JobEvent, JobSelection, WorkerJobs } from "./jobs.ts";
import type {
  DescribedConnection,
  ListedConnection,
  ListOptions,
  PlannedAgency,
  PlannedLocation,
} from "./listed.ts";
import type { TokenOptions } from "./token_source.ts";
import type { WorkerEvents } from "./undelivered.ts";

/** What an app's own page is to say of a connection. */
export interface ConnectionHealth {
  /**
   * `"none"`: it works. `"wait"`: it does not, and comes back without anybody. `"relink"`: a person has to authorise the app again, at
   * `url`.
   */
  readonly action: "none" | "wait" | "relink";
  /** Whether it does not because somebody suspended it, with `"wait"`: it works again once that is over. */
  readonly isSuspended?: boolean;
  /** Since when it does not work. */
  readonly since?: Date;
  /** Where a person authorises. */
  readonly url?: string;
}

/** A link for one customer. */
export interface RelinkLink {
  /** The link. */
  readonly url: string;
  /** Until when it is good. */
  readonly expiresAt: Date;
}

/** What was erased of a connection, and what remains of it. No personal data. */
export interface ErasureReceipt {
  /** How many of what, by where it was. */
  readonly erased: Readonly<Record<string, unknown>>;
  /** What remains, and until when; empty where that is nothing. */
  readonly remains: Readonly<Record<string, unknown>>;
}

/** Ends a request: the promise rejects with the signal's reason. */
export interface Abortable {
  /** The signal. */
  readonly signal?: AbortSignal;
}

/**
 * The connections that a deployed worker looks after, for another service. The names are those of `Connections`. Every method rejects
 * with a {@linkcode WorkerError} where the worker refuses, or cannot be reached, and with a `TypeError`, before any request, where an
 * argument is malformed. Methods without a remark do with a key of the role `service`.
 */
export interface WorkerClient {
  /**
   * A usable access token: the one held here as long as it serves, else the worker's. All callers of one connection share one request.
   *
   * @throws {WorkerError} `reauthorization_required` (with `authorizationUrl`), `location_inactive`, `not_installed`, or what may pass
   * (`retryable`); `rate_limited` where the worker has no other token than `rejected` for now.
   */
  accessToken(target: ConnectionTarget, options?: TokenOptions): Promise<string>;
  /**
   * The same, with when it ends and what it may do. Inspection shows no token; JSON does.
   *
   * @throws {WorkerError} as {@linkcode WorkerClient.accessToken}.
   */
  token(target: ConnectionTarget, options?: TokenOptions): Promise<HandedToken>;
  /**
   * Calls HighLevel's API, directly and not through the worker, with this connection's token; as `Connections.fetch`. A 401 is told to the
   * worker, which replaces the token, and the request is repeated once, unless HighLevel's words say that the token lives.
   *
   * @throws {TypeError} when `input` leads away from HighLevel: tokens are sent nowhere else.
   * @throws {WorkerError} as {@linkcode WorkerClient.accessToken}.
   */
  fetch(target: ConnectionTarget, input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** A `fetch` bound to one connection, for typed clients. */
  fetcher(
    target: ConnectionTarget,
  ): (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** What a page of your own is to say of a connection; `undefined` of one that nobody knows. */
  health(target: ConnectionTarget, options?: Abortable): Promise<ConnectionHealth | undefined>;
  /** Whether HighLevel takes the token that the worker holds, by one cheap call and without healing. */
  check(target: ConnectionTarget, options?: Abortable): Promise<TokenState>;
  /** What is known of a connection, and its history; `undefined` of one that nobody knows. Role `viewer`. */
  get(target: ConnectionTarget, options?: Abortable): Promise<DescribedConnection | undefined>;
  /** All connections, or those that `options` mean; a page is asked for when it is needed. Role `viewer`. */
  list(options?: ListOptions): AsyncGenerator<ListedConnection, void, undefined>;
  /** Who brings back what is lost: agencies first, then locations that only a person of their own brings back. Role `viewer`. */
  plan(options?: {
    /** @default {"reauthorization_required"} */
    readonly status?: "reauthorization_required" | "broken";
    /** Only this agency and its locations. */
    readonly companyId?: string;
    /** Ends the listing with the signal's reason. */
    readonly signal?: AbortSignal;
  }): AsyncGenerator<PlannedAgency | PlannedLocation, void, undefined>;
  /**
   * Brings a connection back, by the whole ladder. Trouble with HighLevel is told in the result. `companyId` is the agency of a location,
   * one more way back. Role `admin`.
   */
  recover(
    target: ConnectionTarget,
    options?: Abortable & { readonly details?: { readonly companyId?: string } },
  ): Promise<Recovery>;
  /**
   * Starts a bulk recovery at the worker and follows it to its end; see {@linkcode WorkerJobs}. The job goes on without its reader. Role
   * `admin`.
   */
  recoverMany(
    selection: JobSelection,
    options?: Abortable,
  ): AsyncGenerator<JobEvent, void, undefined>;
  /** Puts tokens got elsewhere under management. Role `admin`. */
  save(
    target: ConnectionTarget,
    tokens: TokenSet,
    details?: { readonly name?: string },
    options?: Abortable,
  ): Promise<void>;
  /**
   * The code that came to a callback of your own: the worker exchanges and saves it. Role `admin`.
   *
   * @throws {WorkerError} `invalid_grant`; `wrong_connection` when it is not for the one `expected`.
   */
  authorize(grant: AuthorizationGrant, options?: Abortable): Promise<Connection>;
  /** Makes a link for one customer, good for 14 days or `expiresInSeconds`. Role `admin`. */
  link(
    target: ConnectionTarget,
    options?: Abortable & { readonly expiresInSeconds?: number },
  ): Promise<RelinkLink>;
  /**
   * Suspends a connection: until it is resumed the worker hands out no token, and asks HighLevel for nothing. What it holds is kept. Role
   * `admin`.
   *
   * @throws {WorkerError} `store_failed` where near some readers the token may be served for a while; calling once more is right then.
   */
  suspend(target: ConnectionTarget, options?: Abortable & { readonly reason?: string }): Promise<void>;
  /** Resumes a suspended connection: what is due is done at once. Role `admin`. */
  resume(target: ConnectionTarget, options?: Abortable): Promise<void>;
  /** Forgets a connection and its tokens. Role `admin`. */
  forget(target: ConnectionTarget, options?: Abortable): Promise<void>;
  /** Erases a connection for good, and tells what was erased and what remains. Role `admin`. */
  erase(target: ConnectionTarget, options?: Abortable): Promise<ErasureReceipt>;
  /** Bulk recoveries. */
  readonly jobs: WorkerJobs;
  /** Events that an address does not have. */
  readonly events: WorkerEvents;
}
