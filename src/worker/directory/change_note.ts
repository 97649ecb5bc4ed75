import type { StoredRecord } from "../../stores/mod.ts";
import { endpointEvent } from "../events/endpoint_event.ts";
import { type EventKeeper, keepEvents } from "../events/keep_events.ts";
import type { SharedNotes } from "./shared_notes.ts";

/** Writes the note under `key`, or drops it, and keeps the event that this is, where it is one. */
export async function changeNote(
  notes: SharedNotes,
  events: EventKeeper,
  key: string,
  record: StoredRecord | undefined,
): Promise<void> {
  const event = endpointEvent(key, notes.has(key), record, Date.now());
  if (record) notes.put(key, record);
  else notes.drop(key);
  if (event) await keepEvents(events, [event]);
}
