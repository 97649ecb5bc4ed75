import { hex } from "../stores/sealing_key.ts";

/**
 * The digest of all lines up to `line`, after `before`, that of the lines before it: SHA-256 in hex. A chain, because WebCrypto takes
 * no streams, and so that it can go on in another process.
 */
export async function chainedDigest(before: string, line: string): Promise<string> {
  return hex(
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${before}\n${line}`))),
  );
}
