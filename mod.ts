/**
 * A HighLevel connection that cannot stay lost: OAuth tokens of marketplace apps, kept, refreshed and recovered with
 * nothing but `fetch`.
 *
 * @module
 */
export { reconnect, type ReconnectGrant } from "./src/oauth/reconnect.ts";
export { type CodeExchange, exchangeCode } from "./src/oauth/exchange_code.ts";
export { type RefreshRequest, refreshTokens } from "./src/oauth/refresh_tokens.ts";
export { locationToken, type LocationTokenRequest } from "./src/oauth/location_token.ts";
export {
  type InstalledLocation,
  installedLocations,
  type InstalledLocationsRequest,
} from "./src/oauth/installed_locations.ts";
export { type AuthorizationRequest, authorizationUrl } from "./src/oauth/authorization_url.ts";
export { recoverTokens } from "./src/oauth/recover_tokens.ts";
export type { TokenAnswer, TokenSet } from "./src/oauth/token_set.ts";
export type {
  ApiVersion,
  ClientCredentials,
  HighLevelApp,
  RequestOptions,
} from "./src/oauth/highlevel_app.ts";
export type { ConnectionTarget, UserType } from "./src/oauth/target.ts";
export {
  HighLevelError,
  type HighLevelErrorCode,
  type HighLevelErrorDetails,
  type HighLevelErrorReason,
} from "./src/oauth/highlevel_error.ts";
export {
  type AccessTokenOptions,
  type AuthorizationGrant,
  type ConnectionDetails,
  Connections,
  type ConnectionsOptions,
  type RecoveryPlan,
} from "./src/connections/connections.ts";
export type { Connection, ConnectionPage } from "./src/connections/connection.ts";
export type { ConnectionEvent } from "./src/connections/events.ts";
export type { Recovery, RecoveryAttempt, RecoveryWay } from "./src/connections/recovery.ts";
export type { ConnectionStatus } from "./src/connections/status.ts";
export type {
  RecordSummary,
  StoredRecord,
  StoreListOptions,
  StorePage,
  TokenStore,
} from "./src/stores/token_store.ts";
export { MemoryStore, type MemoryStoreOptions } from "./src/stores/memory_store.ts";
export {
  CloudflareKvStore,
  type CloudflareKvStoreOptions,
  type KvNamespaceLike,
  type KvNamespacePage,
} from "./src/stores/cloudflare_kv_store.ts";
export { DenoKvStore, type DenoKvStoreOptions } from "./src/stores/deno_kv_store.ts";
export type { DenoKvAtomic, DenoKvEntry, DenoKvKey, DenoKvLike } from "./src/stores/deno_kv_like.ts";
export { generateSealingKey, sealed, type SealedOptions } from "./src/stores/sealed.ts";
export {
  verifyWebhook,
  type VerifyWebhookOptions,
  type WebhookMessage,
} from "./src/webhooks/verify_webhook.ts";
export type {
  InstallEvent,
  OtherWebhookEvent,
  UninstallEvent,
  WebhookEvent,
} from "./src/webhooks/webhook_event.ts";
export { webhookSeen, type WebhookSeenOptions } from "./src/webhooks/webhook_seen.ts";
