/** What objects use of their SQLite. */
export type Sql = Pick<SqlStorage, "exec">;

/** The tables of a kind of object, and the way there from every older version. */
export interface Schema {
  /** Statements that make every table as it is now. */
  readonly tables: readonly string[];
  /**
   * Each brings the tables of one version to the next, oldest first. Version 0 are the tables of objects from before their
   * schema had a version.
   */
  readonly upgrades: readonly ((sql: Sql) => void)[];
}

/** What an {@linkcode ObjectSql} needs of an object's storage. */
export type SqlHost = Pick<DurableObjectStorage, "sql" | "transactionSync">;

/** The table that says which version the others have. */
const VERSION_TABLE = "CREATE TABLE schema_version (id INTEGER PRIMARY KEY, version INTEGER NOT NULL)";

/**
 * An object's SQLite with its tables. The first write makes them: an object that was only looked at keeps nothing, so that
 * asking for ids that do not exist fills no storage. Until then every table is empty. Tables of an older version are
 * brought up to date when the object starts.
 */
export class ObjectSql implements Sql {
  readonly #host: SqlHost;
  readonly #schema: Schema;
  /** Whether the tables exist. */
  #isMade: boolean;

  /** Over the SQLite of `host`. */
  constructor(host: SqlHost, schema: Schema) {
    this.#host = host;
    this.#schema = schema;
    const names = host.sql.exec("SELECT name FROM sqlite_master WHERE type = 'table'").toArray()
      .map(({ name }) => String(name)).filter((name) => !/^(_cf_|sqlite_)/.test(name));
    this.#isMade = names.length > 0;
    if (this.#isMade) this.#upgrade(names.includes("schema_version"));
  }

  /** Whether nothing was ever written here. */
  get isEmpty(): boolean {
    return !this.#isMade;
  }

  /** As `SqlStorage` does it. */
  exec<T extends Record<string, SqlStorageValue>>(
    query: string,
    ...values: readonly SqlStorageValue[]
  ): SqlStorageCursor<T> {
    const { sql } = this.#host;
    const makesRows = query.startsWith("INSERT");
    if (!this.#isMade && !makesRows) return sql.exec("SELECT 1 WHERE 0");
    if (!this.#isMade) this.#make();
    return sql.exec(query, ...values);
  }

  /** Runs `work` whole or not at all. Tables that it made go with what else it wrote, where it throws. */
  transactionSync<T>(work: () => T): T {
    const wasMade = this.#isMade;
    try {
      return this.#host.transactionSync(work);
    } catch (error) {
      this.#isMade = wasMade;
      throw error;
    }
  }

  /** Tells that everything in the storage was deleted: the next write makes the tables anew. */
  wasEmptied(): void {
    this.#isMade = false;
  }

  #make(): void {
    const { sql } = this.#host;
    const { tables, upgrades } = this.#schema;
    this.#host.transactionSync(() => {
      for (const table of [...tables, VERSION_TABLE]) sql.exec(table);
      sql.exec("INSERT INTO schema_version VALUES (1, ?)", upgrades.length);
    });
    this.#isMade = true;
  }

  #upgrade(hasVersion: boolean): void {
    const { sql } = this.#host;
    const { upgrades } = this.#schema;
    const [row] = hasVersion ? sql.exec("SELECT version FROM schema_version").toArray() : [];
    const version = Number(row?.version ?? 0);
    if (version >= upgrades.length) return;
    this.#host.transactionSync(() => {
      if (!hasVersion) sql.exec(VERSION_TABLE);
      for (const upgrade of upgrades.slice(version)) upgrade(sql);
      sql.exec("INSERT OR REPLACE INTO schema_version VALUES (1, ?)", upgrades.length);
    });
  }
}
