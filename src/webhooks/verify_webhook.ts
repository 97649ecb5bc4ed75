import { fromBase64 } from "../stores/base64.ts";
import { invalidWebhook, type WebhookEvent, webhookEvent } from "./webhook_event.ts";

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
const MAX_BODY_BYTES = 1024 * 1024;

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
  if (request.bodyUsed) {
    throw new TypeError("verifyWebhook needs the raw body: call it before anything reads the request");
  }
  const signature = signatureOf(request.headers);
  const key = await importKey(publicKey);
  const body = await readBody(request);
  if (!await crypto.subtle.verify("Ed25519", key, signature, body)) {
    throw invalidWebhook(
      "The webhook's X-GHL-Signature does not match its body: it was altered, or HighLevel did not send it.",
    );
  }
  const event = webhookEvent(parseJson(body));
  const ageMs = now() - event.timestamp.getTime();
  // Written so that a NaN is refused.
  if (Math.abs(ageMs) <= toleranceMs) return event;
  const offBy = `${Math.round(Math.abs(ageMs) / 1000)} s ${ageMs > 0 ? "old" : "ahead of this clock"}`;
  throw invalidWebhook(`The webhook is ${offBy}, more than the ${toleranceMs / 1000} s allowed.`);
}

function signatureOf(headers: Headers): Uint8Array<ArrayBuffer> {
  const text = headers.get("X-GHL-Signature");
  if (text === null) {
    throw invalidWebhook(
      headers.has("X-WH-Signature")
        ? "The webhook has only X-WH-Signature, which HighLevel withdrew on 1 Jul 2026; X-GHL-Signature is needed."
        : "The webhook has no X-GHL-Signature.",
    );
  }
  const signature = fromBase64(text);
  if (signature?.length === 64) return signature;
  throw invalidWebhook("The webhook's X-GHL-Signature is not 64 bytes in base64.");
}

async function importKey(publicKey: string): Promise<CryptoKey> {
  const spki = fromBase64(publicKey);
  try {
    if (spki) return await crypto.subtle.importKey("spki", spki, "Ed25519", false, ["verify"]);
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotSupportedError") throw error; // the runtime has no Ed25519
  }
  throw new TypeError("publicKey must be an Ed25519 public key: SPKI in base64");
}

async function readBody({ body }: Request): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    chunks.push(part.value);
    size += part.value.length;
    if (size <= MAX_BODY_BYTES) continue;
    await reader?.cancel();
    throw invalidWebhook("The webhook's body is larger than 1 MiB.");
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw invalidWebhook("The webhook's body is not JSON.");
  }
}
