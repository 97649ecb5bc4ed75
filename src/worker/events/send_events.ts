import { withDeadline } from "../../connections/host.ts";
import { defined } from "../../oauth/host.ts";
import { HighLevelError } from "../../oauth/mod.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import { endpointsOf } from "./endpoints_of.ts";
import { isWanted } from "./event_filter.ts";
import type { EventMessage, SentEvent } from "./event_message.ts";
import type { OwnEvent } from "./own_event.ts";
import { messageBytes, queueBatches } from "./queue_batches.ts";

/** A larger message does not go by the queue, bytes: Cloudflare allows 128 KB, its own part of it included. */
const MESSAGE_BYTES = 127_000;
/** A queue that has not answered within this has not taken it, ms. */
const LONGEST_WAIT_MS = 10_000;
/** When to come again then, ms. */
const AGAIN_AFTER_MS = 60_000;

/** What is needed of an app to send its events. */
type EventSender = Pick<ReconnectApp, "id" | "env" | "settings" | "endpoint">;

/** Puts events of our own on the queue, if anybody wants them; rejects where it does not take them all. A repeat has the same ids. */
export async function putEvents(app: EventSender, events: readonly OwnEvent[]): Promise<void> {
  const sent = events.filter(({ type }) => isSent(app, type)).map((event): SentEvent =>
    defined({
      id: event.id,
      from: "reconnect" as const,
      type: event.type,
      at: Date.parse(event.timestamp),
      target: event.data.target,
      body: JSON.stringify(event),
      headers: {},
    })
  );
  for (const batch of queueBatches(sent.map((event) => ({ appId: app.id, event })))) {
    await taken(app.env.EVENTS?.sendBatch(batch));
  }
}

/** Whether events of this `type` go to anybody. */
export function isSent({ settings: { events } }: Pick<ReconnectApp, "settings">, type: string): boolean {
  return events !== undefined && isWanted(type, events.types);
}

/**
 * Puts an event on its way; once this resolves it cannot be lost. One that is too large for a message of the queue is handed to the
 * objects of the addresses at once. Tells whether the queue has it, and with it whoever reads that.
 */
export async function passOn(app: EventSender, event: SentEvent): Promise<boolean> {
  const message: EventMessage = { appId: app.id, event };
  if (messageBytes(message) <= MESSAGE_BYTES) {
    await taken(app.env.EVENTS?.send(message));
    return true;
  }
  const endpoints = await endpointsOf(app);
  await Promise.all(endpoints.map(({ api }) => api.take([event])));
  return false;
}

/** Waits for the queue; its trouble, which may hold anything, becomes a coded error. */
async function taken(sending: Promise<unknown> | undefined): Promise<void> {
  try {
    await withDeadline(Promise.resolve(sending), LONGEST_WAIT_MS, "sent");
  } catch (error) {
    const name = error instanceof Error ? error.name : "something";
    throw new HighLevelError("store_failed", `The queue of events takes nothing now: it threw ${name}.`, {
      retryAfterMs: AGAIN_AFTER_MS,
    });
  }
}
