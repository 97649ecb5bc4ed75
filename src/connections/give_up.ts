import type { AttemptHost } from "./attempt_host.ts";
import type { RecordStore } from "./record_store.ts";

/** A store that lags is looked at once more after this, ms, before a connection is given up in it. */
const SECOND_LOOK_MS = 60_000;
/** Connections remembered that are about to be given up. */
const MAX_KEYS = 10_000;

/**
 * What writes that a connection is given up. Where `looksTwice`, since nothing guards the store and it shows writes late,
 * another process may have refreshed meanwhile: whoever comes to the same end a minute later writes it.
 */
export function createGiveUp(
  records: RecordStore,
  looksTwice: boolean,
  now: () => number,
): AttemptHost["giveUp"] {
  const firstAt = new Map<string, number>();
  return async ({ key }, record, before, fence) => {
    const isGivenUp = record.status === "reauthorization_required" || record.refreshTokenDead === true;
    const first = firstAt.get(key) ?? now();
    if (looksTwice && isGivenUp && now() - first < SECOND_LOOK_MS) {
      if (firstAt.size >= MAX_KEYS) firstAt.clear();
      firstAt.set(key, first);
      return await records.newer(key, record, before);
    }
    firstAt.delete(key);
    return (await records.write(key, record, before, fence)).by;
  };
}
