import { targetOf } from "../connections/connection_key.ts";
import { defined } from "../oauth/defined.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import { sealed } from "../stores/sealed.ts";
import { checkSealingKey, sealingKeyId } from "../stores/sealing_key.ts";
import type { StoredRecord, TokenStore } from "../stores/token_store.ts";

/** What became of one record. */
export interface ResealedRecord {
  /** Which connection. */
  readonly target: ConnectionTarget;
  /**
   * - `"resealed"`: it is under the first key now. `"already"`: it was.
   * - `"unreadable"`: it is under a key that is not given, or was altered.
   */
  readonly result: "resealed" | "already" | "unreadable";
  /** Why it cannot be read. */
  readonly reason?: string;
}

/** Options of {@linkcode resealRecords}. */
export interface ResealOptions {
  /** HighLevel's id of the app: the part of its client id before the dash. */
  readonly appId: string;
  /** Keys of 32 bytes in base64: the new one first, and those that records are still under. */
  readonly keys: readonly string[];
}

const PAGE = 100;
const MAX_CONFLICTS = 10;

/**
 * Seals all connections in `store` anew that are not under the first of `keys`, and yields each. `store` is the store below `sealed`.
 * May run beside others, and again: what was done stays done. Once none is `"unreadable"`, and nobody writes with the old keys, those
 * can be dropped.
 *
 * @throws {TypeError} when a key is malformed. @throws {HighLevelError} `store_failed`.
 */
export async function* resealRecords(
  store: TokenStore,
  { appId, keys }: ResealOptions,
): AsyncGenerator<ResealedRecord, void, undefined> {
  const opening = sealed(store, { keys });
  const first = await firstKeyId(keys);
  const prefix = `${appId}/`;
  let cursor: string | undefined;
  do {
    const page = await store.list(defined({ prefix, limit: PAGE, cursor }));
    for (const { key } of page.entries) {
      const target = targetOf(prefix, key);
      const result = target && await resealRecord({ store, opening, first }, key);
      if (target && result) yield { target, ...result };
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** The name of the first of `keys`. */
export async function firstKeyId([key = ""]: readonly string[]): Promise<string> {
  return await sealingKeyId(checkSealingKey(key, 0));
}

/** Whether `record`, as it lies in its store, is under the key with this name. */
function isUnder({ body }: StoredRecord, keyId: string): boolean {
  return body.startsWith(`s1.${keyId}.`);
}

/** Seals the record under `key` anew, unless it is under the key `first`; `undefined` where there is none. */
export async function resealRecord(
  { store, opening, first }: {
    readonly store: TokenStore;
    /** The same store, sealed. */
    readonly opening: TokenStore;
    /** The name of the key that is to seal. */
    readonly first: string;
  },
  key: string,
): Promise<Omit<ResealedRecord, "target"> | undefined> {
  for (let conflict = 0; conflict < MAX_CONFLICTS; conflict++) {
    const lying = await store.get(key);
    if (!lying) return undefined;
    if (isUnder(lying, first)) return { result: "already" };
    let record: StoredRecord | undefined;
    try {
      record = await opening.get(key);
    } catch (error) {
      if (!(error instanceof HighLevelError) || error.reason !== "unreadable") throw error;
      return { result: "unreadable", reason: error.message };
    }
    if (!record) return undefined;
    // Somebody who wrote meanwhile has sealed it.
    if (await opening.put(key, record, defined({ ifVersion: record.version })) !== false) {
      return { result: "resealed" };
    }
  }
  throw new HighLevelError("store_failed", "A record could not be sealed anew: others write all the time.");
}
