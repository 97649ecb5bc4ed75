import { check } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { isObject, isText, moment } from "../oauth/fields.ts";
import { checkId, type ConnectionTarget } from "../oauth/target.ts";
import { listIn, oneOf, partOf, targetIn } from "./answers.ts";
import { askWorker, lacking } from "./ask_worker.ts";
import type { WorkerHost } from "./options.ts";
import { pagesOf } from "./pages_of.ts";
import { textOf } from "./texts.ts";

const STATES = ["dead", "waiting"] as const;

/** How an event stands at one address of the worker's `EVENT_URLS`, or one that was taken out of them. */
export interface EventDelivery {
  /** Scheme and host of the address. */
  readonly endpoint: string;
  /** Its place in `EVENT_URLS`, from 1; 0 once it was taken out. */
  readonly place: number;
  /** Whether it is still tried. */
  readonly state: "dead" | "waiting";
  /** Tries so far. */
  readonly tries: number;
  /** What the last one ended with. */
  readonly problem?: string;
  /** When it is tried next, at the earliest. */
  readonly nextAt?: Date;
  /** When it was given up. */
  readonly deadAt?: Date;
}

/** An event that an address does not have. */
export interface UndeliveredEvent {
  /** Names the event. */
  readonly id: string;
  /** What happened. */
  readonly type: string;
  /** When. */
  readonly at: Date;
  /** Which connection, where it is about one. */
  readonly target?: ConnectionTarget;
  /** How it stands at the addresses that do not have it. */
  readonly deliveries: readonly EventDelivery[];
}

/** The events of a worker that an address does not have. Needs a key of the role `admin`. */
export interface WorkerEvents {
  /** Dead letters (by default), or what is still tried; newest first. */
  list(options?: { readonly state?: "dead" | "waiting" }): AsyncGenerator<UndeliveredEvent, void, undefined>;
  /** Sends dead letters again: these (1 to 1,000 ids), or all that happened since a moment. Tells which ids are none. */
  replay(
    which: { readonly ids: readonly string[] } | { readonly since: Date },
  ): Promise<{ readonly replayed: number; readonly unknown: readonly string[] }>;
}

/** The undelivered events of `host`. */
export function workerEvents(host: WorkerHost): WorkerEvents {
  return {
    list: ({ state = "dead" } = {}) => {
      check(STATES.includes(state), `state must be one of ${STATES.join(", ")}`);
      return pagesOf(host, "/events", { state }, (body) => listIn(body, "events").map(eventIn));
    },
    replay: async (which) =>
      await askWorker(host, "/events/replay", {
        method: "POST",
        body: checkWhich(which),
        isRepeatable: true,
        read: ({ body }) => {
          const { replayed, unknown } = body;
          if (typeof replayed !== "number") throw lacking(`its answer lacks field "replayed"`);
          return { replayed, unknown: Array.isArray(unknown) ? unknown.filter(isText) : [] };
        },
      }),
  };
}

function checkWhich(which: Parameters<WorkerEvents["replay"]>[0]): Record<string, unknown> {
  check(isObject(which), "which must be { ids } or { since }");
  if ("ids" in which) {
    const { ids } = which;
    check(
      Array.isArray(ids) && ids.length >= 1 && ids.length <= 1_000,
      "ids must be an array of 1 to 1,000 ids",
    );
    return { ids: ids.map((id) => checkId("ids", id)) };
  }
  const { since } = which;
  check(since instanceof Date && !isNaN(since.getTime()), "since must be a valid Date");
  return { since: since.toISOString() };
}

function eventIn(value: unknown): UndeliveredEvent {
  const field = partOf(value);
  const target = field.value("target");
  return defined({
    id: field.string("id"),
    type: field.string("type"),
    at: field.required("at", moment(field.value("at"))),
    target: isObject(target) ? targetIn(target) : undefined,
    deliveries: isObject(value) ? listIn(value, "deliveries").map(deliveryIn) : [],
  });
}

function deliveryIn(value: unknown): EventDelivery {
  const field = partOf(value);
  const count = (name: string): number => {
    const value = field.value(name);
    return field.required(name, typeof value === "number" ? value : undefined);
  };
  return defined({
    endpoint: field.string("endpoint"),
    place: count("place"),
    state: field.required("state", oneOf(STATES, field.value("state"))),
    tries: count("tries"),
    problem: textOf(field.value("problem")),
    nextAt: moment(field.value("nextAt")),
    deadAt: moment(field.value("deadAt")),
  });
}
