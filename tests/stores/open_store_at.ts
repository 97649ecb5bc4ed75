// @ts-types="@types/pg"
import pg from "pg";
import { DatabaseSync } from "node:sqlite";
import { Redis } from "ioredis";
import postgres from "postgres";
import { createClient } from "redis";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { RedisStore } from "../../src/stores/redis_store.ts";
import { retryWhileLocked } from "../../src/stores/retry_while_locked.ts";
import { SqlStore, type SqlValue } from "../../src/stores/sql_store.ts";
import type { TokenStore } from "../../src/stores/token_store.ts";

/** How the processes of a test find a store that they share. */
export interface StoreAddress {
  readonly driver: keyof typeof OPENERS;
  /** A URL, or a path. */
  readonly at: string;
}

/** A store that a process has opened. */
export interface OpenedStore {
  readonly store: Required<Pick<TokenStore, "lock">> & TokenStore;
  close(): unknown;
}

/** Opens the store as one process does. */
export async function openStoreAt({ driver, at }: StoreAddress, leaseMs = 1_000): Promise<OpenedStore> {
  return await OPENERS[driver](at, leaseMs);
}

// Adding a store to the tests of many processes: a line here and one in shared_stores.ts.
const OPENERS = {
  "node:sqlite": async (at: string, leaseMs: number): Promise<OpenedStore> => {
    const database = new DatabaseSync(at, { timeout: 5_000 });
    database.exec("pragma journal_mode = wal; pragma synchronous = full");
    const query = (text: string, values: SqlValue[]) => database.prepare(text).all(...values);
    const store = new SqlStore({ query, dialect: "sqlite", leaseMs });
    await store.migrate();
    return { store, close: () => database.close() };
  },
  "pg": async (at: string, leaseMs: number): Promise<OpenedStore> => {
    const pool = new pg.Pool({ connectionString: at, max: 4 });
    pool.on("error", () => {}); // an idle connection was cut: the pool opens another
    const query = async (text: string, values: SqlValue[]) => (await pool.query(text, values)).rows;
    const store = new SqlStore({ query, dialect: "postgres", leaseMs });
    await store.migrate();
    return { store, close: () => pool.end() };
  },
  "postgres": async (at: string, leaseMs: number): Promise<OpenedStore> => {
    const sql = postgres(at, { max: 4, onnotice: () => {} });
    const query = (text: string, values: SqlValue[]) => sql.unsafe(text, values);
    const store = new SqlStore({ query, dialect: "postgres", leaseMs });
    await store.migrate();
    return { store, close: () => sql.end() };
  },
  "ioredis": (at: string, leaseMs: number): Promise<OpenedStore> => {
    const redis = new Redis(at);
    redis.on("error", () => {}); // it connects again
    const send = (command: string, ...args: string[]) => redis.call(command, ...args);
    return Promise.resolve({ store: new RedisStore({ send, leaseMs }), close: () => redis.quit() });
  },
  "redis": async (at: string, leaseMs: number): Promise<OpenedStore> => {
    const client = createClient({ url: at });
    client.on("error", () => {}); // it connects again
    await client.connect();
    const send = (command: string, ...args: string[]) => client.sendCommand([command, ...args]);
    return { store: new RedisStore({ send, leaseMs }), close: () => client.close() };
  },
  "deno-kv": async (at: string, leaseMs: number): Promise<OpenedStore> => {
    const kv = await retryWhileLocked(() => Deno.openKv(at));
    return { store: new DenoKvStore(kv, { leaseMs }), close: () => kv.close() };
  },
} as const;

/** The address that a process was given as its argument. */
export function addressFrom(text: string): StoreAddress {
  const space = text.indexOf(" ");
  const named = text.slice(0, space);
  if (isDriver(named)) return { driver: named, at: text.slice(space + 1) };
  throw new Error(`no driver: ${text}`);
}

function isDriver(name: string): name is StoreAddress["driver"] {
  return name in OPENERS;
}
