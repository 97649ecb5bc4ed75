import type { KeyValues } from "../durable/key_values.ts";
import { type ToldAlerts, toldWith } from "./alert_rule.ts";
import { NO_REPORTS, type ReportState, withAlert } from "./directory_report.ts";
import { type InstallationFacts, NO_FACTS } from "./installation_facts.ts";
import type { OwnEvent } from "../events/own_event.ts";
import type { ValueName } from "./object_parts.ts";
import type { DirectoryAlert } from "../directory/directory_api.ts";

/** What a connection's object knows besides its record, as values in its SQLite: one row each, written where it changed. */
export class ObjectFacts {
  readonly #values: KeyValues<ValueName>;

  /** Those among `values`. */
  constructor(values: KeyValues<ValueName>) {
    this.#values = values;
  }

  /** What is known of the installation. */
  get installation(): InstallationFacts {
    return { ...NO_FACTS, ...JSON.parse(this.#values.get("installation") ?? "{}") };
  }

  /** Keeps what is known of the installation. */
  set installation(facts: InstallationFacts) {
    const text = JSON.stringify(facts);
    const isNothing = this.#values.get("installation") === undefined && text === JSON.stringify(NO_FACTS);
    if (!isNothing) this.#values.set("installation", text);
  }

  /** What the directory was told, and is to be told. */
  get report(): ReportState {
    return { ...NO_REPORTS, ...JSON.parse(this.#values.get("report") ?? "{}") };
  }

  /** Keeps what the directory was told, and is to be told. */
  set report(state: ReportState) {
    this.#values.set("report", JSON.stringify(state));
  }

  /** Events that are still to be put on their queue. */
  get events(): readonly OwnEvent[] {
    return JSON.parse(this.#values.get("events") ?? "[]");
  }

  /** Keeps which events are still to be put on their queue. */
  set events(events: readonly OwnEvent[]) {
    this.#values.set("events", events.length > 0 ? JSON.stringify(events) : undefined);
  }

  /** Whether `alert` would be news. */
  isNews({ kind, at }: Pick<DirectoryAlert, "kind" | "at">): boolean {
    return toldWith(this.#alerts, kind, dayOf(at)) !== undefined;
  }

  /** Puts `alert` among those to be told, if it is news. */
  addAlert(alert: DirectoryAlert): void {
    const told = toldWith(this.#alerts, alert.kind, dayOf(alert.at));
    if (!told) return;
    this.#values.set("alerts", JSON.stringify(told));
    this.report = withAlert(this.report, alert);
  }

  get #alerts(): ToldAlerts {
    return JSON.parse(this.#values.get("alerts") ?? "{}");
  }
}

/** The day of `at`, ms, as ISO 8601 writes it. */
function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
