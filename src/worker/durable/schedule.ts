import { logError } from "../log.ts";
import type { Sql } from "./object_sql.ts";
import { retryDelayMs } from "./retry_delay.ts";

/** The table of {@linkcode Schedule}, for an object's schema. */
export const SCHEDULE_TABLE = `CREATE TABLE schedule (
  name TEXT PRIMARY KEY, at INTEGER NOT NULL, attempt INTEGER NOT NULL, mark TEXT NOT NULL
) WITHOUT ROWID`;

/** Something to do at a time. */
export interface ScheduledItem<Name extends string> {
  /** What. */
  readonly name: Name;
  /** When, ms. */
  readonly at: number;
  /** How often it was tried before. */
  readonly attempt: number;
  /** Tells this entry from another under the same name. */
  readonly mark: string;
}

/** What a {@linkcode Schedule} needs of an object's storage. */
export type Alarm = Pick<DurableObjectStorage, "setAlarm" | "deleteAlarm" | "getAlarm">;

/** Where not even the schedule can be written, what is due is tried again after this, ms. */
const REFUSED_PAUSE_MS = 60_000;

/**
 * What an object is to do and when, by names that are known to the compiler, over its single alarm: what is due survives
 * eviction at any await. An alarm that rings too early finds nothing to do, so a write only sets it where it would ring
 * too late; {@linkcode Schedule.arm} then sets it to the moment, once, when a turn of work has ended.
 */
export class Schedule<Name extends string> {
  readonly #alarm: Alarm;
  readonly #sql: Sql;
  readonly #names: readonly Name[];
  /** Work under way, by its mark. */
  readonly #running = new Map<string, Promise<void>>();
  /** Runs under way: one that is cut off is repeated by Cloudflare, so nothing needs to be armed meanwhile. */
  #runs = 0;
  /** When the alarm rings, ms; `null`: not at all; `undefined`: not known. */
  #armedAt: number | null | undefined;
  /** Nothing is tried again before this, ms: SQLite took no writes. */
  #notBefore = 0;

  /** The schedule in `sql`; it owns the alarm. Items under other `names`, of another version, are left alone. */
  constructor(alarm: Alarm, sql: Sql, names: readonly Name[]) {
    this.#alarm = alarm;
    this.#sql = sql;
    this.#names = names;
  }

  /** Puts `name` on the schedule, replacing its time. What was written just before becomes durable with it. */
  async set(name: Name, at: number, attempt = 0): Promise<void> {
    const due = Math.ceil(at);
    const before = this.get(name);
    const isSame = before?.at === due && before.attempt === attempt && !this.#running.has(before.mark);
    if (!isSame) {
      this.#sql.exec(
        `INSERT INTO schedule VALUES (?, ?, ?, ?) ON CONFLICT (name)
         DO UPDATE SET at = excluded.at, attempt = excluded.attempt, mark = excluded.mark`,
        name,
        due,
        attempt,
        crypto.randomUUID(),
      );
    }
    await this.armNoLater(due);
  }

  /** Takes `names` off the schedule. */
  clear(...names: readonly Name[]): void {
    for (const name of names) this.#sql.exec("DELETE FROM schedule WHERE name = ?", name);
  }

  /** The item under `name`. */
  get(name: Name): ScheduledItem<Name> | undefined {
    return this.#items("WHERE name = ?", name)[0];
  }

  /** When the next of `names` is due, ms; by default of all. */
  next(...names: readonly Name[]): number | undefined {
    return this.#items("ORDER BY at").find(({ name }) => names.length === 0 || names.includes(name))?.at;
  }

  /** Lets the alarm ring at `at`, ms, or sooner: what was written is looked at again then, also where this object ends now. */
  async armNoLater(at: number): Promise<void> {
    if (this.#runs > 0 || typeof this.#armedAt === "number" && this.#armedAt <= at) return;
    await this.#setAlarm(Math.min(at, this.next() ?? at));
  }

  /** Tries nothing again before `at`, ms, and then at once: SQLite takes no writes. */
  pause(at: number): void {
    this.#notBefore = at;
  }

  /** Lets the alarm ring when the next item is due, and no sooner. */
  async arm(): Promise<void> {
    if (this.#runs > 0) return;
    const first = this.next() ?? null;
    const isPaused = this.#notBefore > Date.now();
    const at = isPaused ? Math.max(first ?? 0, this.#notBefore) : first;
    if (at === this.#armedAt) return;
    if (at !== null) return await this.#setAlarm(at);
    // One that is not known of finds nothing to do.
    const isSet = typeof this.#armedAt === "number";
    this.#armedAt = null;
    if (isSet) await this.#unlessRefused(this.#alarm.deleteAlarm());
  }

  /**
   * Sets an alarm that is missing: Cloudflare gives up one whose work has thrown too often. For when an object starts, which nothing
   * here may keep it from: it serves without.
   */
  async armIfMissing(): Promise<void> {
    const first = this.next();
    if (first === undefined) return;
    try {
      this.#armedAt = await this.#alarm.getAlarm();
      if (this.#armedAt === null) await this.#setAlarm(Math.max(first, Date.now()));
    } catch (error) {
      logError(error, { outcome: "passed_over" });
    }
  }

  /**
   * Runs everything due at `now`, side by side, then `after`. An item stays until its work ended; one whose work throws is due
   * again later. What was set or cleared meanwhile under its name stands.
   */
  async run(
    now: number,
    work: (item: ScheduledItem<Name>) => Promise<void>,
    after: () => Promise<void> = async () => {},
  ): Promise<void> {
    this.#runs++;
    try {
      await Promise.all(this.#items("WHERE at <= ?", now).map((item) => this.#runOne(item, now, work)));
      await after();
    } finally {
      this.#runs--;
      this.#armedAt = undefined; // it has rung
    }
    await this.arm();
  }

  async #runOne(
    item: ScheduledItem<Name>,
    now: number,
    work: (item: ScheduledItem<Name>) => Promise<void>,
  ): Promise<void> {
    const { mark } = item;
    const running = this.#running.get(mark) ?? Promise.resolve().then(() => this.#tryOne(item, now, work));
    this.#running.set(mark, running); // before its work begins
    try {
      await running;
    } finally {
      this.#running.delete(mark);
    }
  }

  async #tryOne(
    item: ScheduledItem<Name>,
    now: number,
    work: (item: ScheduledItem<Name>) => Promise<void>,
  ): Promise<void> {
    const { name, mark, attempt } = item;
    try {
      await work(item);
      this.#sql.exec("DELETE FROM schedule WHERE name = ? AND mark = ?", name, mark);
    } catch (error) {
      logError(error, { schedule: name, attempt, outcome: "retried" });
      if (this.get(name)?.mark !== mark) return;
      try {
        await this.set(name, now + retryDelayMs(attempt), attempt + 1);
      } catch {
        this.pause(now + REFUSED_PAUSE_MS);
      }
    }
  }

  async #setAlarm(at: number): Promise<void> {
    this.#armedAt = at;
    await this.#unlessRefused(this.#alarm.setAlarm(at));
  }

  /** What SQLite refused did not happen: the next turn sets the alarm, instead of relying on one that never rings. */
  async #unlessRefused(arming: Promise<void>): Promise<void> {
    try {
      await arming;
    } catch (error) {
      this.#armedAt = undefined;
      throw error;
    }
  }

  #items(clause: string, ...values: readonly (string | number)[]): ScheduledItem<Name>[] {
    const rows = this.#sql.exec(`SELECT name, at, attempt, mark FROM schedule ${clause}`, ...values);
    return rows.toArray().flatMap(({ name, at, attempt, mark }) => {
      const known = this.#names.find((one) => one === name);
      return known === undefined
        ? []
        : [{ name: known, at: Number(at), attempt: Number(attempt), mark: String(mark) }];
    });
  }
}
