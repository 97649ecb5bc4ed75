import { defined, moment } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import { logError } from "../log.ts";
import type { DeliveryState, ReplayQuery, UndeliveredCounts, UndeliveredEvent } from "./endpoint_api.ts";
import type { Endpoint } from "./endpoints_of.ts";

/** How an event stands at one address. */
export interface ShownDelivery {
  /** Scheme and host of the address. */
  readonly endpoint: string;
  /** Its place in `EVENT_URLS`, from 1; 0 where it is not there any more. */
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
  const all = [...Map.groupBy(lists.flat(), ({ event }) => event.id).values()].flatMap((places) =>
    places.slice(0, 1).map(({ event }) => ({ event, places }))
  ).toSorted(({ event: one }, { event: other }) => other.at - one.at || (one.id < other.id ? -1 : 1));
  const page = all.slice(0, limit);
  const last = all.length > limit ? page.at(-1)?.event : undefined;
  return { events: page.map(shown), ...last && { cursor: `${last.at}_${last.id}` } };
}

/** How many events one address does not have. */
export interface AddressEvents extends Pick<Endpoint, "place" | "origin"> {
  /** How many wait and how many were given up. */
  readonly counts: UndeliveredCounts;
}

/** What each of `endpoints` lacks. One that cannot tell hides no other number. */
export async function countsAt(endpoints: readonly Endpoint[]): Promise<AddressEvents[]> {
  const told = endpoints.map(async ({ place, origin, api }) => {
    try {
      return [{ place, origin, counts: await api.counts() }];
    } catch (error) {
      logError(error, { part: "events", outcome: "passed_over" });
      return [];
    }
  });
  return (await Promise.all(told)).flat();
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

function shown(
  { event: { id, type, at, target }, places }: {
    readonly event: UndeliveredEvent;
    readonly places: readonly { readonly event: UndeliveredEvent; readonly endpoint: Endpoint }[];
  },
): ShownEvent {
  return defined({
    id,
    type,
    at: new Date(at).toISOString(),
    target,
    deliveries: places.map((
      { event: { state, tries, problem, nextAt, deadAt }, endpoint: { origin, place } },
    ) =>
      defined({
        endpoint: origin,
        place,
        state,
        tries,
        problem: place === 0 ? "unlisted" : problem,
        nextAt: moment(nextAt)?.toISOString(),
        deadAt: moment(deadAt)?.toISOString(),
      })
    ),
  });
}
