import type { Sql } from "../durable/object_sql.ts";

/** A webhook delivery is remembered this long, ms: longer than `verifyWebhook` takes one, by a clock that is a day off. */
const KEPT_MS = 2 * 24 * 3_600_000;

/** Webhooks that an object took, in its SQLite: each is worked on once, however often and however close it comes. */
export class ReceivedWebhooks {
  readonly #sql: Sql;
  readonly #underWay = new Map<string, Promise<void>>();

  /** A list in `sql`. */
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /**
   * Runs `work` unless `id` was taken before; tells whether it was new. Where `work` throws, the same webhook is taken when it comes
   * again: one that comes meanwhile ends alike.
   */
  async once(id: string, work: () => Promise<void>): Promise<boolean> {
    const underWay = this.#underWay.get(id);
    const isTaken = this.#sql.exec("SELECT 1 FROM received_webhooks WHERE id = ?", id).toArray().length > 0;
    if (underWay || isTaken) {
      await underWay;
      return false;
    }
    const working = work();
    this.#underWay.set(id, working);
    try {
      await working;
      this.#sql.exec("DELETE FROM received_webhooks WHERE at < ?", Date.now() - KEPT_MS);
      this.#sql.exec("INSERT OR REPLACE INTO received_webhooks VALUES (?, ?)", id, Date.now());
      return true;
    } finally {
      this.#underWay.delete(id);
    }
  }
}
