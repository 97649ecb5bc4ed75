import { orUndefined } from "../oauth/or_undefined.ts";
import { fromBase64, toBase64 } from "../stores/base64.ts";
import { type WebhookEvent, webhookEvent } from "./webhook_event.ts";
import { bytesOf, headerOf, refusal, type WebhookMessage } from "./webhook_message.ts";

/** Options of {@linkcode verifyWebhook}. */
export interface VerifyWebhookOptions {
  /**
   * The Ed25519 key that signs: SPKI in base64.
   * @default {HighLevel's}
   */
  readonly publicKey?: string;
  /**
   * The clock, ms since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
  /**
   * How old a webhook's timestamp may be, ms. HighLevel delivers again for more than an hour after a 429, and what a queue
   * held back comes later still. More than 5 minutes in the future is refused whatever this says.
   * @default {86_400_000}
   */
  readonly toleranceMs?: number;
}

/** HighLevel's docs, "Webhook authentication". */
const HIGHLEVEL_PUBLIC_KEY = "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=";

/** Clocks differ: a webhook may be from the future by this, ms. */
const LARGEST_SKEW_MS = 300_000;

/**
 * The event in a webhook request that HighLevel signed (`X-GHL-Signature`, Ed25519 over the raw body) within the last day.
 * Nothing of the body is believed, or even parsed, before its signature is checked. A repeat passes:
 * {@linkcode webhookSeen} tells it.
 *
 * Answer 401 where it is refused. HighLevel delivers again only after a 429: answer that, with `Retry-After`, for trouble of
 * yours that may pass; every other answer is final.
 *
 * @throws {HighLevelError} `invalid_webhook`, saying what is wrong and nothing of the body.
 * @throws {TypeError} when the body was read or parsed before, or `publicKey` is no Ed25519 key.
 *
 * @example
 * ```ts
 * import { HighLevelError } from "@reconnect/highlevel";
 *
 * async function handle(request: Request): Promise<Response> {
 *   try {
 *     const event = await verifyWebhook(request);
 *     if (event.type === "UNINSTALL") console.log("gone:", event.locationId ?? event.companyId);
 *     return new Response(null, { status: 204 });
 *   } catch (error) {
 *     if (error instanceof HighLevelError) return new Response(error.message, { status: 401 });
 *     throw error;
 *   }
 * }
 *
 * const forged = await handle(new Request("https://app.example/webhooks", { method: "POST", body: "{}" }));
 * if (forged.status !== 401) throw new Error("a forged webhook passed");
 * ```
 */
export async function verifyWebhook(
  request: Request | WebhookMessage,
  { publicKey = HIGHLEVEL_PUBLIC_KEY, now = Date.now, toleranceMs = 86_400_000 }: VerifyWebhookOptions = {},
): Promise<WebhookEvent> {
  const signature = fromBase64(headerOf(request, "x-ghl-signature"));
  if (signature?.length !== 64) {
    // HighLevel withdrew X-WH-Signature on 1 Jul 2026.
    throw refusal("has no X-GHL-Signature of 64 bytes in base64; X-WH-Signature is withdrawn");
  }
  const spki = fromBase64(publicKey) ?? new Uint8Array();
  const key = await crypto.subtle.importKey("spki", spki, "Ed25519", false, ["verify"]).catch(
    (error: Error) => {
      // A runtime without Ed25519 says so itself.
      throw error.name === "NotSupportedError"
        ? error
        : new TypeError("publicKey must be an Ed25519 key: SPKI in base64");
    },
  );
  const body = await bytesOf(request);
  if (!await crypto.subtle.verify("Ed25519", key, signature, body)) {
    throw refusal("does not match its X-GHL-Signature: it was altered, or HighLevel did not send it");
  }
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const receivedAt = now();
  const hash = toBase64(new Uint8Array(await crypto.subtle.digest("SHA-256", body)));
  const event = webhookEvent(orUndefined<unknown>(() => JSON.parse(decoder.decode(body))), {
    timestamp: new Date(receivedAt),
    webhookId: `sha256-${hash.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`,
  });
  const ageMs = receivedAt - event.timestamp.getTime();
  const aheadMs = Math.min(LARGEST_SKEW_MS, toleranceMs);
  // Written so that a NaN is refused.
  if (ageMs <= toleranceMs && ageMs >= -aheadMs) return event;
  throw refusal(
    ageMs < 0
      ? `is ${-ageMs / 1000} s ahead of this clock, more than the ${aheadMs / 1000} s allowed`
      : `is ${ageMs / 1000} s old, more than the ${toleranceMs / 1000} s allowed`,
  );
}
