/** A signer of webhooks with a key pair of its own. */
export interface Signer {
  /** What `verifyWebhook` takes as `publicKey`. */
  readonly publicKey: string;
  /** A request whose body is `body`, signed. `headers` come last and may replace the signature. */
  sign(body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>): Promise<Request>;
}

/** A new {@linkcode Signer}. */
export async function createSigner(): Promise<Signer> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("publicKey" in pair)) throw new Error("Ed25519 gives a pair");
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)).toBase64();
  return {
    publicKey,
    async sign(body, headers) {
      const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
      const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, bytes));
      return webhookRequest(bytes, { "X-GHL-Signature": signature.toBase64(), ...headers });
    },
  };
}

/** A webhook request as HighLevel would send it. */
export function webhookRequest(body: BodyInit, headers: Record<string, string>): Request {
  const init = { method: "POST", body, headers: { "Content-Type": "application/json", ...headers } };
  return new Request("https://app.example/webhooks/highlevel", init);
}
