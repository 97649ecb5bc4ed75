import type { HighLevelErrorCode } from "../../oauth/highlevel_error.ts";
import { type ConnectionTarget, describeTarget } from "../../oauth/target.ts";

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
  readonly code?: HighLevelErrorCode;
  /** HighLevel's trace id. */
  readonly traceId?: string;
  /** Where a person authorises the app again. */
  readonly authorizationUrl?: string;
}

/** Which alerts a connection has sent: one of a kind and day at most, and "back" only after trouble was told. */
export class AlertBook {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS alerts (kind TEXT PRIMARY KEY, day TEXT, open INTEGER)");
  }

  /** Whether an alert of `kind` is to be sent now; notes that it is. */
  take(kind: AlertKind, now: number): boolean {
    const day = new Date(now).toISOString().slice(0, 10);
    if (kind === "back" && this.#sql.exec("SELECT 1 FROM alerts WHERE open = 1").toArray().length === 0) {
      return false;
    }
    if (kind === "back") this.#sql.exec("UPDATE alerts SET open = 0");
    const [sent] = this.#sql.exec("SELECT day FROM alerts WHERE kind = ?", kind).toArray();
    const isNew = sent?.day !== day;
    this.#sql.exec("INSERT OR REPLACE INTO alerts VALUES (?, ?, ?)", kind, day, kind === "back" ? 0 : 1);
    return isNew;
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
