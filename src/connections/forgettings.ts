/** Connections whose forgetting is remembered here. */
const MAX_KEYS = 10_000;

/** What was forgotten here, and in which order: the moment of a call counts, not that of its first read. */
export class Forgettings {
  readonly #last = new Map<string, number>();
  #count = 0;

  /** Marks the moment at which a call begins. */
  began(): number {
    return this.#count;
  }

  /** Notes that the connection under `key` is being forgotten. */
  note(key: string): void {
    if (this.#last.size >= MAX_KEYS) this.#last.clear();
    this.#last.set(key, ++this.#count);
  }

  /** Whether the connection under `key` was forgotten here after a call that `began` then. */
  isForgottenSince(key: string, began: number): boolean {
    return (this.#last.get(key) ?? 0) > began;
  }
}
