import { defined } from "../../oauth/host.ts";
import { endpointsOf, keepersOf } from "../events/endpoints_of.ts";
import { listEvents, replayEvents } from "../events/undelivered.ts";
import { audited } from "../http/audit.ts";
import { noInput, noStoreJson, type Route, route } from "../http/route.ts";
import { eventsQuery, replayBody } from "../http/schemas.ts";

/** Events that addresses do not have: list them, send dead letters again. */
export const eventRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/events",
    access: "admin",
    query: eventsQuery,
    handle: async (context, { query: { state = "dead", limit = 100, cursor } }) =>
      noStoreJson(await listEvents(await keepersOf(context.get("scope")), { state, limit, cursor })),
  }),
  route({
    ...noInput,
    method: "post",
    path: "/events/replay",
    access: "admin",
    changes: "replay",
    body: replayBody,
    handle: async (context, { body: { ids, since } }) => {
      const query = defined({ ids, since: since === undefined ? undefined : Date.parse(since) });
      const result = await replayEvents(await endpointsOf(context.get("scope")), query);
      audited(context, { count: result.replayed });
      return noStoreJson(result);
    },
  }),
];
