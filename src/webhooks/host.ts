/*
 * What the webhooks' room shows to hosts of this repository beside its door. Nothing here is promised to anybody else.
 */
export { isStandardSecret, signedBytes, type SignedContent, standardKey } from "./standard_signature.ts";
export { webhookEvent } from "./webhook_event.ts";
