import { DatabaseSync } from "node:sqlite";
import type { SqlHost } from "../../../src/worker/durable/object_sql.ts";
import type { Alarm } from "../../../src/worker/durable/schedule.ts";

/** What the durable parts use of an object's storage, over SQLite in memory: no workerd. */
export interface MemoryStorage {
  /** SQLite and transactions. */
  readonly host: SqlHost;
  /** The alarm. */
  readonly alarm: Alarm;
  /** Every time that the alarm was set to, ms, or `null` where it was deleted. */
  readonly set: (number | null)[];
  /** Names of the tables. */
  readonly tables: () => string[];
  /** Has every write refused from now on. */
  readonly refuse: () => void;
}

/** A fresh storage. */
export function memoryStorage(): MemoryStorage {
  const database = new DatabaseSync(":memory:");
  let isRefusing = false;
  let at: number | null = null;
  const set: (number | null)[] = [];
  const statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const exec = (query: string, ...values: (string | number | null)[]) => {
    if (isRefusing && !query.startsWith("SELECT")) throw new Error("database or disk is full: SQLITE_FULL");
    const statement = statements.get(query) ?? database.prepare(query);
    if (/^(SELECT|INSERT|UPDATE|DELETE)/.test(query)) statements.set(query, statement);
    const rows = statement.all(...values);
    return { toArray: () => rows };
  };
  const host = {
    sql: { exec },
    transactionSync: <T>(work: () => T): T => {
      database.exec("SAVEPOINT one");
      try {
        const result = work();
        database.exec("RELEASE one");
        return result;
      } catch (error) {
        database.exec("ROLLBACK TO one");
        throw error;
      }
    },
  };
  const alarm = {
    setAlarm: (time: number) => Promise.resolve(void set.push(at = time)),
    deleteAlarm: () => Promise.resolve(void set.push(at = null)),
    getAlarm: () => Promise.resolve(at),
  };
  return {
    host: host as unknown as SqlHost, // the one place where SQLite's rows pass for workerd's
    alarm: alarm as unknown as Alarm,
    set,
    tables: () =>
      database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all()
        .map(({ name }) => String(name)),
    refuse: () => void (isRefusing = true),
  };
}
