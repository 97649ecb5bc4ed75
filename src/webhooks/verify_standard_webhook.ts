import { check, given } from "../oauth/check.ts";
import { isText } from "../oauth/fields.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import { fromBase64 } from "../stores/base64.ts";
import { isStandardSecret, signedBytes, standardKey } from "./standard_signature.ts";
import { bytesOf, headerOf, refusal, type WebhookMessage } from "./webhook_message.ts";

/** Options of {@linkcode verifyStandardWebhook}. */
export interface VerifyStandardWebhookOptions {
  /** What the sender signs with: `whsec_` and 24 to 64 bytes in base64. While they are changed, the old one and the new one. */
  readonly secrets: readonly string[];
  /**
   * How far the sender's clock may be from this one, ms, both ways. Every try has its own timestamp.
   * @default {300_000}
   */
  readonly toleranceMs?: number;
  /**
   * The clock, ms since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/** A webhook that was signed by one of the secrets. */
export interface StandardWebhook {
  /** Names the event (`webhook-id`): a repeat has the same. */
  readonly id: string;
  /** When this try was sent (`webhook-timestamp`). */
  readonly sentAt: Date;
  /** The raw body, as it was signed. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** The body as JSON; `undefined` where it is none. */
  readonly payload: unknown;
}

/** Signatures of one webhook that are looked at. */
const MOST_SIGNATURES = 10;
const SIGNATURE_BYTES = 32;

/**
 * The webhook in a request that is signed as the Standard Webhooks specification says (`webhook-id`, `webhook-timestamp`,
 * `webhook-signature` with `v1`, HMAC-SHA-256), as the worker sends its events. Any of several signatures by any of `secrets` will
 * do. Signatures are compared in constant time. A repeat passes: remember ids.
 *
 * Answer any 2xx where it was taken, 401 where it is refused. One of HighLevel's own webhooks that was passed on still has
 * HighLevel's signature: `verifyWebhook({ headers: request.headers, body }, { toleranceMs: 4 * 86_400_000 })`.
 *
 * @throws {HighLevelError} `invalid_webhook`, saying what is wrong and nothing of the body.
 * @throws {TypeError} when the body was read or parsed before, or `secrets` are none.
 *
 * @example
 * ```ts
 * import { HighLevelError } from "@reconnect/highlevel";
 *
 * const secrets = ["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"];
 *
 * async function handle(request: Request): Promise<Response> {
 *   try {
 *     const { id, payload } = await verifyStandardWebhook(request, { secrets });
 *     console.log(id, payload);
 *     return new Response(null, { status: 204 });
 *   } catch (error) {
 *     if (error instanceof HighLevelError) return new Response(error.message, { status: 401 });
 *     throw error;
 *   }
 * }
 *
 * const forged = await handle(new Request("https://app.example/events", { method: "POST", body: "{}" }));
 * if (forged.status !== 401) throw new Error("a forged event passed");
 * ```
 */
export async function verifyStandardWebhook(
  request: Request | WebhookMessage,
  options: VerifyStandardWebhookOptions,
): Promise<StandardWebhook> {
  const { secrets = [], toleranceMs = 300_000, now = Date.now } = given(options);
  const isRight = Array.isArray(secrets) && secrets.length > 0 && secrets.every(isSecret);
  check(isRight, "secrets must be whsec_ and 24 to 64 bytes in base64, one at least");
  const id = headerOf(request, "webhook-id");
  const timestamp = headerOf(request, "webhook-timestamp");
  const signatures = headerOf(request, "webhook-signature").split(" ").slice(0, MOST_SIGNATURES)
    .map((one) => one.startsWith("v1,") ? fromBase64(one.slice(3)) : undefined)
    .filter((one) => one?.length === SIGNATURE_BYTES);
  if (!id || !/^\d{1,12}$/.test(timestamp) || signatures.length === 0) {
    throw refusal("lacks webhook-id, webhook-timestamp (seconds) or a v1 webhook-signature");
  }
  const body = await bytesOf(request);
  const content = signedBytes({ id, timestamp, body });
  const keys = await Promise.all(secrets.map(standardKey));
  const fits = await Promise.all(
    keys.flatMap((key) =>
      signatures.map((signature) =>
        signature !== undefined && crypto.subtle.verify("HMAC", key, signature, content)
      )
    ),
  );
  if (!fits.includes(true)) {
    throw refusal("does not match its webhook-signature: it was altered, or another secret signed it");
  }
  const offMs = Math.abs(now() - Number(timestamp) * 1000);
  // Written so that a NaN is refused.
  if (!(offMs <= toleranceMs)) {
    throw refusal(`is ${offMs / 1000} s off this clock, more than the ${toleranceMs / 1000} s allowed`);
  }
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const payload = orUndefined<unknown>(() => JSON.parse(decoder.decode(body)));
  return { id, sentAt: new Date(Number(timestamp) * 1000), body, payload };
}

function isSecret(secret: unknown): boolean {
  return isText(secret) && isStandardSecret(secret);
}
