import { check } from "../oauth/check.ts";
import { fromBase64 } from "./base64.ts";

/** The bytes of the sealing key `text`, or `undefined` when it is none. */
export function sealingKeyBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = fromBase64(text);
  return bytes?.length === 32 ? bytes : undefined;
}

/** The bytes of the sealing key `text`. @throws {TypeError} naming `keys[index]`, when it is none. */
export function checkSealingKey(text: string, index: number): Uint8Array<ArrayBuffer> {
  const bytes = sealingKeyBytes(`${text}`);
  check(bytes !== undefined, `keys[${index}] must be 32 bytes in base64: generateSealingKey() makes one`);
  return bytes;
}

/** The name of a sealing key: the first 8 hex digits of the SHA-256 of its bytes. Tells keys apart, tells nothing of them. */
export async function sealingKeyId(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).subarray(0, 4));
}

/** `bytes` in hex digits. */
export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
