/** A key of Deno KV, as far as this module uses it. */
export type DenoKvKey = readonly string[];

/** One entry of Deno KV; `versionstamp` is `null` where there is none. */
export interface DenoKvEntry {
  /** Its key. */
  readonly key: readonly unknown[];
  /** Its value, `null` where there is none. */
  readonly value: unknown;
  /** Changes with each write. */
  readonly versionstamp: string | null;
}

/** An atomic operation: the writes happen only if every checked entry is unchanged. */
export interface DenoKvAtomic {
  /** Requires `entry` to be unchanged. */
  check(entry: { readonly key: DenoKvKey; readonly versionstamp: string | null }): DenoKvAtomic;
  /** Writes `value`. */
  set(key: DenoKvKey, value: unknown, options?: { expireIn?: number }): DenoKvAtomic;
  /** Tries it. */
  commit(): Promise<{ readonly ok: boolean }>;
}

/** What {@linkcode DenoKvStore} uses of a `Deno.Kv`. */
export interface DenoKvLike {
  /** The entry under `key`. */
  get(key: DenoKvKey): Promise<DenoKvEntry>;
  /** Removes `key`. */
  delete(key: DenoKvKey): Promise<void>;
  /** Entries from `start` on, up to before `end`. */
  list(
    range: { start: DenoKvKey; end: DenoKvKey },
    options: { limit: number },
  ): AsyncIterable<DenoKvEntry>;
  /** Begins an atomic operation. */
  atomic(): DenoKvAtomic;
}
