import { check, given } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import type { HighLevelError } from "../oauth/highlevel_error.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { unreadable } from "./read_record.ts";
import { checkSealingKey, sealingKeyId } from "./sealing_key.ts";
import type { StoredRecord, TokenStore } from "./token_store.ts";
export type { TokenStore } from "./token_store.ts";
export type { PutOptions, StoredRecord, StoreListOptions, StorePage } from "./token_store.ts";
export type { RecordSummary } from "./token_store.ts";
export type { ConnectionStatus } from "./status.ts";

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

/** A record as the store below has it, and what it opened to. */
interface Opened {
  readonly envelope: StoredRecord;
  readonly record: StoredRecord;
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
 * - Versions, locks with their fences, and `keepsNotes` are those of `store`.
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
export function sealed(store: TokenStore, options: SealedOptions): TokenStore {
  const { keys = [] } = given(options);
  check(typeof store?.get === "function", "store must be a TokenStore");
  check(
    Array.isArray(keys) && keys.length > 0,
    "keys must be a list of keys: generateSealingKey() makes one",
  );
  const allBytes = keys.map(checkSealingKey);
  let imported: readonly SealingKey[] | undefined;
  /** The newest of each key that was opened or sealed: an object that is written often must not hold all it ever wrote. */
  const opened = new Map<string, Opened>();

  const remember = (key: string, envelope: StoredRecord, body: string): StoredRecord => {
    // Every caller is given this one.
    const summary = Object.freeze({ ...envelope.summary });
    const record = Object.freeze({ ...envelope, summary, body });
    opened.set(key, { envelope, record });
    const [oldest = ""] = opened.keys();
    if (opened.size > MAX_REMEMBERED) opened.delete(oldest);
    return record;
  };
  const recall = (key: string, envelope: StoredRecord): StoredRecord | undefined => {
    const known = opened.get(key);
    if (known?.envelope.body !== envelope.body) return undefined;
    // Callers cache by identity. What was put has no version yet, and other objects may have another summary.
    return isSame(known.envelope, envelope) ? known.record : remember(key, envelope, known.record.body);
  };
  /** The key with `id`, by default the first one. */
  const keyFor = async (recordKey: string, id?: string): Promise<SealingKey> => {
    // Imported at first use. No promise is kept: a Workers request must not wait for one that another request began.
    imported ??= await Promise.all(allBytes.map(importKey));
    const found = imported.find((candidate) => candidate.id === (id ?? candidate.id));
    if (found) return found;
    throw unreadable(
      recordKey,
      `is sealed with key ${id}, which is not among the given keys`,
    );
  };

  return {
    ...defined({ lock: store.lock?.bind(store), keepsNotes: store.keepsNotes, readsLag: store.readsLag }),
    delete: (key) => store.delete(key),
    list: (options) => store.list(options),
    get: async (key) => {
      const envelope = await store.get(key);
      if (!envelope?.body.startsWith(ENVELOPE)) return envelope;
      const known = recall(key, envelope);
      if (known) return known;
      const [, id, text = ""] = /^s1\.(.{8})\.([^.]+)$/.exec(envelope.body) ?? [];
      const bytes = fromBase64(text);
      const closed = (): HighLevelError =>
        unreadable(key, "does not open: it was altered, cut or copied from another key");
      // The comparison makes the text unique: base64 of other lengths, blanks or stray bits would decode alike.
      if (!id || !bytes || toBase64(bytes) !== text) throw closed();
      const { key: sealingKey } = await keyFor(key, id);
      const opening = crypto.subtle.decrypt(cipher(key, bytes), sealingKey, bytes.subarray(NONCE_BYTES));
      const body = await opening.catch(() => {
        throw closed(); // WebCrypto never says why, and rightly so
      });
      // A concurrent call may have been first.
      return recall(key, envelope) ?? remember(key, envelope, new TextDecoder().decode(body));
    },
    put: async (key, { version: _read, ...record }, options) => {
      const { id, key: sealingKey } = await keyFor(key);
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const sealed = await crypto.subtle.encrypt(
        cipher(key, nonce),
        sealingKey,
        new TextEncoder().encode(record.body),
      );
      const bytes = new Uint8Array(NONCE_BYTES + sealed.byteLength);
      bytes.set(nonce);
      bytes.set(new Uint8Array(sealed), NONCE_BYTES);
      const envelope = { ...record, body: `${ENVELOPE}${id}.${toBase64(bytes)}` };
      const before = opened.get(key);
      const isWritten = await store.put(key, envelope, options);
      // What a concurrent call remembers may be newer.
      if (isWritten && opened.get(key) === before) remember(key, envelope, record.body);
      return isWritten;
    },
  };
}

/** Whether both are of one write: the same object, or two of the same version. */
function isSame(one: StoredRecord, other: StoredRecord): boolean {
  return one === other || one.version !== undefined && one.version === other.version;
}

/** AES-GCM with the nonce that `bytes` begin with, bound to the record's key. */
function cipher(recordKey: string, bytes: Uint8Array<ArrayBuffer>): AesGcmParams {
  const additionalData = new TextEncoder().encode(recordKey);
  return { name: "AES-GCM", iv: bytes.subarray(0, NONCE_BYTES), additionalData };
}

async function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<SealingKey> {
  const id = await sealingKeyId(bytes);
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  return { id, key };
}
