import type { PutOptions, StoredRecord, TokenStore } from "../../src/stores/token_store.ts";

/** What a store can do wrong. */
export type StoreTrouble =
  /** The method rejects; nothing was done. */
  | { readonly kind: "fails"; readonly method: StoreMethod | "any" }
  /** `put` does its work, then rejects. */
  | { readonly kind: "put_acknowledged_never" }
  /** `get` answers with what stood there when the trouble began. */
  | { readonly kind: "stale" }
  /** `put` rejects as a full disk does. */
  | { readonly kind: "full" };

/** A method of a store. */
export type StoreMethod = "get" | "put" | "delete" | "list";

/** A store between a process and the one that all share, which can be put in trouble. */
export class TroubledStore implements TokenStore {
  /** Calls that met the trouble. */
  hits = 0;
  readonly #inner: TokenStore;
  #trouble: StoreTrouble | undefined;
  #left = 0;
  #before = new Map<string, StoredRecord | undefined>();

  constructor(inner: TokenStore) {
    this.#inner = inner;
  }

  /** From now on `times` calls meet `trouble`. Stale answers are those of this moment. */
  async begin(trouble: StoreTrouble, times: number): Promise<void> {
    this.#trouble = trouble;
    this.#left = times;
    this.#before = new Map();
    if (trouble.kind !== "stale") return;
    for (const { key } of (await this.#inner.list()).entries) {
      this.#before.set(key, await this.#inner.get(key));
    }
  }

  /** Ends the trouble. */
  end(): void {
    this.#trouble = undefined;
  }

  async get(key: string): Promise<StoredRecord | undefined> {
    if (this.#meets("stale")) return this.#before.get(key);
    this.#failing("get");
    return await this.#inner.get(key);
  }

  async put(key: string, record: StoredRecord, options?: PutOptions): Promise<boolean> {
    if (this.#meets("full")) throw new Error("database or disk is full: SQLITE_FULL");
    this.#failing("put");
    const isLost = this.#meets("put_acknowledged_never");
    const isWritten = await this.#inner.put(key, record, options);
    if (isLost) throw new Error("KV PUT failed: 500 Internal Server Error");
    return isWritten;
  }

  async delete(key: string): Promise<void> {
    this.#failing("delete");
    await this.#inner.delete(key);
  }

  async list(options?: Parameters<TokenStore["list"]>[0]): ReturnType<TokenStore["list"]> {
    this.#failing("list");
    return await this.#inner.list(options);
  }

  #failing(method: StoreMethod): void {
    const trouble = this.#trouble;
    if (trouble?.kind !== "fails" || (trouble.method !== method && trouble.method !== "any")) return;
    if (this.#meets("fails")) throw new Error(`the store's ${method} fails`);
  }

  #meets(kind: StoreTrouble["kind"]): boolean {
    if (this.#trouble?.kind !== kind || this.#left <= 0) return false;
    this.#left--;
    this.hits++;
    return true;
  }
}
