/**
 * Where connections are kept: the contract of a store, and the stores that come with this module.
 *
 * @module
 */
export type {
  PutOptions,
  RecordSummary,
  StoredRecord,
  StoreListOptions,
  StorePage,
  TokenStore,
} from "./token_store.ts";
export { MemoryStore, type MemoryStoreOptions } from "./memory_store.ts";
export {
  CloudflareKvStore,
  type CloudflareKvStoreOptions,
  type KvNamespaceLike,
  type KvNamespacePage,
} from "./cloudflare_kv_store.ts";
export { DenoKvStore, type DenoKvStoreOptions } from "./deno_kv_store.ts";
export type { DenoKvAtomic, DenoKvEntry, DenoKvKey, DenoKvLike } from "./deno_kv_like.ts";
export { type SqlDialect, type SqlRows, SqlStore, type SqlStoreOptions, type SqlValue } from "./sql_store.ts";
export { RedisStore, type RedisStoreOptions } from "./redis_store.ts";
export { generateSealingKey, sealed, type SealedOptions } from "./sealed.ts";
export type { ConnectionStatus } from "./status.ts";
