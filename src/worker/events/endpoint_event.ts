import type { StoredRecord } from "../../stores/mod.ts";
import { type OwnEvent, ownEvent } from "./own_event.ts";

/**
 * What it means that a note which all objects of an app share was written or dropped: that HighLevel's Reconnect endpoint is gone, or back.
 * `had` tells whether the note was there before.
 */
export function endpointEvent(
  key: string,
  had: boolean,
  note: StoredRecord | undefined,
  now: number,
): OwnEvent | undefined {
  if (!key.endsWith("/reconnect") || had === (note !== undefined)) return undefined;
  const type = note ? "endpoint.removed" : "endpoint.back";
  return ownEvent(type, note?.summary.updatedAt ?? now, { endpoint: "reconnect" });
}
