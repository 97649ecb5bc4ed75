import { defined } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { DeliveryState, ReplayQuery, UndeliveredEvent } from "./endpoint_api.ts";
import type { Endpoint } from "./endpoints_of.ts";

/** How an event stands at one address. */
export interface ShownDelivery {
  /** Scheme and host of the address. */
  readonly endpoint: string;
  /** Its place in `EVENT_URLS`, from 1. */
  readonly place: number;
  /** Whether it is tried again by itself. */
  readonly state: DeliveryState;
  /** Tries so far. */
  readonly tries: number;
  /** What the last one ended with. */
  readonly problem?: string;
  /** When it is tried next, at the earliest, ISO 8601. */
  readonly nextAt?: string;
  /** When it was given up, ISO 8601. */
  readonly deadAt?: string;
}

/** An event that some address does not have. */
export interface ShownEvent {
  /** Names the event. */
  readonly id: string;
  /** What happened. */
  readonly type: string;
  /** When, ISO 8601. */
  readonly at: string;
  /** Which connection, where it is about one. */
  readonly target?: ConnectionTarget;
  /** How it stands at the addresses that do not have it. */
  readonly deliveries: readonly ShownDelivery[];
}

/** One page of events, newest first. */
export interface EventPage {
  readonly events: readonly ShownEvent[];
  /** Asks for the next page; absent on the last one. */
  readonly cursor?: string;
}

/** Events that were not delivered, of all addresses together. A cursor that is none begins at the newest. */
export async function listEvents(
  endpoints: readonly Endpoint[],
  { state, limit, cursor }: {
    readonly state: DeliveryState;
    readonly limit: number;
    readonly cursor?: string | undefined;
  },
): Promise<EventPage> {
  const [, at, id = ""] = /^(\d{1,16})_(.*)$/.exec(cursor ?? "") ?? [];
  const before = at === undefined ? undefined : { at: Number(at), id };
  const lists = await Promise.all(endpoints.map(async (endpoint) => {
    const events = await endpoint.api.list({ state, limit: limit + 1, ...before && { before } });
    return events.map((event) => ({ event, endpoint }));
  }));
  const byId = [...Map.groupBy(lists.flat(), ({ event }) => event.id).values()].toSorted(newestFirst);
  const events = byId.slice(0, limit).map(shown);
  const last = byId.length > limit ? byId[limit - 1]?.[0]?.event : undefined;
  return { events, ...last && { cursor: `${last.at}_${last.id}` } };
}

/** Sends dead letters again; tells how many events that were, and which of the ids asked for are no dead letters. */
export async function replayEvents(
  endpoints: readonly Endpoint[],
  query: ReplayQuery,
): Promise<{ readonly replayed: number; readonly unknown?: readonly string[] }> {
  const ids = new Set((await Promise.all(endpoints.map(({ api }) => api.replay(query)))).flat());
  const unknown = query.ids?.filter((id) => !ids.has(id));
  return { replayed: ids.size, ...unknown?.length && { unknown } };
}

type OfOneEvent = readonly { readonly event: UndeliveredEvent; readonly endpoint: Endpoint }[];

function newestFirst([one]: OfOneEvent, [other]: OfOneEvent): number {
  if (!one || !other) return 0;
  return other.event.at - one.event.at || (one.event.id < other.event.id ? -1 : 1);
}

function shown(deliveries: OfOneEvent): ShownEvent {
  const [{ event: { id, type, at, target } } = { event: { id: "", type: "", at: 0, target: undefined } }] =
    deliveries;
  return defined({
    id,
    type,
    at: new Date(at).toISOString(),
    target,
    deliveries: deliveries.map((
      { event: { state, tries, problem, nextAt, deadAt }, endpoint: { origin, place } },
    ) =>
      defined({
        endpoint: origin,
        place,
        state,
        tries,
        problem,
        nextAt: moment(nextAt),
        deadAt: moment(deadAt),
      })
    ),
  });
}

function moment(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}
