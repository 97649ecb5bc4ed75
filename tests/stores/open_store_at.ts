import type { OpenedStore } from "./openers/opened_store.ts";
export type { OpenedStore } from "./openers/opened_store.ts";

/** How the processes of a test find a store that they share. */
export interface StoreAddress {
  readonly driver: keyof typeof OPENERS;
  /** A URL, or a path. */
  readonly at: string;
}

/** Opens the store as one process does. */
export async function openStoreAt({ driver, at }: StoreAddress, leaseMs = 10_000): Promise<OpenedStore> {
  const { open } = await OPENERS[driver]();
  return await open(at, leaseMs);
}

// Adding a store to the tests of many processes: its file, a line here and one in shared_stores.ts. Each process loads its own only.
const OPENERS = {
  "node:sqlite": () => import("./openers/node_sqlite.ts"),
  "@libsql/client": () => import("./openers/libsql.ts"),
  "pg": () => import("./openers/pg.ts"),
  "postgres": () => import("./openers/postgres.ts"),
  "ioredis": () => import("./openers/ioredis.ts"),
  "redis": () => import("./openers/redis.ts"),
  "deno-kv": () => import("./openers/deno_kv.ts"),
} as const;
