import { check } from "../oauth/check.ts";
import { fromBase64, toBase64 } from "../stores/base64.ts";
import { checkSealingKey, sealingKeyId } from "../stores/sealing_key.ts";

const NONCE_BYTES = 12;
/** What is sealed for an export opens as nothing else, and nothing else as an export. */
const PURPOSE = "highlevel-reconnect export";

interface ExportKey {
  readonly id: string;
  readonly key: CryptoKey;
}

/**
 * The keys of an export: AES-256-GCM under keys made by HKDF from sealing keys. What is sealed is bound to the export's first line
 * and to a name, so that neither lines nor files can be swapped.
 */
export class ExportKeys {
  readonly #keys: readonly ExportKey[];

  private constructor(keys: readonly ExportKey[]) {
    this.#keys = keys;
  }

  /**
   * Those made from `keys`.
   *
   * @throws {TypeError} naming `keys[i]`, where there is none or one is not 32 bytes of base64.
   */
  static async from(keys: readonly string[]): Promise<ExportKeys> {
    check(
      Array.isArray(keys) && keys.length > 0,
      "keys must be a list of keys: generateSealingKey() makes one",
    );
    return new ExportKeys(await Promise.all(keys.map(importKey)));
  }

  /** The name of the first key, which seals. */
  get first(): string {
    return this.#keys[0]?.id ?? "";
  }

  /** Whether the key with this name is among them. */
  has(id: string): boolean {
    return this.#keys.some((key) => key.id === id);
  }

  /** `text` sealed under the key `id`, bound to the export whose first line is `header`, and to `name`. */
  async seal(id: string, header: string, name: string, text: string): Promise<string> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const sealed = await crypto.subtle.encrypt(
      cipher(nonce, header, name),
      this.#key(id),
      new TextEncoder().encode(text),
    );
    const bytes = new Uint8Array(NONCE_BYTES + sealed.byteLength);
    bytes.set(nonce);
    bytes.set(new Uint8Array(sealed), NONCE_BYTES);
    return toBase64(bytes);
  }

  /** What {@linkcode ExportKeys.seal} sealed; `undefined` where it was altered, or sealed for something else. */
  async open(id: string, header: string, name: string, sealed: string): Promise<string | undefined> {
    const bytes = fromBase64(sealed) ?? new Uint8Array();
    try {
      const opened = await crypto.subtle.decrypt(
        cipher(bytes.subarray(0, NONCE_BYTES), header, name),
        this.#key(id),
        bytes.subarray(NONCE_BYTES),
      );
      return new TextDecoder().decode(opened);
    } catch {
      return undefined; // WebCrypto never says why, and rightly so
    }
  }

  #key(id: string): CryptoKey {
    const found = this.#keys.find((key) => key.id === id);
    check(found !== undefined, `keys must have the key ${id}, under which the export is sealed`);
    return found.key;
  }
}

function cipher(iv: Uint8Array<ArrayBuffer>, header: string, name: string): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(`${header}\n${name}`) };
}

async function importKey(text: string, index: number): Promise<ExportKey> {
  const bytes = checkSealingKey(text, index);
  const base = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new TextEncoder().encode(PURPOSE) },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
  return { id: await sealingKeyId(bytes), key };
}
