import type { ReconnectApp } from "../reconnect_app.ts";
import type { OwnEvent } from "./own_event.ts";
import { isSent, putEvents } from "./send_events.ts";

/** Events that wait at most: while the queue takes nothing for days, the oldest are not told. */
const MOST_WAITING = 100;

/** What an object keeps of its events until the queue has them. */
export interface EventKeeper {
  readonly app: Pick<ReconnectApp, "id" | "env" | "settings" | "endpoint">;
  /** Where they are kept. */
  readonly facts: { events: readonly OwnEvent[] };
  /** What the object does by alarm: `putKeptEvents`, under the name `events`. */
  readonly schedule: { readonly set: (name: "events", at: number) => Promise<void> };
}

/**
 * Keeps `events` until the queue has them. All is written before this first waits: it becomes durable together with what was written
 * just before.
 */
export async function keepEvents(
  { app, facts, schedule }: EventKeeper,
  events: readonly OwnEvent[],
): Promise<void> {
  const sent = events.filter(({ type }) => isSent(app, type));
  if (sent.length === 0) return;
  facts.events = [...facts.events, ...sent].slice(-MOST_WAITING);
  await schedule.set("events", Date.now());
}

/** Puts on the queue what waits for it. Throws where it takes nothing: then the same is put there again. */
export async function putKeptEvents({ app, facts }: Pick<EventKeeper, "app" | "facts">): Promise<void> {
  const { events } = facts;
  await putEvents(app, events);
  facts.events = facts.events.filter(({ id }) => !events.some((put) => put.id === id));
}
