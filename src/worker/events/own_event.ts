import type { ConnectionTarget } from "../../oauth/mod.ts";

/**
 * Every event of our own, with its meaning. `docs/EVENTS.md` has the same table, with what the core calls each.
 */
export const OWN_EVENTS = {
  "connection.installed": "There are tokens of a connection that was not held before.",
  "connection.uninstalled": "The connection is gone: uninstalled at HighLevel, or forgotten by hand.",
  "connection.lost": "It does not work any more; getting it back goes on by itself.",
  "connection.recovered": "It works again after it was lost, or after its tokens were found dead.",
  "connection.reauthorization_required": "No way back is left: a person must authorise the app again.",
  "connection.link": "A campaign asks a person to bring the connection back: the link for a mailer of yours.",
  "connection.paused": "HighLevel says that the location is not active.",
  "connection.resumed": "The location is active again.",
  "endpoint.removed": "HighLevel answers that its Reconnect endpoint is gone.",
  "endpoint.back": "HighLevel's Reconnect endpoint answers again.",
  "job.ended": "A bulk recovery is done, or was cancelled.",
} as const;

/** What an event of our own is called. */
export type OwnEventType = keyof typeof OWN_EVENTS;

/** An event of our own, as receivers get it. Never a token. */
export interface OwnEvent {
  /** Names the event; a repeat has the same. */
  readonly id: string;
  /** What happened. */
  readonly type: OwnEventType;
  /** Grows when a field of `data` changes its meaning or goes. New fields come without that. */
  readonly version: 1;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  /** About what. */
  readonly data: {
    /** Which connection, where it is about one. */
    readonly target?: ConnectionTarget;
    readonly [field: string]: unknown;
  };
}

/** A new event of our own; without an `id`, one that nothing else has. */
export function ownEvent(
  type: OwnEventType,
  at: number,
  data: OwnEvent["data"],
  id: string = crypto.randomUUID(),
): OwnEvent {
  return {
    id: `evt_${id.replaceAll("-", "")}`,
    type,
    version: 1,
    timestamp: new Date(at).toISOString(),
    data,
  };
}
