import { HighLevelError } from "../oauth/highlevel_error.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import type { StoredRecord, TokenStore } from "./token_store.ts";

/** Options of {@linkcode sealed}. */
export interface SealedOptions {
  /** Keys of 32 bytes in base64, as {@linkcode generateSealingKey} makes them. The first seals, all open. */
  readonly keys: readonly string[];
}

interface SealingKey {
  /** The first 8 hex digits of the key's SHA-256: tells keys apart, tells nothing of them. */
  readonly id: string;
  readonly key: CryptoKey;
}

interface KeyRing {
  readonly first: SealingKey;
  readonly all: readonly SealingKey[];
}

const ENVELOPE = "s1.";
const NONCE_BYTES = 12;
const MAX_REMEMBERED = 500;

/**
 * A new key for {@linkcode sealed}: 32 random bytes in base64.
 *
 * @example
 * ```ts
 * if (generateSealingKey().length !== 44) throw new Error("44 characters expected");
 * ```
 */
export function generateSealingKey(): string {
  return toBase64(crypto.getRandomValues(new Uint8Array(32)));
}

/**
 * `store`, with the body of every record encrypted (AES-256-GCM) on its way in and decrypted on its way out.
 *
 * - A sealed record opens only under the key it was put under, unaltered, and with a key of `keys`.
 * - To change keys put the new one first; drop the old one when every record has been written again.
 * - The summary and `dropAt` stay readable and are not protected: they serve lists, decide nothing by them.
 * - A record that was stored plain is read as it is and sealed by its next put, so sealing can be switched on at any time. So
 *   sealing keeps secrets from whoever reads the store; it does not keep out whoever may write to it.
 *
 * @throws {TypeError} naming `keys[i]`, when there is no key or one is not 32 bytes of base64.
 *
 * @example
 * ```ts
 * import { MemoryStore } from "@reconnect/highlevel";
 *
 * const inner = new MemoryStore();
 * const store = sealed(inner, { keys: [generateSealingKey()] });
 * const summary = { status: "connected", updatedAt: Date.now() } as const;
 * await store.put("app/location/l1C08ntBrFjLS0elLIYU", { format: 1, summary, body: "a secret" });
 * const kept = await inner.get("app/location/l1C08ntBrFjLS0elLIYU");
 * const opened = await store.get("app/location/l1C08ntBrFjLS0elLIYU");
 * if (kept?.body.includes("a secret") || opened?.body !== "a secret") throw new Error("not sealed");
 * ```
 */
export function sealed(store: TokenStore, { keys }: SealedOptions): TokenStore {
  const [firstBytes, ...otherBytes] = keys.map(keyBytes);
  if (!firstBytes) throw new TypeError("keys needs at least one key: generateSealingKey() makes one");
  let keyRing: KeyRing | undefined;
  // Imported at first use. No promise is kept: a Workers request must not wait for one that another request began.
  const ring = async (): Promise<KeyRing> => keyRing ??= await importRing(firstBytes, otherBytes);
  // Both remember under which key a record was opened: a copy under another key must fail as it would without them.
  const openedRecords = new WeakMap<StoredRecord, { key: string; record: StoredRecord }>();
  const openedBodies = new Map<string, { key: string; body: string }>();

  async function get(key: string): Promise<StoredRecord | undefined> {
    const record = await store.get(key);
    if (!record?.body.startsWith(ENVELOPE)) return record;
    const known = recordOf(key, record);
    if (known) return known;
    const body = await openBody(key, record.body);
    // A concurrent call may have been first, and callers cache by identity.
    return recordOf(key, record) ?? rememberRecord(key, record, { ...record, body });
  }

  async function put(key: string, record: StoredRecord): Promise<void> {
    const { first } = await ring();
    const envelope = { ...record, body: await seal(first, key, record.body) };
    rememberRecord(key, envelope, record);
    rememberBody(key, envelope.body, record.body);
    await store.put(key, envelope);
  }

  async function openBody(key: string, envelope: string): Promise<string> {
    const known = openedBodies.get(envelope);
    if (known?.key === key) return known.body;
    const { all } = await ring();
    const body = await open(all, key, envelope);
    rememberBody(key, envelope, body);
    return body;
  }

  function recordOf(key: string, envelope: StoredRecord): StoredRecord | undefined {
    const known = openedRecords.get(envelope);
    return known?.key === key ? known.record : undefined;
  }

  function rememberRecord(key: string, envelope: StoredRecord, record: StoredRecord): StoredRecord {
    openedRecords.set(envelope, { key, record: Object.freeze(record) });
    return record;
  }

  function rememberBody(key: string, envelope: string, body: string): void {
    openedBodies.set(envelope, { key, body });
    if (openedBodies.size <= MAX_REMEMBERED) return;
    for (const oldest of openedBodies.keys()) return void openedBodies.delete(oldest);
  }

  const lock: TokenStore["lock"] = store.lock?.bind(store);
  return {
    get,
    put,
    delete: (key) => store.delete(key),
    list: (options) => store.list(options),
    ...lock && { lock },
  };
}

function keyBytes(text: string, index: number): Uint8Array<ArrayBuffer> {
  const bytes = typeof text === "string" ? fromBase64(text) : undefined;
  if (bytes?.length === 32) return bytes;
  throw new TypeError(`keys[${index}] must be 32 bytes in base64: generateSealingKey() makes one`);
}

async function importRing(
  firstBytes: Uint8Array<ArrayBuffer>,
  otherBytes: readonly Uint8Array<ArrayBuffer>[],
): Promise<KeyRing> {
  const [first, others] = await Promise.all([
    importKey(firstBytes),
    Promise.all(otherBytes.map(importKey)),
  ]);
  return { first, all: [first, ...others] };
}

async function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<SealingKey> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const id = [...digest.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  return { id, key };
}

async function seal(sealingKey: SealingKey, recordKey: string, body: string): Promise<string> {
  const encoder = new TextEncoder();
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const algorithm = { name: "AES-GCM", iv, additionalData: encoder.encode(recordKey) };
  const ciphertext = await crypto.subtle.encrypt(algorithm, sealingKey.key, encoder.encode(body));
  const bytes = new Uint8Array(NONCE_BYTES + ciphertext.byteLength);
  bytes.set(iv);
  bytes.set(new Uint8Array(ciphertext), NONCE_BYTES);
  return `${ENVELOPE}${sealingKey.id}.${toBase64(bytes)}`;
}

async function open(ring: readonly SealingKey[], recordKey: string, envelope: string): Promise<string> {
  const [, id, text = ""] = /^s1\.([0-9a-f]{8})\.([^.]+)$/.exec(envelope) ?? [];
  const bytes = fromBase64(text);
  // The comparison makes the text unique: base64 of other lengths, blanks or stray bits would decode alike.
  if (id === undefined || !bytes || toBase64(bytes) !== text) throw altered(recordKey);
  const sealingKey = ring.find((candidate) => candidate.id === id);
  if (!sealingKey) {
    throw new HighLevelError(
      "store_failed",
      `The record under ${recordKey} is sealed with key ${id}, which is not among the given keys. Add that key after the first.`,
    );
  }
  const additionalData = new TextEncoder().encode(recordKey);
  const algorithm = { name: "AES-GCM", iv: bytes.subarray(0, NONCE_BYTES), additionalData };
  try {
    const body = await crypto.subtle.decrypt(algorithm, sealingKey.key, bytes.subarray(NONCE_BYTES));
    return new TextDecoder().decode(body);
  } catch {
    throw altered(recordKey); // WebCrypto never says why, and rightly so
  }
}

function altered(recordKey: string): HighLevelError {
  return new HighLevelError(
    "store_failed",
    `The sealed record under ${recordKey} does not open: it was altered, cut or copied from another key.`,
  );
}
