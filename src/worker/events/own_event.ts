import type { ConnectionTarget } from "../../oauth/mod.ts";

/** Every event of our own. `docs/EVENTS.md` has the same names, with what each means and what the core calls it. */
export const OWN_EVENT_TYPES = [
  "connection.installed",
  "connection.uninstalled",
  "connection.lost",
  "connection.recovered",
  "connection.reauthorization_required",
  "connection.link",
  "connection.paused",
  "connection.resumed",
  "endpoint.removed",
  "endpoint.back",
  "job.ended",
] as const;

/** What an event of our own is called. */
export type OwnEventType = (typeof OWN_EVENT_TYPES)[number];

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
