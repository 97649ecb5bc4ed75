import type { StoreAddress } from "./open_store_at.ts";
import { startPgBouncer } from "./servers/pgbouncer.ts";
import { startPostgres } from "./servers/postgres.ts";
import { startRedis } from "./servers/redis.ts";

/** A store that many processes share, on a server of its own or a file. */
export interface SharedStore {
  /** For the tests' names: as in its contract's. */
  readonly name: string;
  /** `undefined` where there is no server for it: its tests are skipped. */
  readonly address: StoreAddress | undefined;
  /** Ends the server at once, and starts it again with the same data; absent for a file. */
  readonly restart?: () => Promise<void>;
}

/** The servers and files of a run, to be let go of at its end. */
export interface SharedStores extends AsyncDisposable {
  readonly stores: readonly SharedStore[];
}

/** Starts every server that is installed. */
export async function startSharedStores(): Promise<SharedStores> {
  const folder = await Deno.makeTempDir();
  const postgres = await startPostgres();
  const bouncer = postgres && await startPgBouncer(postgres);
  const redis = await startRedis();
  const at = (driver: StoreAddress["driver"], at: string | undefined): StoreAddress | undefined =>
    at === undefined ? undefined : { driver, at };
  return {
    stores: [
      { name: "SqlStore by node:sqlite in a file", address: at("node:sqlite", `${folder}/a.sqlite`) },
      { name: "SqlStore by @libsql/client", address: at("@libsql/client", `${folder}/libsql.sqlite`) },
      { name: "DenoKvStore on a file", address: at("deno-kv", `${folder}/a.kv`) },
      {
        name: "SqlStore by pg",
        address: at("pg", postgres?.url),
        ...postgres && { restart: postgres.restart },
      },
      { name: "SqlStore by postgres through PgBouncer", address: at("postgres", bouncer?.url) },
      {
        name: "RedisStore by ioredis",
        address: at("ioredis", redis?.url),
        ...redis && { restart: redis.restart },
      },
      { name: "RedisStore by redis", address: at("redis", redis?.url) },
    ],
    [Symbol.asyncDispose]: async () => {
      await bouncer?.stop();
      await postgres?.stop();
      await redis?.stop();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
