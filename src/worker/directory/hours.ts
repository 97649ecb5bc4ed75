import type { ActivityHour, DirectoryChange } from "./directory_api.ts";
import { CHANGE_TYPES, type ChangeType } from "./change_type.ts";
import type { DirectorySql } from "./directory_sql.ts";

const HOUR_MS = 3_600_000;
const KEPT_MS = 31 * 24 * HOUR_MS;

/** What changes were called in the first edition, where they had other names. */
const FORMER_TYPES: readonly (readonly [string, ChangeType])[] = [
  ["recovery_failed", "failed"],
  ["imported", "saved"],
  ["authorised", "saved"],
];

/** What changed over all connections, by the hour, for 31 days. */
export class Hours {
  readonly #sql: DirectorySql;

  /** Hours in `sql`. */
  constructor(sql: DirectorySql) {
    this.#sql = sql;
  }

  /** Counts `changes`: one write for each type and hour among them. */
  count(changes: readonly DirectoryChange[]): void {
    const sums = new Map<string, { readonly type: ChangeType; readonly hour: number; n: number }>();
    for (const { type, at } of changes) {
      const hour = at - at % HOUR_MS;
      const sum = sums.get(`${hour} ${type}`) ?? { type, hour, n: 0 };
      sum.n++;
      sums.set(`${hour} ${type}`, sum);
    }
    for (const { type, hour, n } of sums.values()) this.#add(hour, type, n);
  }

  #add(hour: number, type: ChangeType, n: number): void {
    this.#sql.exec(
      "INSERT INTO hours VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
      hour,
      type,
      n,
    );
  }

  /** Adds what another object counted. */
  takeOver(hours: readonly ActivityHour[]): void {
    for (const { hour, counts } of hours) {
      for (const type of CHANGE_TYPES) {
        const n = counts[type];
        if (n !== undefined) this.#add(hour, type, n);
      }
    }
  }

  /** Drops what is older than is kept at `now`. */
  dropOld(now: number): void {
    this.#sql.exec("DELETE FROM hours WHERE hour < ?", now - KEPT_MS);
  }

  /** The hours since `from`, oldest first. */
  since(from: number): ActivityHour[] {
    const rows = this.#sql.exec("SELECT hour, type, n FROM hours WHERE hour >= ? ORDER BY hour", from);
    const hours = new Map<number, Partial<Record<ChangeType, number>>>();
    for (const row of rows.toArray()) {
      const type = CHANGE_TYPES.find((known) => known === row.type) ??
        FORMER_TYPES.find(([former]) => former === row.type)?.[1];
      if (!type) continue;
      const counts = hours.get(Number(row.hour)) ?? {};
      counts[type] = (counts[type] ?? 0) + Number(row.n);
      hours.set(Number(row.hour), counts);
    }
    return [...hours].map(([hour, counts]) => ({ hour, counts }));
  }
}
