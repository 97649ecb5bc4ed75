/** Something to do at a time. */
export interface AgendaItem {
  /** What. */
  readonly name: string;
  /** When, ms. */
  readonly at: number;
  /** How often it was tried before. */
  readonly attempt: number;
}

/** Named due times over an object's single alarm, in its SQLite: what is due survives eviction at any await. */
export class Agenda {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS agenda (name TEXT PRIMARY KEY, at INTEGER, attempt INTEGER)",
    );
  }

  /** Puts `name` on the agenda, replacing its time. */
  async set(name: string, at: number, attempt = 0): Promise<void> {
    this.#storage.sql.exec("INSERT OR REPLACE INTO agenda VALUES (?, ?, ?)", name, Math.ceil(at), attempt);
    await this.#arm();
  }

  /** Takes `name` off the agenda. */
  clear(name: string): void {
    this.#storage.sql.exec("DELETE FROM agenda WHERE name = ?", name);
  }

  /** The item under `name`. */
  get(name: string): AgendaItem | undefined {
    return this.#items("WHERE name = ?", name)[0];
  }

  /** When the next of `names` is due, ms. */
  next(...names: readonly string[]): number | undefined {
    const times = this.#items("ORDER BY at").filter(({ name }) => names.includes(name));
    return times[0]?.at;
  }

  /** Runs everything due at `now`. An item stays until its work ended; one that throws is due again later. */
  async run(now: number, work: (item: AgendaItem) => Promise<void>): Promise<void> {
    for (const item of this.#items("WHERE at <= ? ORDER BY at", now)) {
      try {
        await work(item);
        const after = this.get(item.name);
        if (after?.at === item.at && after.attempt === item.attempt) this.clear(item.name);
      } catch (error) {
        await this.set(item.name, now + retryDelayMs(item.attempt), item.attempt + 1);
        console.error(
          JSON.stringify({
            level: "error",
            agenda: item.name,
            error: error instanceof Error ? error.name : "thrown",
          }),
        );
      }
    }
    await this.#arm();
  }

  async #arm(): Promise<void> {
    const [first] = this.#items("ORDER BY at LIMIT 1");
    if (first) await this.#storage.setAlarm(first.at);
    else await this.#storage.deleteAlarm();
  }

  #items(clause: string, ...values: readonly (string | number)[]): AgendaItem[] {
    return this.#storage.sql.exec(`SELECT name, at, attempt FROM agenda ${clause}`, ...values).toArray().map((
      row,
    ) => ({
      name: String(row.name),
      at: Number(row.at),
      attempt: Number(row.attempt),
    }));
  }
}

/** Growing delay with jitter, ms: about 5 s, 10 s, 20 s … at most 6 hours. */
export function retryDelayMs(attempt: number): number {
  return Math.min(6 * 3_600_000, 5_000 * 2 ** attempt) * (0.75 + Math.random() / 2);
}
