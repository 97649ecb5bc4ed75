import type { OwnEvent } from "../events/own_event.ts";
import { isSent, putEvents } from "../events/send_events.ts";
import type { ObjectParts } from "./object_parts.ts";

/** Events that wait at most: while the queue takes nothing for days, the oldest are not told. */
const MOST_WAITING = 100;

/**
 * Keeps `events` until the queue has them. All is written before this first waits: it becomes durable together with what was written
 * just before.
 */
export async function keepEvents(
  { app, facts, schedule }: ObjectParts,
  events: readonly OwnEvent[],
): Promise<void> {
  const sent = events.filter(({ type }) => isSent(app, type));
  if (sent.length === 0) return;
  facts.events = [...facts.events, ...sent].slice(-MOST_WAITING);
  await schedule.set("events", Date.now());
}

/** Puts on the queue what waits for it. Throws where it takes nothing: then the same is put there again. */
export async function putKeptEvents({ app, facts }: ObjectParts): Promise<void> {
  const { events } = facts;
  await putEvents(app, events);
  facts.events = facts.events.filter(({ id }) => !events.some((put) => put.id === id));
}
