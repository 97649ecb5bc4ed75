import { base64 } from "./base64.ts";

/** A webhook ready to be sent. */
export interface SignedWebhook {
  /** The exact text that was signed. */
  readonly body: string;
  /** `content-type` and `x-ghl-signature`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Signs webhooks as HighLevel does (Ed25519 over the raw bytes), with a key pair made on first use. */
export class WebhookSigner {
  #keys: Promise<CryptoKeyPair> | undefined;

  /** The body as text, with its signature. */
  async sign(body: string | object): Promise<SignedWebhook> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const { privateKey } = await this.#pair();
    const signature = await crypto.subtle.sign("Ed25519", privateKey, new TextEncoder().encode(text));
    return {
      body: text,
      headers: {
        "content-type": "application/json",
        "x-ghl-signature": base64(new Uint8Array(signature)),
      },
    };
  }

  /** The public key: SPKI in base64, as HighLevel publishes its own. */
  async publicKey(): Promise<string> {
    const { publicKey } = await this.#pair();
    return base64(new Uint8Array(await crypto.subtle.exportKey("spki", publicKey)));
  }

  #pair(): Promise<CryptoKeyPair> {
    this.#keys ??= makePair();
    return this.#keys;
  }
}

async function makePair(): Promise<CryptoKeyPair> {
  const made = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("privateKey" in made)) throw new Error("This runtime makes no Ed25519 key pairs.");
  return made;
}
