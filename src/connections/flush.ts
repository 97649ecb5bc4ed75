import { HighLevelError } from "../oauth/highlevel_error.ts";
import type { Parts } from "./parts.ts";

/** Writes what is in memory only; see `Connections.flush`. */
export async function flush({ records, runAlone }: Parts): Promise<void> {
  for (const key of records.unsavedKeys()) await runAlone(key, (fence) => records.flush(key, fence));
  const left = records.unsavedKeys().length;
  if (left === 0) return;
  const message = `Records in memory only: ${left}. The store does not take them.`;
  throw new HighLevelError("store_failed", message);
}
