import { deliverInstallation, type InstallationTaker } from "../connection/deliver_installation.ts";
import { logError } from "../log.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import type { Settings } from "../settings.ts";
import { webhookEvent } from "../../webhooks/host.ts";
import { type Endpoint, endpointsOf } from "./endpoints_of.ts";
import type { EventMessage } from "./event_message.ts";
import { queueBatches } from "./queue_batches.ts";

/** What is used of a message of the queue. */
type QueuedEvent = Pick<Message<EventMessage>, "body" | "attempts" | "ack" | "retry">;

/** What is needed of an app to consume its events. */
export interface EventConsumer extends Pick<ReconnectApp, "endpoint">, InstallationTaker {
  readonly settings: Pick<Settings, "app" | "events" | "readOnly">;
  readonly env: {
    readonly EVENTS?: {
      sendBatch(
        messages: readonly { readonly body: EventMessage }[],
        options: { readonly delaySeconds: number },
      ): Promise<unknown>;
    };
  };
}

/** A message is handed over again after this at the latest, seconds. */
const LONGEST_DELAY_SECONDS = 3_600;
/** A part of a message that is left comes again after this, seconds: the share of an address, or what an INSTALL says. */
const SHARE_DELAY_SECONDS = 10;

/**
 * Consumes the queue of events: hands each to the objects of all addresses, which deliver it or keep it. What one object does not take
 * comes again for that one alone. An INSTALL and UNINSTALL is worked on here as well, once by its id: whoever put it on the queue may
 * have ended before that. Where that fails it alone comes again.
 */
export async function consumeEvents(messages: readonly QueuedEvent[], app: EventConsumer): Promise<void> {
  const endpoints = await endpointsOf(app);
  const missed = new Map<QueuedEvent, Endpoint[]>();
  await Promise.all(endpoints.map(async (endpoint) => {
    const own = messages.filter(({ body: { to, isHandedOver } }) =>
      !isHandedOver && (to === undefined || to === endpoint.name)
    );
    if (own.length === 0) return;
    try {
      await endpoint.api.take(own.map(({ body }) => body.event));
    } catch (error) {
      logError(error, { endpoint: endpoint.origin, events: own.length, outcome: "retried" });
      for (const message of own) missed.set(message, [...missed.get(message) ?? [], endpoint]);
    }
  }));
  await Promise.all(messages.map(async (message) => {
    const { body } = message;
    try {
      const isDone = await install(app, body).then(() => true, (error: unknown) => {
        logError(error, { event: body.event.id, outcome: "retried" });
        return false;
      });
      const left = missed.get(message) ?? [];
      // Nobody has it yet, or one thing alone is left: it comes again as it is.
      const isWhole = left.length > 0 && (left.length === endpoints.length || body.to !== undefined) ||
        !isDone && body.isHandedOver;
      if (isWhole) return again(message);
      const rest: EventMessage[] = left.map(({ name }) => ({ ...body, to: name }));
      if (!isDone) rest.push({ ...body, isHandedOver: true });
      for (const batch of queueBatches(rest)) {
        await app.env.EVENTS?.sendBatch(batch, { delaySeconds: SHARE_DELAY_SECONDS });
      }
      message.ack();
    } catch (error) {
      logError(error, { event: body.event.id, outcome: "retried" });
      again(message);
    }
  }));
}

/** Does what an INSTALL or UNINSTALL of HighLevel says, unless that is done. */
async function install(app: EventConsumer, { event, to }: EventMessage): Promise<void> {
  const { from, type, id, at, body } = event;
  if (from !== "highlevel" || to !== undefined || type !== "INSTALL" && type !== "UNINSTALL") return;
  if (app.settings.readOnly) throw new Error("The worker is read-only: this waits on the queue.");
  const defaults = { webhookId: id, timestamp: new Date(at) };
  await deliverInstallation(app, webhookEvent(JSON.parse(body.replace(/^\uFEFF/, "")), defaults));
}

function again(message: QueuedEvent): void {
  message.retry({ delaySeconds: Math.min(LONGEST_DELAY_SECONDS, 2 ** message.attempts) });
}
