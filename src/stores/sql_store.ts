import { check, checkWhole, given } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { isObject } from "../oauth/fields.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import { dueCursor, placeAfter } from "./due_cursor.ts";
import { checkLeaseMs } from "./lease_length.ts";
import { isSummary, readRecord } from "./read_record.ts";
import { type ServerLeases, withServerLease } from "./server_lease.ts";
import { isConflict, isTableMissing, retryConflicts } from "./sql_conflict.ts";
import { SQL_DIALECTS, type SqlDialect } from "./sql_dialect.ts";
import { SQL_SCHEMA_VERSION, sqlMigrations } from "./sql_migrations.ts";
import { type SqlStatement, type SqlStatements, sqlStatements, type SqlValue } from "./sql_statements.ts";
import type { PutOptions, StoredRecord, StoreListOptions, StorePage, TokenStore } from "./token_store.ts";
export type { SqlDialect } from "./sql_dialect.ts";
export type { SqlValue } from "./sql_statements.ts";
export type { PutOptions, StoredRecord, StoreListOptions, StorePage, TokenStore } from "./token_store.ts";
export type { RecordSummary } from "./token_store.ts";
export type { ConnectionStatus } from "./status.ts";

/** Rows as drivers give them: objects with a column under its name. */
export type SqlRows = readonly Readonly<Record<string, unknown>>[];

/** Options of {@linkcode SqlStore}. */
export interface SqlStoreOptions {
  /** Runs one statement with its parameters (`$1` or `?1`) and gives its rows. It needs no transaction, and always the primary. */
  readonly query: (text: string, values: SqlValue[]) => Promise<SqlRows> | SqlRows;
  /** What the database speaks. */
  readonly dialect: SqlDialect;
  /**
   * How long the lock of a process that died keeps others waiting, ms, from 1,000 to 3,600,000.
   * @default {20_000}
   */
  readonly leaseMs?: number;
  /**
   * The clock, ms since the epoch. Decides what is dropped; leases go by the database's.
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/**
 * About every so many writes of records that will be dropped, those that were to be dropped are removed. Chance says when: a
 * process that lives for one write would never count that far.
 */
const WRITES_PER_SWEEP = 100;

/**
 * Keeps records in a SQL database that several processes and machines share, with a lock that holds: every write looks at the
 * version and at the lock's fence in the same statement, and leases go by the database's clock. No driver is imported: `query` is a
 * line over the one you have, and works through a pooler in transaction mode. Make the tables with {@linkcode SqlStore.migrate} or by
 * the statements of {@linkcode SqlStore.migrations}. `query` must ask the primary: a read replica shows what was.
 *
 * | driver | `query` |
 * |---|---|
 * | `pg`, Neon's `Pool` | `async (text, values) => (await pool.query(text, values)).rows` |
 * | `postgres` | `(text, values) => sql.unsafe(text, values)` |
 * | Neon's `neon()` over HTTP | `(text, values) => sql.query(text, values)` |
 * | `node:sqlite` | `(text, values) => database.prepare(text).all(...values)` |
 * | `@libsql/client` | `async (sql, args) => (await client.execute({ sql, args })).rows`; a file with `timeout: 5_000` |
 * | D1 | `async (text, values) => (await db.prepare(text).bind(...values).all()).results` |
 * | `@electric-sql/pglite` | `async (text, values) => (await pglite.query(text, values)).rows` |
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 *
 * const database = new DatabaseSync(":memory:");
 * const query = (text: string, values: SqlValue[]) => database.prepare(text).all(...values);
 * const store = new SqlStore({ query, dialect: "sqlite" });
 * await store.migrate();
 *
 * const key = "app/location/l1C08ntBrFjLS0elLIYU";
 * const record = { format: 1, summary: { status: "connected", updatedAt: Date.now() }, body: "{}" } as const;
 * const late = await store.lock(key, (fence) => Promise.resolve(fence)); // writes only after it gave the lock back
 * await store.lock(key, async (fence) => {
 *   if (!await store.put(key, record, { fence })) throw new Error("the holder may write");
 *   if (await store.put(key, record, { fence: late })) throw new Error("a former holder may not");
 * });
 * ```
 */
export class SqlStore implements TokenStore {
  /** A database is durable, and whoever holds a lock next reads what was written before. */
  readonly keepsNotes = true;
  readonly #query: SqlStoreOptions["query"];
  readonly #statements: SqlStatements;
  readonly #dialect: SqlDialect;
  readonly #leaseMs: number;
  readonly #now: () => number;
  readonly #leases: ServerLeases = {
    take: async (key, owner, leaseMs) => {
      try {
        const [row] = rowsOf(await this.#ask(this.#statements.take(key, owner, leaseMs)));
        return row && Number(row.fence);
      } catch (error) {
        if (isConflict(error)) return undefined; // somebody takes it at this moment: it is held
        throw error;
      }
    },
    renew: (key, owner, leaseMs) => this.#run(this.#statements.renew(key, owner, leaseMs)),
    release: (key, owner) => this.#run(this.#statements.release(key, owner)),
  };

  /**
   * A store over `query`.
   *
   * @throws {TypeError} when `query` is no function, `dialect` unknown, or `leaseMs` no whole number from 1,000 to 3,600,000.
   */
  constructor(options: SqlStoreOptions) {
    const { query, dialect, leaseMs = 20_000, now = Date.now } = given(options);
    check(typeof query === "function", "query must be a function that runs one statement and gives its rows");
    this.#dialect = checkDialect(dialect);
    checkLeaseMs(leaseMs);
    this.#query = query;
    this.#statements = sqlStatements(this.#dialect);
    this.#leaseMs = leaseMs;
    this.#now = now;
  }

  /**
   * The statements that make the tables where they are missing, for a migration tool of your own: run each, in this order. Running
   * them again does nothing. The table `highlevel_schema` says which version there is.
   *
   * @throws {TypeError} when `dialect` is unknown.
   */
  static migrations(dialect: SqlDialect): string[] {
    return sqlMigrations(checkDialect(dialect));
  }

  /**
   * Makes the tables where they are missing, as several processes may at once.
   *
   * @throws {HighLevelError} `store_failed` when a newer version of this module made them.
   */
  async migrate(): Promise<void> {
    for (const text of sqlMigrations(this.#dialect)) await this.#run({ text, values: [] });
    const text = "select max(version) as version from highlevel_schema";
    const [row] = rowsOf(await this.#run({ text, values: [] }));
    if (!row) throw noRows();
    if (Number(row.version) > SQL_SCHEMA_VERSION) {
      throw new HighLevelError(
        "store_failed",
        `The tables are of version ${row.version}, made by a newer version of this module, which knows ${SQL_SCHEMA_VERSION}: update it.`,
      );
    }
  }

  /**
   * The record under `key`, or `undefined`.
   *
   * @throws {HighLevelError} `store_failed` when something else is kept there.
   */
  async get(key: string): Promise<StoredRecord | undefined> {
    const now = this.#now();
    const [row] = rowsOf(await this.#run(this.#statements.get(key, now)));
    if (!row) return undefined;
    const { version, drop_at: dropAt, summary, body } = row;
    const value = defined({ format: 1, summary: parsed(summary), body, dropAt: dropAt ?? undefined });
    const record = readRecord(key, value, now);
    return record && { ...record, version: `${version}` };
  }

  /** Writes `record` under `key`. Tells whether it was written: `ifVersion` and `fence` are checked in the same statement. */
  async put(key: string, record: StoredRecord, { ifVersion, fence }: PutOptions = {}): Promise<boolean> {
    const { summary, body, dropAt = null } = record;
    const row = {
      key,
      version: crypto.randomUUID(),
      status: summary.status ?? null,
      dueAt: summary.dueAt ?? null,
      dropAt,
      summary: JSON.stringify(summary),
      body,
    };
    const now = this.#now();
    const written = rowsOf(await this.#run(this.#statements.put(row, { ifVersion, fence, now })));
    const isSweepDue = dropAt !== null && Math.random() < 1 / WRITES_PER_SWEEP;
    // Of a sweep that fails the next one makes up.
    if (isSweepDue) await this.#run(this.#statements.sweep(now)).catch(() => {});
    return written.length > 0;
  }

  /** Removes the record under `key`. */
  async delete(key: string): Promise<void> {
    await this.#run(this.#statements.delete(key));
  }

  /** One page of keys in ascending order; with `dueBefore` in the order of `dueAt`, and of keys where that is equal. */
  async list(options: StoreListOptions = {}): Promise<StorePage> {
    const { limit = 100, cursor, dueBefore } = options;
    checkWhole("limit", limit, 1000);
    const isByDue = dueBefore !== undefined;
    const after = cursor === undefined ? undefined : isByDue ? placeAfter(cursor) : { key: cursor };
    const rows = rowsOf(await this.#run(this.#statements.list(options, after, limit + 1, this.#now())));
    const entries: StorePage["entries"][number][] = [];
    for (const row of rows.slice(0, limit)) {
      const summary = parsed(row.summary);
      if (isSummary(summary)) entries.push({ key: `${row.key}`, summary });
    }
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return defined({
      entries,
      cursor: last && (isByDue ? dueCursor(Number(last.due_at), `${last.key}`) : `${last.key}`),
    });
  }

  /**
   * Runs `run` while no other caller, in this process or another on the same database, runs with the same `key`, and gives it a
   * fence for its writes. A holder that dies, or is suspended for `leaseMs`, frees the lock. It is not told, but what it writes with
   * its fence is refused.
   */
  lock<T>(key: string, run: (fence: number) => Promise<T>): Promise<T> {
    return withServerLease(this.#leases, key, run, { leaseMs: this.#leaseMs });
  }

  async #ask({ text, values }: SqlStatement): Promise<unknown> {
    try {
      return await this.#query(text, values);
    } catch (error) {
      if (!isTableMissing(error)) throw error;
      throw new HighLevelError(
        "store_failed",
        "The tables are missing: call migrate() before, or run SqlStore.migrations(dialect).",
      );
    }
  }

  #run(statement: SqlStatement): Promise<unknown> {
    // A list of its own for each attempt: a driver may change it.
    return retryConflicts(() => this.#ask({ ...statement, values: [...statement.values] }));
  }
}

function checkDialect(dialect: unknown): SqlDialect {
  const known = SQL_DIALECTS.find((known) => known === dialect);
  check(known !== undefined, `dialect must be one of ${SQL_DIALECTS.join(", ")}`);
  return known;
}

/** The rows of an answer. What answers of statements without rows look like is the driver's matter. */
function rowsOf(answer: unknown): SqlRows {
  if (!Array.isArray(answer) || !answer.every((row) => isObject(row))) throw noRows();
  return answer;
}

function noRows(): HighLevelError {
  return new HighLevelError(
    "store_failed",
    "query must give the rows, a list of objects with a column under its name: see the driver's line in docs/STORES.md.",
  );
}

/** The value of a JSON text, `undefined` where it is none. */
function parsed(text: unknown): unknown {
  return orUndefined<unknown>(() => JSON.parse(`${text}`));
}
