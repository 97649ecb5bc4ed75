import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { SentEvent } from "./event_message.ts";

/** Where an event stands at an address: on its way there, or given up. */
export type DeliveryState = "waiting" | "dead";

/** How an event that was not delivered stands at one address. Moments in ms. */
export interface UndeliveredEvent {
  /** Names the event. */
  readonly id: string;
  /** What happened. */
  readonly type: string;
  /** When. */
  readonly at: number;
  /** Which connection, where it is about one. */
  readonly target?: ConnectionTarget;
  /** Whether it is tried again by itself. */
  readonly state: DeliveryState;
  /** Tries so far. */
  readonly tries: number;
  /** What the last one ended with. */
  readonly problem?: string;
  /** When it is tried next, at the earliest. */
  readonly nextAt?: number;
  /** When it was given up. */
  readonly deadAt?: number;
}

/** Which events {@linkcode EventEndpointApi.list} tells: newest first, after the place `before`. */
export interface UndeliveredQuery {
  /** In which state. */
  readonly state: DeliveryState;
  /** How many at most. */
  readonly limit: number;
  /** The last one of the page before. */
  readonly before?: { readonly at: number; readonly id: string };
}

/** Which dead letters are sent again: these, or all that happened since then (ms), or all. */
export interface ReplayQuery {
  /** By their ids. */
  readonly ids?: readonly string[];
  /** By when they happened. */
  readonly since?: number;
}

/** How many events an address does not have. */
export type UndeliveredCounts = Readonly<Record<DeliveryState, number>>;

/** The methods of the Durable Object of one address that events are sent to. */
export interface EventEndpointApi {
  /** Takes events: each is delivered, or kept until it is. Once this resolves none can be lost; one that comes again is taken once. */
  take(events: readonly SentEvent[]): Promise<void>;
  /** Events that were not delivered. */
  list(query: UndeliveredQuery): Promise<readonly UndeliveredEvent[]>;
  /** How many there are. */
  counts(): Promise<UndeliveredCounts>;
  /** Removes dead letters about a connection; tells how many, and how many about it still wait to be delivered. */
  erase(target: ConnectionTarget): Promise<UndeliveredCounts>;
  /** Sends dead letters again; tells the ids of those that there were. */
  replay(query: ReplayQuery): Promise<readonly string[]>;
}
