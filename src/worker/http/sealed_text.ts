import { fromBase64, toBase64 } from "../../stores/host.ts";

const NONCE_BYTES = 12;

/**
 * Seals `text`, so that it can stand in a URL and tells nobody anything: AES-256-GCM in base64url, under a key that is made
 * for `purpose` from the first of `sealingKeys`.
 */
export async function sealText(
  sealingKeys: readonly string[],
  purpose: string,
  text: string,
): Promise<string> {
  return await sealBytes(sealingKeys, purpose, new TextEncoder().encode(text));
}

/** {@linkcode sealText} of bytes: the result has 28 bytes more than they are, in base64url. */
export async function sealBytes(
  sealingKeys: readonly string[],
  purpose: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const [first = ""] = sealingKeys;
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const key = await keyFor(first, purpose);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes);
  return urlText(new Uint8Array([...iv, ...new Uint8Array(sealed)]));
}

/**
 * The text that {@linkcode sealText} sealed for the same purpose under any of `sealingKeys`; `undefined` where it was
 * altered, or sealed for something else.
 */
export async function openText(
  sealingKeys: readonly string[],
  purpose: string,
  sealed: string,
): Promise<string | undefined> {
  const bytes = await openBytes(sealingKeys, purpose, sealed);
  return bytes && new TextDecoder().decode(bytes);
}

/** The bytes that {@linkcode sealBytes} sealed, as {@linkcode openText} gives a text. */
export async function openBytes(
  sealingKeys: readonly string[],
  purpose: string,
  sealed: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = fromBase64(sealed.replaceAll("-", "+").replaceAll("_", "/")) ?? new Uint8Array();
  if (urlText(bytes) !== sealed) return undefined; // the last character has bits that say nothing
  const [iv, rest] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES)];
  for (const sealingKey of sealingKeys) {
    const key = await keyFor(sealingKey, purpose);
    const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, rest).catch(() => undefined);
    if (opened) return new Uint8Array(opened);
  }
  return undefined;
}

function urlText(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The key for `purpose`, by HKDF: what is sealed for one purpose opens for no other, nor as a record. */
async function keyFor(sealingKey: string, purpose: string): Promise<CryptoKey> {
  const secret = fromBase64(sealingKey) ?? new Uint8Array();
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const [salt, info] = [new Uint8Array(), new TextEncoder().encode(purpose)];
  return await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt, info },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}
