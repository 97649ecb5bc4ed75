/**
 * Connections that cannot stay lost: tokens kept in a store, refreshed, and recovered when they are dead.
 *
 * @module
 */
export { Connections } from "./connections.ts";
export type { AccessTokenOptions, ConnectionDetails, ConnectionsOptions, SaveDetails } from "./options.ts";
export type { AuthorizationGrant } from "./authorize.ts";
export type { TokenState } from "./check.ts";
export type { MaintainOptions } from "./maintain.ts";
export type { RecoverAllOptions } from "./recover.ts";
export type { RecoveryPlan } from "./plan_all.ts";
export type { Connection, ConnectionPage } from "./connection.ts";
export type { ConnectionEvent } from "./events.ts";
export type { Recovery, RecoveryAttempt, RecoveryWay } from "./recovery.ts";
export type { ConnectionStatus } from "../stores/status.ts";
export type { HighLevelApp } from "../oauth/highlevel_app.ts";
export type { HighLevelErrorCode } from "../oauth/highlevel_error.ts";
export { HighLevelError } from "../oauth/highlevel_error.ts";
export type { ConnectionTarget, UserType } from "../oauth/target.ts";
export type { TokenAnswer, TokenSet } from "../oauth/token_set.ts";
export type { TokenStore } from "../stores/token_store.ts";
export type { ApiVersion, ClientCredentials } from "../oauth/highlevel_app.ts";
export type { HighLevelErrorReason } from "../oauth/highlevel_error.ts";
export type { PutOptions, StoredRecord, StoreListOptions, StorePage } from "../stores/token_store.ts";
export type { RecordSummary } from "../stores/token_store.ts";
