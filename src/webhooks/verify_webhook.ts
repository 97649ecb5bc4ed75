import { check } from "../oauth/check.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import { readBytes } from "../oauth/read_bytes.ts";
import { fromBase64 } from "../stores/base64.ts";
import { type WebhookEvent, webhookEvent } from "./webhook_event.ts";

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
   * How far a webhook's timestamp may be off, either way, ms.
   * @default {300_000}
   */
  readonly toleranceMs?: number;
}

/** HighLevel's docs, "Webhook authentication". */
const HIGHLEVEL_PUBLIC_KEY = "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=";

/**
 * The event in a webhook request that HighLevel signed (`X-GHL-Signature`, Ed25519 over the raw body) within the last
 * minutes. Nothing of the body is believed, or even parsed, before its signature is checked. A repeat passes:
 * {@linkcode webhookSeen} tells it.
 *
 * @throws {HighLevelError} `invalid_webhook`, saying what is wrong and nothing of the body. Answer 401.
 * @throws {TypeError} when the body was read before, or `publicKey` is no Ed25519 key.
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
  request: Request,
  { publicKey = HIGHLEVEL_PUBLIC_KEY, now = Date.now, toleranceMs = 300_000 }: VerifyWebhookOptions = {},
): Promise<WebhookEvent> {
  check(!request.bodyUsed, "request must be verified before anything reads it");
  const { headers } = request;
  const signature = fromBase64(headers.get("X-GHL-Signature") ?? "");
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
  const body = await readBytes(request);
  if (!body) throw refusal("is larger than 1 MiB");
  if (!await crypto.subtle.verify("Ed25519", key, signature, body)) {
    throw refusal("does not match its X-GHL-Signature: it was altered, or HighLevel did not send it");
  }
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const event = webhookEvent(orUndefined<unknown>(() => JSON.parse(decoder.decode(body))));
  const ageMs = now() - event.timestamp.getTime();
  // Written so that a NaN is refused.
  if (Math.abs(ageMs) <= toleranceMs) return event;
  throw refusal(`is ${ageMs / 1000} s old, more than the ${toleranceMs / 1000} s allowed either way`);
}

function refusal(why: string): HighLevelError {
  return new HighLevelError("invalid_webhook", `The webhook ${why}.`);
}
