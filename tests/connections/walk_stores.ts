// The stores of random walks: with all that a store can have, and with nothing but the four methods.
import type { StoredRecord, TokenStore } from "../../src/stores/token_store.ts";

/** `store` with the lock of `locks`, and trusted with notes. */
export function withLock(store: TokenStore, locks: Required<Pick<TokenStore, "lock">>): TokenStore {
  return { ...methodsOf(store), lock: (key, run) => locks.lock(key, run), keepsNotes: true };
}

/** `store` without versions, and without anything that compares them. */
export function withoutVersions(store: TokenStore): TokenStore {
  const known = new WeakMap<StoredRecord, StoredRecord>();
  return {
    ...methodsOf(store),
    get: async (key) => {
      const found = await store.get(key);
      if (!found) return undefined;
      const { version: _, ...record } = found;
      const plain = known.get(found) ?? record;
      known.set(found, plain);
      return plain;
    },
    put: (key, record) => store.put(key, record),
  };
}

function methodsOf(store: TokenStore): TokenStore {
  return {
    get: (key) => store.get(key),
    put: (key, record, options) => store.put(key, record, options),
    delete: (key) => store.delete(key),
    list: (options) => store.list(options),
  };
}
