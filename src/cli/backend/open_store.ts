import { existsSync } from "node:fs";
import { openDenoKvFile } from "./deno_kv_file.ts";
import { makerOf, type OpenedStore, openSqliteFile } from "./sqlite_file.ts";
import { inTime } from "../../connections/in_time.ts";
import { reasonOf } from "../settings.ts";
import {
  DEFAULT_STORE,
  type FileKind,
  FORMER_DEFAULT_STORE,
  type StoreAddress,
  type StoreKind,
} from "./store_address.ts";
import { UsageError } from "../usage_error.ts";

/** How long the locks of a killed run hold up the next one, ms. A run renews its own. */
const LEASE_MS = 5_000;

/** A server that is reached and does not answer is given up after this, ms: drivers wait for ever. The command ends then. */
const ANSWER_MS = 10_000;

/** Servers' drivers are loaded where they are asked for. */
const OPENERS: Readonly<Record<StoreKind, (path: string, leaseMs: number) => Promise<OpenedStore>>> = {
  "sqlite": openSqliteFile,
  "deno-kv": openDenoKvFile,
  "postgres": async (url, leaseMs) => await (await import("./postgres_store.ts")).openPostgres(url, leaseMs),
  "redis": async (url, leaseMs) => await (await import("./redis_server.ts")).openRedis(url, leaseMs),
};

/**
 * Opens the store at `given`, by default the file of this folder.
 *
 * @throws {UsageError} where it cannot be opened, or the folder holds what an earlier version kept there.
 */
export async function openStore(given: StoreAddress | undefined): Promise<OpenedStore> {
  if (!given) refuseFormerDefault();
  const { kind, path, name } = given ?? DEFAULT_STORE;
  const isFile = kind === "sqlite" || kind === "deno-kv";
  const maker = isFile ? makerOf(path) : undefined;
  if (maker && maker !== kind) {
    throw new UsageError(({ usage }) => usage.otherKind(path, NAMES[maker], `${maker}:${path}`));
  }
  let opened: OpenedStore | undefined;
  try {
    const opening = OPENERS[kind](path, LEASE_MS);
    opened = await (isFile ? opening : inTime(opening, ANSWER_MS));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // A driver's own words may have the URL, with its password.
    const reason = isFile ? reasonOf(error) : error instanceof Error ? codeIn(error) : undefined;
    throw new UsageError(({ usage }) => usage.storeClosed(name, reason ?? usage.noReason));
  }
  if (opened) return opened;
  throw new UsageError(({ usage }) => usage.storeClosed(name, usage.noAnswer(ANSWER_MS / 1_000)));
}

/**
 * Whether something is at `given`: a file that is there, or a server, which is not asked.
 *
 * @throws {UsageError} where the folder holds what an earlier version kept there.
 */
export function isStoreThere(given: StoreAddress | undefined): boolean {
  if (!given) refuseFormerDefault();
  const { kind, path } = given ?? DEFAULT_STORE;
  return kind === "postgres" || kind === "redis" || existsSync(path);
}

const NAMES: Readonly<Record<FileKind, string>> = { "sqlite": "SQLite", "deno-kv": "Deno KV" };

/** A driver's code for what went wrong, as `ECONNREFUSED` or `28P01`; else the error's name. */
function codeIn(error: Error): string {
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "string" && /^[\w-]{1,40}$/.test(code) ? code : error.name;
}

/** Nobody shall believe that his connections are lost, because they are in another file. */
function refuseFormerDefault(): void {
  const { kind, path } = FORMER_DEFAULT_STORE;
  if (existsSync(DEFAULT_STORE.path) || makerOf(path) !== kind) return;
  const former = `${kind}:${path}`;
  const fresh = `${DEFAULT_STORE.kind}:${DEFAULT_STORE.path}`;
  throw new UsageError(({ usage }) => usage.formerStore(former, fresh));
}
