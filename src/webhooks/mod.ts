/**
 * HighLevel's webhooks: what was signed, read; what came before, told.
 *
 * @module
 */
export { verifyWebhook, type VerifyWebhookOptions } from "./verify_webhook.ts";
export {
  type StandardWebhook,
  verifyStandardWebhook,
  type VerifyStandardWebhookOptions,
} from "./verify_standard_webhook.ts";
export type { WebhookMessage } from "./webhook_message.ts";
export type { InstallEvent, OtherWebhookEvent, UninstallEvent, WebhookEvent } from "./webhook_event.ts";
export { webhookSeen, type WebhookSeenOptions } from "./webhook_seen.ts";
export type { TokenStore } from "../stores/token_store.ts";
export type { PutOptions, StoredRecord, StoreListOptions, StorePage } from "../stores/token_store.ts";
export type { RecordSummary } from "../stores/token_store.ts";
export type { ConnectionStatus } from "../stores/status.ts";
