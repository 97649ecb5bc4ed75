import { HighLevelError } from "../../oauth/mod.ts";
import { counted } from "../counted.ts";
import type { Sql } from "../durable/object_sql.ts";

/** Locations of one turn, and those called at once. */
const TURN = 100;
const AT_ONCE = 25;

/** The locations that a company's object knows of, in its SQLite. */
export class KnownLocations {
  readonly #sql: Sql;
  /** Those that could not be reached, until all others were. */
  readonly #failed = new Set<string>();

  /** A list in `sql`. */
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Notes a location; a `pending` one waits for its company's tokens. What is known already is not written again. */
  note(locationId: string, pending: boolean): void {
    const known = this.#sql.exec("SELECT pending FROM locations WHERE id = ?", locationId).toArray();
    if (known[0]?.pending === (pending ? 1 : 0)) return;
    this.#sql.exec(
      "INSERT INTO locations VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET pending = excluded.pending",
      locationId,
      pending ? 1 : 0,
    );
  }

  /** Drops a location; tells how many that were. */
  drop(locationId: string): number {
    return this.#sql.exec("DELETE FROM locations WHERE id = ? RETURNING id", locationId).toArray().length;
  }

  /** Calls `work` for locations that wait for tokens; each is done once. Tells whether more are left. */
  async eachPending(work: (locationId: string) => Promise<void>): Promise<boolean> {
    return await this.#each("pending = 1", work, "UPDATE locations SET pending = 0 WHERE id = ?");
  }

  /** Calls `work` for all locations, and drops each from the list. Tells whether more are left. */
  async eachForTheLastTime(work: (locationId: string) => Promise<void>): Promise<boolean> {
    return await this.#each("1", work, "DELETE FROM locations WHERE id = ?");
  }

  /** @throws {HighLevelError} `unavailable` once all are done that could be reached; those that could not come first the next time. */
  async #each(which: string, work: (locationId: string) => Promise<void>, done: string): Promise<boolean> {
    const failed = this.#failed;
    const rows = this.#sql.exec(`SELECT id FROM locations WHERE ${which} LIMIT ${TURN + failed.size}`);
    const ids = rows.toArray().map(({ id }) => String(id)).filter((id) => !failed.has(id)).slice(0, TURN);
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      await Promise.all(
        ids.slice(at, at + AT_ONCE).map(async (id) => {
          try {
            await work(id);
            this.#sql.exec(done, id);
          } catch {
            failed.add(id); // one location's trouble must not keep the others
          }
        }),
      );
    }
    if (ids.length === TURN) return true;
    const count = failed.size;
    failed.clear();
    if (count === 0) return false;
    throw new HighLevelError("unavailable", `${counted(count, "location")} could not be reached.`);
  }
}
