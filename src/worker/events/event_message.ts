import type { ConnectionTarget } from "../../oauth/mod.ts";

/** An event as it goes to receivers: one of HighLevel's webhooks, or one of our own. */
export interface SentEvent {
  /** Names it (`webhook-id`): HighLevel's `webhookId`, or our own id. */
  readonly id: string;
  /** Whose event it is. */
  readonly from: "highlevel" | "reconnect";
  /** What happened. */
  readonly type: string;
  /** When, ms. */
  readonly at: number;
  /** Which connection, where it is about one. */
  readonly target?: ConnectionTarget;
  /** The body. UTF-8 makes of it the very bytes that came. */
  readonly body: string;
  /** Headers that came with it and go along: HighLevel's signature above all. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One message of the queue of events. */
export interface EventMessage {
  /** HighLevel's id of the app. */
  readonly appId: string;
  /** The event. */
  readonly event: SentEvent;
  /** The name of the one address's object that does not have it yet; for all addresses where absent. */
  readonly to?: string;
  /** Every address's object has it: what is left is to do what it says. */
  readonly isHandedOver?: true;
}

/** Whether a message of the worker's queues is about an event. */
export function isEventMessage(message: object | null | undefined): message is EventMessage {
  return typeof message === "object" && message !== null && "event" in message;
}
