import type { ActivityHour, DirectoryChange } from "./directory_api.ts";
import { CHANGE_TYPES, type ChangeType } from "./change_type.ts";
import type { DirectorySql } from "./directory_sql.ts";

const HOUR_MS = 3_600_000;
const KEPT_MS = 31 * 24 * HOUR_MS;

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
    for (const { type, hour, n } of sums.values()) this.add(hour, type, n);
  }

  /** Adds `n` to the count of `type` in the hour that begins at `hour`, ms. */
  add(hour: number, type: ChangeType, n: number): void {
    this.#sql.exec(
      "INSERT INTO hours VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
      hour,
      type,
      n,
    );
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
      const type = CHANGE_TYPES.find((known) => known === row.type);
      if (!type) continue;
      const counts = hours.get(Number(row.hour)) ?? {};
      counts[type] = Number(row.n);
      hours.set(Number(row.hour), counts);
    }
    return [...hours].map(([hour, counts]) => ({ hour, counts }));
  }
}
