import { kindIn } from "../kind_and_id.ts";
import { isNews, type ToldAlert } from "./alert_news.ts";
import type { AlertKind, DirectoryAlert } from "./directory_api.ts";
import type { RowKey } from "./connection_rows.ts";
import { type ChatMessage, nextTelling, type Notice, type PendingAlert } from "./digest.ts";
import type { FactTable } from "./directory_facts.ts";
import type { DirectorySql } from "./directory_sql.ts";

const KINDS: readonly AlertKind[] = ["reauthorization_required", "broken", "back", "not_stored"];

/** Notices that wait at most: while the chat is away for weeks, the oldest are not told. */
const MOST_NOTICES = 20;

/** Alerts over all connections in the directory's SQLite: which were told, and which are still to be told. */
export class AlertOutbox {
  readonly #sql: DirectorySql;
  readonly #facts: FactTable;
  #sending: Promise<number | undefined> | undefined;

  /** An outbox in `sql`. */
  constructor(sql: DirectorySql, facts: FactTable) {
    this.#sql = sql;
    this.#facts = facts;
  }

  /** Puts `alert` among those to be told, if it is news; tells whether it is. */
  add({ kind, id }: RowKey, alert: DirectoryAlert): boolean {
    const day = new Date(alert.at).toISOString().slice(0, 10);
    if (!isNews(alert.kind, day, this.#told(kind, id))) return false;
    if (alert.kind === "back") {
      this.#sql.exec("UPDATE told SET open = 0 WHERE kind = ? AND id = ?", kind, id);
      const untold = this.#sql.exec(
        "DELETE FROM untold WHERE kind = ? AND id = ? AND alert ->> 'kind' <> 'not_stored' RETURNING n",
        kind,
        id,
      ).toArray();
      if (untold.length > 0) return false; // nobody heard of the trouble
    }
    const isOpen = alert.kind === "broken" || alert.kind === "reauthorization_required" ? 1 : 0;
    this.#sql.exec("INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?)", kind, id, alert.kind, day, isOpen);
    this.#sql.exec("INSERT INTO untold (kind, id, alert) VALUES (?, ?, ?)", kind, id, JSON.stringify(alert));
    return true;
  }

  /** Puts a message about all connections among those to be told. */
  addNotice(notice: Notice): void {
    this.#facts.set("notices", [...this.#notices(), notice].slice(-MOST_NOTICES));
  }

  /**
   * Tells what is due, in order, and answers when the rest is, ms. What was sent and could not be noted as such may come
   * twice.
   */
  async send(now: number, post: (message: ChatMessage) => Promise<void>): Promise<number | undefined> {
    return await (this.#sending ??= this.#send(now, post).finally(() => this.#sending = undefined));
  }

  async #send(now: number, post: (message: ChatMessage) => Promise<void>): Promise<number | undefined> {
    const { messages, state, nextAt } = nextTelling(this.#pending(), this.#facts.get("digest"), now);
    const notices = this.#notices().map((notice) => ({ kind: "notice", notice } as const));
    for (const message of [...notices, ...messages]) {
      await post(message);
      switch (message.kind) {
        case "notice":
          this.#facts.set("notices", this.#notices().slice(1));
          break;
        case "single":
          this.#sql.exec("DELETE FROM untold WHERE n = ?", message.alert.n);
          break;
        case "digest":
          this.#sql.exec("DELETE FROM untold WHERE n <= ?", message.alerts.at(-1)?.n ?? 0);
          break;
      }
    }
    if (state) this.#facts.set("digest", state);
    return nextAt;
  }

  /** Drops everything that is still to be told: nobody wants to know. */
  clear(): void {
    this.#sql.exec("DELETE FROM untold");
    this.#facts.set("notices", []);
  }

  #notices(): readonly Notice[] {
    return this.#facts.get("notices") ?? [];
  }

  #pending(): PendingAlert[] {
    return this.#sql.exec("SELECT n, kind, id, alert FROM untold ORDER BY n").toArray().map((row) => ({
      ...JSON.parse(String(row.alert)),
      n: Number(row.n),
      target: { kind: kindIn(row.kind), id: String(row.id) },
    }));
  }

  #told(kind: string, id: string): ToldAlert[] {
    const rows = this.#sql.exec("SELECT alert, day, open FROM told WHERE kind = ? AND id = ?", kind, id);
    return rows.toArray().flatMap((row) => {
      const known = KINDS.find((one) => one === row.alert);
      return known ? [{ kind: known, day: String(row.day), isOpen: row.open === 1 }] : [];
    });
  }
}
