import { defined } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import { numberIn, textIn } from "../durable/cells.ts";
import { KEY_VALUES_TABLE } from "../durable/key_values.ts";
import type { Schema, Sql } from "../durable/object_sql.ts";
import { SCHEDULE_TABLE } from "../durable/schedule.ts";
import type { Delivery, DeliveryProblem } from "./delivery_rules.ts";
import type {
  DeliveryState,
  ReplayQuery,
  UndeliveredCounts,
  UndeliveredEvent,
  UndeliveredQuery,
} from "./endpoint_api.ts";
import type { SentEvent } from "./event_message.ts";

/** The tables of an address's object. `nextAt` is NULL where an event is dead, `deadAt` where it is not. */
export const outboxSchema: Schema = {
  tables: [
    `CREATE TABLE events (
      n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, at INTEGER NOT NULL, target TEXT,
      sealed TEXT NOT NULL, takenAt INTEGER NOT NULL, tries INTEGER NOT NULL, problem TEXT, nextAt INTEGER, deadAt INTEGER
    )`,
    "CREATE INDEX byNext ON events (nextAt) WHERE nextAt IS NOT NULL",
    "CREATE INDEX byDeath ON events (deadAt) WHERE deadAt IS NOT NULL",
    "CREATE INDEX byMoment ON events (at, id)",
    KEY_VALUES_TABLE,
    SCHEDULE_TABLE,
  ],
  upgrades: [],
};

/** An event that is kept, with its body sealed. */
export interface KeptEvent extends Pick<SentEvent, "id" | "type" | "at" | "target">, Delivery {
  /** Body and headers, sealed. */
  readonly sealed: string;
}

/** Where a kept event stands: when it is tried again, or since when it is not, ms; and what its last try ended with. */
export interface Standing {
  readonly nextAt?: number;
  readonly deadAt?: number;
  readonly problem?: DeliveryProblem;
}

/** The column that is there for an event in this state. */
const COLUMNS: Readonly<Record<DeliveryState, string>> = { waiting: "nextAt", dead: "deadAt" };

/** Events that one address does not have yet, in its object's SQLite. */
export class Outbox {
  readonly #sql: Sql;

  /** In `sql`, which has the tables of {@linkcode outboxSchema}. */
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Whether the event is here. */
  has(id: string): boolean {
    return this.#sql.exec("SELECT 1 FROM events WHERE id = ?", id).toArray().length > 0;
  }

  /** Whether no event is here. */
  get isEmpty(): boolean {
    return this.#sql.exec("SELECT 1 FROM events LIMIT 1").toArray().length === 0;
  }

  /** Keeps an event, or how it stands by now. */
  keep(
    { id, type, at, target, sealed, takenAt, tries }: KeptEvent,
    { nextAt, deadAt, problem }: Standing,
  ): void {
    this.#sql.exec(
      `INSERT INTO events (id, type, at, target, sealed, takenAt, tries, problem, nextAt, deadAt)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
       tries = excluded.tries, problem = excluded.problem, nextAt = excluded.nextAt, deadAt = excluded.deadAt`,
      id,
      type,
      at,
      target ? JSON.stringify(target) : null,
      sealed,
      takenAt,
      tries,
      problem ?? null,
      nextAt ?? null,
      deadAt ?? null,
    );
  }

  /** Removes an event: it was delivered. */
  drop(id: string): void {
    this.#sql.exec("DELETE FROM events WHERE id = ?", id);
  }

  /** The events that are tried first, of those due at `now`. */
  due(now: number, limit: number): KeptEvent[] {
    return this.#sql.exec("SELECT * FROM events WHERE nextAt <= ? ORDER BY nextAt, n LIMIT ?", now, limit)
      .toArray().map(keptFrom);
  }

  /** When the next one is due, ms. */
  nextAt(): number | undefined {
    return this.#least("nextAt");
  }

  /** When the oldest dead letter died, ms. */
  firstDeadAt(): number | undefined {
    return this.#least("deadAt");
  }

  /** Makes all that waits due at `now`. */
  hurry(now: number): void {
    this.#sql.exec("UPDATE events SET nextAt = ? WHERE nextAt > ?", now, now);
  }

  /** Gives up what waits since before `takenBefore`; tells how many that were. */
  bury(takenBefore: number, now: number, problem: DeliveryProblem): number {
    return this.#sql.exec(
      `UPDATE events SET nextAt = NULL, deadAt = ?, problem = coalesce(problem, ?)
       WHERE nextAt IS NOT NULL AND takenAt <= ? RETURNING n`,
      now,
      problem,
      takenBefore,
    ).toArray().length;
  }

  /** Removes dead letters from before `deadBefore`. */
  dropDead(deadBefore: number): void {
    this.#sql.exec("DELETE FROM events WHERE deadAt <= ?", deadBefore);
  }

  /** Removes dead letters about `target`; tells how many, and how many about it wait. */
  erase(target: ConnectionTarget): UndeliveredCounts {
    const about = JSON.stringify(target);
    const rows = (statement: string): number => this.#sql.exec(statement, about).toArray().length;
    return {
      dead: rows("DELETE FROM events WHERE target = ? AND deadAt IS NOT NULL RETURNING n"),
      waiting: rows("SELECT n FROM events WHERE target = ?"),
    };
  }

  /** Removes the oldest events, dead ones first; tells how many. */
  dropOldest(count: number): number {
    return this.#sql.exec(
      "DELETE FROM events WHERE n IN (SELECT n FROM events ORDER BY deadAt IS NULL, n LIMIT ?) RETURNING n",
      count,
    ).toArray().length;
  }

  /** Lets dead letters begin anew; tells their ids. */
  revive({ ids, since = 0 }: ReplayQuery, now: number): string[] {
    const revive = (condition: string, value: string | number): string[] =>
      this.#sql.exec(
        `UPDATE events SET nextAt = ?1, deadAt = NULL, takenAt = ?1, tries = 0
         WHERE deadAt IS NOT NULL AND ${condition} RETURNING id`,
        now,
        value,
      ).toArray().map(({ id }) => String(id));
    return ids ? ids.flatMap((id) => revive("id = ?2", id)) : revive("at >= ?2", since);
  }

  /** See {@linkcode EventEndpointApi.list}. */
  page({ state, limit, before }: UndeliveredQuery): UndeliveredEvent[] {
    return this.#sql.exec(
      `SELECT * FROM events WHERE ${COLUMNS[state]} IS NOT NULL AND (at < ?1 OR at = ?1 AND id > ?2)
       ORDER BY at DESC, id LIMIT ?3`,
      before?.at ?? Number.MAX_SAFE_INTEGER,
      before?.id ?? "",
      limit,
    ).toArray().map((row) => {
      const { id, type, at, target, tries } = keptFrom(row);
      const { problem, nextAt, deadAt } = row;
      return defined({
        id,
        type,
        at,
        target,
        state,
        tries,
        problem: textIn(problem),
        nextAt: numberIn(nextAt),
        deadAt: numberIn(deadAt),
      });
    });
  }

  /** How many events are here. */
  counts(): UndeliveredCounts {
    const count = (state: DeliveryState): number =>
      Number(
        this.#sql.exec(`SELECT count(*) AS n FROM events WHERE ${COLUMNS[state]} IS NOT NULL`).toArray()[0]
          ?.n ?? 0,
      );
    return { waiting: count("waiting"), dead: count("dead") };
  }

  #least(column: "nextAt" | "deadAt"): number | undefined {
    const [row] = this.#sql.exec(
      `SELECT ${column} AS at FROM events WHERE ${column} IS NOT NULL ORDER BY ${column} LIMIT 1`,
    ).toArray();
    return row && Number(row.at);
  }
}

function keptFrom(row: Readonly<Record<string, unknown>>): KeptEvent {
  const { id, type, at, target, sealed, takenAt, tries } = row;
  return defined({
    id: String(id),
    type: String(type),
    at: Number(at),
    target: typeof target === "string" ? JSON.parse(target) : undefined,
    sealed: String(sealed),
    takenAt: Number(takenAt),
    tries: Number(tries),
  });
}
