import type { ConnectionTarget } from "../oauth/target.ts";
import type { Parts } from "./parts.ts";
import { type ConnectionRecord, unlessForgotten } from "./record.ts";

/** Forgets a connection and its tokens; see `Connections.forget`. */
export async function forget(
  { keyOf, records, runAlone, forgettings, failures, nextUpdatedAt, emit }: Parts,
  given: ConnectionTarget,
  { erase = false }: { readonly erase?: boolean } = {},
): Promise<void> {
  const { key, target } = keyOf(given);
  forgettings.note(key);
  failures.clear(key);
  let wasHeld = false;
  // At once: an attempt looks before it writes.
  const tombstone = await records.supersede(key, (current): ConnectionRecord => {
    wasHeld ||= unlessForgotten(current) !== undefined; // written again, it meets its own tombstone
    return { target, status: "forgotten", updatedAt: nextUpdatedAt(current) };
  });
  if (wasHeld) emit({ type: "uninstalled", target });
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
