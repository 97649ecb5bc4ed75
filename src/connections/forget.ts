import type { ConnectionTarget } from "../oauth/target.ts";
import type { Parts } from "./parts.ts";
import type { ConnectionRecord } from "./record.ts";

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

/** Forgets a connection and its tokens; see `Connections.forget`. */
export async function forget(
  { keyOf, records, runAlone, forgettings, failures, nextUpdatedAt }: Parts,
  given: ConnectionTarget,
  { erase = false }: { readonly erase?: boolean } = {},
): Promise<void> {
  const { key, target } = keyOf(given);
  forgettings.note(key);
  failures.clear(key);
  // At once: an attempt looks before it writes.
  const tombstone = await records.supersede(key, (current): ConnectionRecord => {
    return { target, status: "forgotten", updatedAt: nextUpdatedAt(current) };
  });
  const at = tombstone.updatedAt;
  await runAlone(key, async (fence) => {
    const current = await records.read(key); // an attempt may have looked just before
    if ((current?.savedAt ?? 0) >= at) return; // saved anew meanwhile
    if (erase) await records.erase(key);
    else if (current?.status !== "forgotten") {
      await records.replace(key, { ...tombstone, updatedAt: nextUpdatedAt(current) }, fence);
    }
  });
}
