/**
 * A client of a deployed worker, for other services: tokens held as long as they serve, HighLevel's API asked with them, and all that the
 * worker offers, typed. On Deno, Node, Bun and Workers. A key in a browser would be everybody's: there, ask a service of your own.
 *
 * @module
 */
export { createClient } from "./create_client.ts";
export type { ClientOptions, WorkerAddress } from "./options.ts";
export type { Abortable, ConnectionHealth, ErasureReceipt, RelinkLink, WorkerClient } from "./client.ts";
export type { HandedToken } from "./held_tokens.ts";
export type { TokenOptions } from "./token_source.ts";
export type {
  DescribedConnection,
  HistoryEntry,
  ListedConnection,
  ListOptions,
  PlannedAgency,
  PlannedLocation,
  Suspension,
} from "./listed.ts";
export type { Job, JobEvent, JobSelection, JobStatus, WorkerJobs } from "./jobs.ts";
export type { EventDelivery, UndeliveredEvent, WorkerEvents } from "./undelivered.ts";
export {
  type FieldFault,
  WorkerError,
  type WorkerErrorDetails,
  type WorkerProblem,
  type WorkerProblemCode,
} from "./worker_error.ts";
export type { AuthorizationGrant } from "../connections/authorize.ts";
export type { TokenState } from "../connections/check.ts";
export type { Connection } from "../connections/connection.ts";
export type { Recovery, RecoveryAttempt, RecoveryWay } from "../connections/recovery.ts";
export type { ApiVersion, ClientCredentials, HighLevelApp } from "../oauth/highlevel_app.ts";
export {
  HighLevelError,
  type HighLevelErrorCode,
  type HighLevelErrorDetails,
  type HighLevelErrorReason,
} from "../oauth/highlevel_error.ts";
export type { ConnectionTarget, UserType } from "../oauth/target.ts";
export type { TokenSet } from "../oauth/token_set.ts";
export type { ConnectionStatus } from "../stores/status.ts";
