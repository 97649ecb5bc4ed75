/** The name of a sealing key: the first 8 hex digits of the SHA-256 of its bytes. Tells keys apart, tells nothing of them. */
export async function sealingKeyId(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).subarray(0, 4));
}

/** `bytes` in hex digits. */
export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
