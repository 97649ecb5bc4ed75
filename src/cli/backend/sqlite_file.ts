import { closeSync, existsSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { SqlStore, type SqlValue } from "../../stores/sql_store.ts";
import type { TokenStore } from "../../stores/token_store.ts";
import type { FileKind } from "./store_address.ts";

/** A store that is open. */
export interface OpenedStore {
  /** The store. */
  readonly store: TokenStore;
  /** Lets go of its file or server. */
  readonly close: () => void;
}

/** How long a process waits while another one writes, ms. */
const BUSY_MS = 5_000;

/** Opens the SQLite file at `path`; a new one is readable by its owner only, for there are tokens in it. */
export async function openSqliteFile(path: string, leaseMs: number): Promise<OpenedStore> {
  // SQLite gives the files beside it (-wal, -shm) the same mode.
  if (path !== ":memory:") closeSync(openSync(path, "a", 0o600));
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    // In this order: without the timeout, eight processes that open a new file at once are told that it is locked.
    database.exec(`pragma busy_timeout = ${BUSY_MS}`);
    database.exec("pragma journal_mode = wal");
    // A power cut may not lose a refresh token that HighLevel has already replaced.
    database.exec("pragma synchronous = full");
    const query = (text: string, values: SqlValue[]) => named(() => database.prepare(text).all(...values));
    const store = new SqlStore({ query, dialect: "sqlite", leaseMs });
    await store.migrate();
    return { store, close: () => database.close() };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite's names of what is wrong with a file or its disk: the driver has one code for everything. */
const CODES: Readonly<Record<number, string>> = {
  5: "SQLITE_BUSY",
  8: "SQLITE_READONLY",
  10: "SQLITE_IOERR",
  11: "SQLITE_CORRUPT",
  13: "SQLITE_FULL",
};

/** What `ask` gives; an error has SQLite's name of it as its `code`. */
function named<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    const number: unknown = error instanceof Error ? Reflect.get(error, "errcode") : undefined;
    const code = typeof number === "number" ? CODES[number & 0xff] : undefined; // an extended code begins otherwise
    throw code && error instanceof Error ? Object.assign(error, { code }) : error;
  }
}

/** Which store made the file at `path`; `undefined` where there is none, or neither did. Both are SQLite files. */
export function makerOf(path: string): FileKind | undefined {
  if (path === ":memory:" || !existsSync(path)) return undefined;
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const tables = database.prepare("select name from sqlite_schema where type = 'table'").all();
    const names = new Set(tables.map(({ name }) => `${name}`));
    if (names.has("highlevel_records")) return "sqlite";
    return names.has("data_version") || names.has("data") ? "deno-kv" : undefined;
  } catch {
    return undefined; // whoever opens it says what it is
  } finally {
    database.close();
  }
}
