import { type ConnectionTarget, describeTarget } from "../../oauth/target.ts";
import type { Sql } from "../durable/lazy_sql.ts";

/** What an alert is about. */
export type AlertKind = "reauthorization_required" | "broken" | "back";

/** One alert. Carries no token. */
export interface Alert {
  /** What it is about. */
  readonly kind: AlertKind;
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** When, ms. */
  readonly at: number;
  /** Why. */
  readonly code?: string | undefined;
  /** HighLevel's trace id. */
  readonly traceId?: string | undefined;
  /** Where a person authorises the app again. */
  readonly authorizationUrl?: string | undefined;
}

/**
 * A connection's alerts, in its object's SQLite: which were told, and which are still to be sent. Trouble is told once,
 * when it begins; "back" only after trouble was told; one of a kind and day at most.
 */
export class AlertBook {
  readonly #sql: Sql;
  #sending: Promise<void> | undefined;

  /** A book in `sql`. */
  constructor(sql: Sql) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS alerts (kind TEXT PRIMARY KEY, day TEXT, open INTEGER)");
    sql.exec("CREATE TABLE IF NOT EXISTS unsent (id INTEGER PRIMARY KEY AUTOINCREMENT, alert TEXT)");
  }

  /** Puts `alert` among those to be sent, if it is news; tells whether it is. */
  add(alert: Alert): boolean {
    const { kind, at } = alert;
    if (!this.#isNews(kind, new Date(at).toISOString().slice(0, 10))) return false;
    this.#sql.exec("INSERT INTO unsent (alert) VALUES (?)", JSON.stringify(alertBody(alert)));
    return true;
  }

  /** Sends what is to be sent, in order. One that was sent and not yet noted as such may come twice. */
  async send(url: string): Promise<void> {
    await (this.#sending ??= this.#sendAll(url).finally(() => this.#sending = undefined));
  }

  async #sendAll(url: string): Promise<void> {
    for (const { id, alert } of this.#sql.exec("SELECT id, alert FROM unsent ORDER BY id").toArray()) {
      await postAlert(url, JSON.parse(String(alert)));
      this.#sql.exec("DELETE FROM unsent WHERE id = ?", id);
    }
  }

  #isNews(kind: AlertKind, day: string): boolean {
    const [last] = this.#sql.exec("SELECT day, open FROM alerts WHERE kind = ?", kind).toArray();
    if (kind === "back") {
      const isTold = this.#sql.exec("SELECT 1 FROM alerts WHERE open = 1").toArray().length > 0;
      if (!isTold || last?.day === day) return false; // the trouble stays open: a refresh of the next day tells
      this.#sql.exec("UPDATE alerts SET open = 0");
    }
    if (last?.open === 1 || last?.day === day) return false;
    this.#sql.exec("INSERT OR REPLACE INTO alerts VALUES (?, ?, ?)", kind, day, kind === "back" ? 0 : 1);
    return true;
  }
}

/** The alert as JSON with a `text` that chat services show. */
export function alertBody(alert: Alert): Record<string, unknown> {
  const { kind, target, at, code, traceId, authorizationUrl } = alert;
  const who = describeTarget(target);
  const trace = traceId ? ` Trace id for HighLevel's support: ${traceId}.` : "";
  const text = {
    reauthorization_required: `${who} needs a person to authorise the app again` +
      `${authorizationUrl ? `: ${authorizationUrl}` : "."}${trace}`,
    broken: `${who} has been broken for an hour (${code ?? "unknown"}).${trace} It is retried by itself.`,
    back: `${who} is connected again.`,
  }[kind];
  return { text, kind, target, at: new Date(at).toISOString(), code, traceId, authorizationUrl };
}

/** Sends `body` to `url`; rejects when it does not take it. */
export async function postAlert(url: string, body: Record<string, unknown>): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    redirect: "manual",
    signal: AbortSignal.timeout(10_000),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`The alert webhook answered ${response.status}.`);
}
