import type { SweepResult } from "./directory_metrics.ts";
import type { DirectorySql } from "./directory_sql.ts";
import type { DigestState, Notice } from "./digest.ts";
import type { EventAddresses } from "./event_addresses.ts";
import type { OwnEvent } from "../events/own_event.ts";
import type { SweepState } from "./sweep_state.ts";

/** Everything that the directory remembers beside its tables. */
export interface DirectoryFacts {
  /** How the last alerts were told. */
  readonly digest: DigestState;
  /** Messages over all connections that are still to be told, as the chat takes them: what a sweep has found. */
  readonly notices: readonly Notice[];
  /** Objects of addresses that keep events. */
  readonly eventAddresses: EventAddresses;
  /** Where the sweep is. */
  readonly sweep: SweepState;
  /** Events that are still to be put on their queue. */
  readonly events: readonly OwnEvent[];
  /** What the last whole sweep has found. */
  readonly swept: SweepResult;
  /** When the rows were first whole, ms. */
  readonly builtAt: number;
  /** When the counts of the object before this one were taken over, ms. */
  readonly hoursTakenAt: number;
}

/** {@linkcode DirectoryFacts} in the directory's SQLite. */
export class FactTable {
  readonly #sql: DirectorySql;

  /** Facts in `sql`. */
  constructor(sql: DirectorySql) {
    this.#sql = sql;
  }

  /** See {@linkcode DirectoryFacts.events}. */
  get events(): readonly OwnEvent[] {
    return this.get("events") ?? [];
  }

  /** Keeps which events are still to be put on their queue. */
  set events(events: readonly OwnEvent[]) {
    this.set("events", events);
  }

  /** What is kept under `name`. */
  get<Name extends keyof DirectoryFacts>(name: Name): DirectoryFacts[Name] | undefined {
    const [row] = this.#sql.exec("SELECT value FROM facts WHERE name = ?", name).toArray();
    return row && JSON.parse(String(row.value));
  }

  /** Keeps `value` under `name`. */
  set<Name extends keyof DirectoryFacts>(name: Name, value: DirectoryFacts[Name]): void {
    this.#sql.exec("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, JSON.stringify(value));
  }
}
