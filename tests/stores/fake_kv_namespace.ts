import type { KvNamespaceLike, KvNamespacePage } from "../../src/stores/cloudflare_kv_store.ts";

interface Entry {
  readonly value: string;
  readonly metadata: unknown;
  readonly expiresAt: number;
}

/** Workers KV as its documentation describes it: limits, expiry, opaque cursors and, where asked for, stale reads. */
export class FakeKvNamespace implements KvNamespaceLike {
  /** What was asked, in order. */
  readonly calls: string[] = [];
  /** While set, reads answer what was there at that moment. */
  #stale: ReadonlyMap<string, Entry> | undefined;
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** From now on reads are answered from a cache as it stands. */
  goStale(): void {
    this.#stale = new Map(this.#entries);
  }

  /** Caches are up to date again. */
  settle(): void {
    this.#stale = undefined;
  }

  async get(key: string, options: { type: "text"; cacheTtl?: number }): Promise<string | null> {
    this.calls.push(`get ${key}`);
    await this.#checkKey(key);
    if (options.cacheTtl !== undefined && options.cacheTtl < 30) {
      throw new Error("KV GET failed: 400 Invalid cache_ttl");
    }
    return this.#living(this.#stale ?? this.#entries, key)?.value ?? null;
  }

  async put(
    key: string,
    value: string,
    options: { metadata?: unknown; expirationTtl?: number } = {},
  ): Promise<void> {
    this.calls.push(`put ${key}`);
    await this.#checkKey(key);
    const { metadata = null, expirationTtl = Infinity } = options;
    if (expirationTtl < 60) throw new Error("KV PUT failed: 400 Invalid expiration_ttl of under 60 seconds");
    if (expirationTtl !== Infinity && !Number.isInteger(expirationTtl)) throw new Error("KV PUT failed: 400");
    if (bytes(JSON.stringify(metadata)) > 1024) {
      throw new Error("KV PUT failed: 413 Metadata is over 1024 bytes");
    }
    if (bytes(value) > 25 * 1024 * 1024) throw new Error("KV PUT failed: 413 Value is over 25 MiB");
    const copy: unknown = JSON.parse(JSON.stringify(metadata));
    this.#entries.set(key, { value, metadata: copy, expiresAt: this.#now() + expirationTtl * 1000 });
  }

  async delete(key: string): Promise<void> {
    this.calls.push(`delete ${key}`);
    await this.#checkKey(key);
    this.#entries.delete(key);
  }

  list(options: { prefix?: string; limit?: number; cursor?: string } = {}): Promise<KvNamespacePage> {
    this.calls.push("list");
    const { prefix = "", limit = 1000, cursor } = options;
    if (limit < 1 || limit > 1000) return Promise.reject(new Error("KV LIST failed: 400 Invalid limit"));
    const after = cursor === undefined ? "" : atob(cursor);
    const keys = [...this.#entries.keys()].sort().filter((name) =>
      name.startsWith(prefix) && name > after && this.#living(this.#entries, name)
    );
    const page = keys.slice(0, limit).map((name) => {
      const metadata = this.#entries.get(name)?.metadata ?? null;
      return metadata === null ? { name } : { name, metadata };
    });
    const last = page.at(-1);
    return Promise.resolve(
      keys.length > limit && last
        ? { keys: page, list_complete: false, cursor: btoa(last.name) }
        : { keys: page, list_complete: true },
    );
  }

  #living(entries: ReadonlyMap<string, Entry>, key: string): Entry | undefined {
    const entry = entries.get(key);
    return entry && entry.expiresAt > this.#now() ? entry : undefined;
  }

  #checkKey(key: string): Promise<void> {
    const fits = key !== "" && key !== "." && key !== ".." && bytes(key) <= 512;
    return fits
      ? Promise.resolve()
      : Promise.reject(new Error("KV failed: 414 UTF-8 encoded length exceeds 512"));
  }
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
