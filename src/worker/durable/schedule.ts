import type { Sql } from "./lazy_sql.ts";
import { logError } from "../log.ts";

/** Something to do at a time. */
export interface ScheduledItem {
  /** What. */
  readonly name: string;
  /** When, ms. */
  readonly at: number;
  /** How often it was tried before. */
  readonly attempt: number;
  /** Tells this entry from another under the same name. */
  readonly mark: string;
}

/**
 * Named due times over an object's single alarm, in its SQLite: what is due survives eviction at any await.
 * {@linkcode Schedule.set} writes and arms before it first waits: what was written just before becomes durable with it.
 */
export class Schedule {
  readonly #alarm: Pick<DurableObjectStorage, "setAlarm" | "deleteAlarm">;
  readonly #sql: Sql;

  /** An agenda in `sql`; it owns the alarm. */
  constructor(alarm: Pick<DurableObjectStorage, "setAlarm" | "deleteAlarm">, sql: Sql) {
    this.#alarm = alarm;
    this.#sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS agenda (name TEXT PRIMARY KEY, at INTEGER, attempt INTEGER, mark TEXT)",
    );
  }

  /** Puts `name` on the agenda, replacing its time. */
  async set(name: string, at: number, attempt = 0): Promise<void> {
    this.#sql.exec(
      "INSERT OR REPLACE INTO agenda VALUES (?, ?, ?, ?)",
      name,
      Math.ceil(at),
      attempt,
      crypto.randomUUID(),
    );
    await this.#arm();
  }

  /** Takes `names` off the agenda. */
  clear(...names: readonly string[]): void {
    for (const name of names) this.#sql.exec("DELETE FROM agenda WHERE name = ?", name);
  }

  /** The item under `name`. */
  get(name: string): ScheduledItem | undefined {
    return this.#items("WHERE name = ?", name)[0];
  }

  /** When the next of `names` is due, ms. */
  next(...names: readonly string[]): number | undefined {
    return this.#items("ORDER BY at").find(({ name }) => names.includes(name))?.at;
  }

  /**
   * Runs everything due at `now`, side by side. An item stays until its work ended; one whose work throws is due again
   * later. What was set or cleared meanwhile under its name stands.
   */
  async run(now: number, work: (item: ScheduledItem) => Promise<void>): Promise<void> {
    await Promise.all(this.#items("WHERE at <= ?", now).map((item) => this.#runOne(item, now, work)));
    await this.#arm();
  }

  async #runOne(
    item: ScheduledItem,
    now: number,
    work: (item: ScheduledItem) => Promise<void>,
  ): Promise<void> {
    const { name, mark, attempt } = item;
    try {
      await work(item);
      this.#sql.exec("DELETE FROM agenda WHERE name = ? AND mark = ?", name, mark);
    } catch (error) {
      logError(error, { agenda: name, attempt, outcome: "retried" });
      if (this.get(name)?.mark === mark) await this.set(name, now + retryDelayMs(attempt), attempt + 1);
    }
  }

  async #arm(): Promise<void> {
    const [first] = this.#items("ORDER BY at LIMIT 1");
    if (first) await this.#alarm.setAlarm(first.at);
    else await this.#alarm.deleteAlarm();
  }

  #items(clause: string, ...values: readonly (string | number)[]): ScheduledItem[] {
    const rows = this.#sql.exec(`SELECT name, at, attempt, mark FROM agenda ${clause}`, ...values);
    return rows.toArray().map((row) => ({
      name: String(row.name),
      at: Number(row.at),
      attempt: Number(row.attempt),
      mark: String(row.mark),
    }));
  }
}

const LONGEST_DELAY_MS = 6 * 3_600_000;

/** Growing delay with jitter, ms: about 5 s, 10 s, 20 s … at most 6 hours. */
export function retryDelayMs(attempt: number, firstMs = 5_000): number {
  return Math.min(LONGEST_DELAY_MS, firstMs * 2 ** attempt) * (0.75 + Math.random() / 2);
}
