import { existsSync } from "node:fs";
import { openDenoKvFile } from "./deno_kv_file.ts";
import { makerOf, type OpenedFile, openSqliteFile } from "./sqlite_file.ts";
import { reasonOf } from "./settings.ts";
import { DEFAULT_STORE, FORMER_DEFAULT_STORE, type StoreAddress, type StoreKind } from "./store_address.ts";
import { UsageError } from "./usage_error.ts";

/** How long the locks of a killed run hold up the next one, ms. A run renews its own. */
const LEASE_MS = 5_000;

const OPENERS: Readonly<Record<StoreKind, (path: string, leaseMs: number) => Promise<OpenedFile>>> = {
  "sqlite": openSqliteFile,
  "deno-kv": openDenoKvFile,
};

/**
 * Opens the store at `given`, by default the one of this folder.
 *
 * @throws {UsageError} where it cannot be opened, or the folder holds what an earlier version kept there.
 */
export async function openFile(given: StoreAddress | undefined): Promise<OpenedFile> {
  if (!given) refuseFormerDefault();
  const { kind, path } = given ?? DEFAULT_STORE;
  const maker = makerOf(path);
  if (maker && maker !== kind) {
    throw new UsageError(`${path} is a ${NAMES[maker]} file: --store ${maker}:${path}`);
  }
  try {
    return await OPENERS[kind](path, LEASE_MS);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--store: ${path} cannot be opened: ${reasonOf(error)}`);
  }
}

const NAMES: Readonly<Record<StoreKind, string>> = { "sqlite": "SQLite", "deno-kv": "Deno KV" };

/** Nobody shall believe that his connections are lost, because they are in another file. */
function refuseFormerDefault(): void {
  const { kind, path } = FORMER_DEFAULT_STORE;
  if (existsSync(DEFAULT_STORE.path) || makerOf(path) !== kind) return;
  throw new UsageError(
    `This folder has the Deno KV file of an earlier version. Go on with it: --store ${kind}:${path}; or begin a new file: ` +
      `--store ${DEFAULT_STORE.kind}:${DEFAULT_STORE.path}. How to move is in README, "Moving to another store".`,
  );
}
