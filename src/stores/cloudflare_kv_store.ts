import { check, checkWhole } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import { isListed } from "./is_listed.ts";
import { isSummary, readRecord } from "./read_record.ts";
import type { StoredRecord, StoreListOptions, StorePage, TokenStore } from "./token_store.ts";
export type { StoredRecord, StoreListOptions, StorePage, TokenStore } from "./token_store.ts";
export type { PutOptions, RecordSummary } from "./token_store.ts";
export type { ConnectionStatus } from "./status.ts";

/** What {@linkcode CloudflareKvStore} uses of a Workers KV namespace; a `KVNamespace` binding has it all. */
export interface KvNamespaceLike {
  /** The text under `key`, or `null`. */
  get(key: string, options: { type: "text"; cacheTtl?: number }): Promise<string | null>;
  /** Writes `value` under `key`. */
  put(key: string, value: string, options: { metadata: unknown; expirationTtl?: number }): Promise<void>;
  /** Removes `key`. */
  delete(key: string): Promise<void>;
  /** One page of keys. */
  list(options: { prefix: string; limit: number; cursor?: string }): Promise<KvNamespacePage>;
}

/** One page of {@linkcode KvNamespaceLike.list}. */
export interface KvNamespacePage {
  /** Keys in ascending order. */
  readonly keys: readonly { readonly name: string; readonly metadata?: unknown }[];
  /** Whether this is the last page. */
  readonly list_complete: boolean;
  /** Asks for the next page. */
  readonly cursor?: string;
}

/** Options of {@linkcode CloudflareKvStore}. */
export interface CloudflareKvStoreOptions {
  /**
   * Goes before every key, so that a namespace can be shared.
   * @default {""}
   */
  readonly prefix?: string;
  /**
   * How long a Cloudflare location may answer reads from its own cache, seconds, at least 30. Longer is cheaper and
   * staler.
   * @default {60, Cloudflare's own}
   */
  readonly cacheTtl?: number;
  /**
   * The clock, ms since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
}

const MAX_KEY_BYTES = 512;
const MAX_METADATA_BYTES = 1024;
const MIN_TTL_SECONDS = 60;
/** How long KV may answer older values, ms. */
const STALE_MS = 120_000;
const MAX_RECENT = 1_000;

/**
 * Keeps records in Workers KV: the record as JSON, its summary also as key metadata, so that a list reads no values.
 * KV is eventually consistent (elsewhere an old value may be read for a minute or so) and takes one write per second
 * and key. A store knows what it has written itself lately; other writers it may not see for a while, and two that refresh
 * one connection can lose it: let one own it, as the Durable Object of this project's worker does. KV can neither compare
 * before it writes nor lock, so this store has no versions: it writes whatever `ifVersion` and `fence` say.
 *
 * @example
 * ```ts
 * // A stand-in with KV's shape; in a worker it is `env.TOKENS`.
 * const values = new Map<string, string>();
 * const store = new CloudflareKvStore({
 *   get: (key) => Promise.resolve(values.get(key) ?? null),
 *   put: (key, value) => Promise.resolve(void values.set(key, value)),
 *   delete: (key) => Promise.resolve(void values.delete(key)),
 *   list: () => Promise.resolve({ keys: [...values.keys()].map((name) => ({ name })), list_complete: true }),
 * });
 * await store.put("app/company/ve9EPM428h8vShlRW1KT", {
 *   format: 1,
 *   summary: { status: "connected", updatedAt: Date.now() },
 *   body: "{}",
 * });
 * if ((await store.list()).entries.length !== 1) throw new Error("one record expected");
 * ```
 */
export class CloudflareKvStore implements TokenStore {
  /** KV may answer older values for a minute or so. */
  readonly readsLag = true;
  readonly #kv: KvNamespaceLike;
  readonly #prefix: string;
  readonly #readOptions: { type: "text"; cacheTtl?: number };
  readonly #now: () => number;
  /** What was written here lately: KV may answer older values for a while, or that there is none. */
  readonly #recent = new Map<string, { readonly record: StoredRecord; readonly until: number }>();

  /**
   * A store over `kv`.
   *
   * @throws {TypeError} when `kv` is no KV namespace or `cacheTtl` is under 30.
   */
  constructor(kv: KvNamespaceLike, { prefix = "", cacheTtl, now = Date.now }: CloudflareKvStoreOptions = {}) {
    check(typeof kv?.list === "function", "kv must be a Workers KV namespace, bound in wrangler.toml");
    check(cacheTtl === undefined || cacheTtl >= 30, "cacheTtl must be at least 30 seconds");
    this.#kv = kv;
    this.#prefix = prefix;
    this.#readOptions = defined({ type: "text" as const, cacheTtl });
    this.#now = now;
  }

  /**
   * The record under `key`, or `undefined`.
   *
   * @throws {HighLevelError} `store_failed` when something else is kept there.
   */
  async get(key: string): Promise<StoredRecord | undefined> {
    const text = await this.#kv.get(this.#name(key), this.#readOptions);
    const read = text === null
      ? undefined
      : readRecord(key, orUndefined<unknown>(() => JSON.parse(text)) ?? text, this.#now());
    const own = this.#recent.get(key);
    const isStale = own && own.until > this.#now() &&
      own.record.summary.updatedAt > (read?.summary.updatedAt ?? 0);
    return isStale ? own.record : read;
  }

  /**
   * Writes `record` under `key`, always. KV keeps it for at least a minute, whatever its `dropAt`. A name too long for
   * key metadata is missing in lists.
   */
  async put(key: string, { version: _ofAnotherStore, ...record }: StoredRecord): Promise<boolean> {
    const { summary, dropAt } = record;
    const { name: _, ...nameless } = summary;
    await this.#kv.put(
      this.#name(key),
      JSON.stringify(record),
      defined({
        metadata: byteLength(JSON.stringify(summary)) > MAX_METADATA_BYTES ? nameless : summary,
        expirationTtl: dropAt === undefined
          ? undefined
          : Math.max(MIN_TTL_SECONDS, Math.ceil((dropAt - this.#now()) / 1000)),
      }),
    );
    if (this.#recent.size >= MAX_RECENT) this.#recent.clear();
    this.#recent.set(key, { record, until: Math.min(this.#now() + STALE_MS, dropAt ?? Infinity) });
    return true;
  }

  /** Removes the record under `key`. */
  async delete(key: string): Promise<void> {
    await this.#kv.delete(this.#name(key));
    this.#recent.delete(key);
  }

  /**
   * One page of keys in ascending order, also with `dueBefore`. `limit` keys are looked at, so that a page is short where few
   * of them are asked for, or where KV answers with fewer.
   */
  async list(options: StoreListOptions = {}): Promise<StorePage> {
    const { prefix = "", limit = 100, cursor } = options;
    checkWhole("limit", limit, 1000);
    const page = await this.#kv.list(defined({ prefix: this.#prefix + prefix, limit, cursor }));
    const entries: StorePage["entries"][number][] = [];
    for (const { name, metadata } of page.keys) {
      const key = name.slice(this.#prefix.length);
      // Metadata is lost where a namespace was copied by a tool that ignores it: then the value tells.
      const summary = isSummary(metadata) ? metadata : (await this.get(key))?.summary;
      if (summary && isListed(summary, options)) entries.push({ key, summary });
    }
    return defined({ entries, cursor: page.list_complete ? undefined : page.cursor });
  }

  #name(key: string): string {
    const name = this.#prefix + key;
    check(
      byteLength(name) <= MAX_KEY_BYTES,
      `key must be at most ${MAX_KEY_BYTES} bytes, prefix included: ${name}`,
    );
    return name;
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
