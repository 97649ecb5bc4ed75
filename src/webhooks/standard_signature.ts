import { fromBase64 } from "../stores/base64.ts";

/** What the signature of a webhook is made of, as the Standard Webhooks specification has it. */
export interface SignedContent {
  /** The header `webhook-id`. */
  readonly id: string;
  /** The header `webhook-timestamp`: seconds since the epoch. */
  readonly timestamp: string;
  /** The raw body. */
  readonly body: Uint8Array;
}

/** Bytes of a secret: fewer can be guessed, the specification allows no more. */
const [LEAST_BYTES, MOST_BYTES] = [24, 64];

/** Whether `text` is a secret of the specification: `whsec_` and 24 to 64 bytes in base64. */
export function isStandardSecret(text: string): boolean {
  const bytes = /^whsec_[A-Za-z0-9+/]+=*$/.test(text) ? fromBase64(text.slice(6)) : undefined;
  return bytes !== undefined && bytes.length >= LEAST_BYTES && bytes.length <= MOST_BYTES;
}

/** The key that signs, HMAC-SHA-256, of a secret that {@linkcode isStandardSecret}. */
export async function standardKey(secret: string): Promise<CryptoKey> {
  const bytes = fromBase64(secret.slice(6)) ?? new Uint8Array();
  return await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);
}

/** The bytes that are signed: `id.timestamp.body`. */
export function signedBytes({ id, timestamp, body }: SignedContent): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}
