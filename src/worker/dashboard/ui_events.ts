import { endpointsOf, keepersOf } from "../events/endpoints_of.ts";
import { countsAt, listEvents, replayEvents } from "../events/undelivered.ts";
import { audited } from "../http/audit.ts";
import { noInput, type Route } from "../http/route.ts";
import { eventsQuery, replayBody } from "../http/schemas.ts";
import { eventsPage } from "./events_page.tsx";
import { showPage } from "./show_page.tsx";
import { readForm, seeOther, uiRoute } from "./ui_route.ts";
import * as v from "valibot";

/** Events on one page. */
const LISTED = 50;

/** Events that addresses do not have, for people: look, and send again. */
export const eventPages: readonly Route[] = [
  uiRoute({
    ...noInput,
    method: "get",
    path: "/ui/events",
    needs: "admin",
    query: v.object({ ...eventsQuery.entries, sent: v.optional(v.pipe(v.string(), v.regex(/^\d{1,9}$/))) }),
    handle: async ({ context, scope, view }, { query: { state = "dead", cursor, sent } }) => {
      const endpoints = await keepersOf(scope);
      const [page, addresses] = await Promise.all([
        listEvents(endpoints, { state, limit: LISTED, cursor }),
        countsAt(endpoints),
      ]);
      const shown = addresses.filter(({ place, counts }) => place > 0 || counts.dead + counts.waiting > 0);
      return await showPage(context, view, eventsPage(view, { addresses: shown, state, page, sent }));
    },
  }),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/events/replay",
    needs: "admin",
    changes: "replay",
    handle: async ({ context, scope, view: { base } }) => {
      const form = await readForm(context.req.raw);
      const ids = { ids: form.getAll("id") };
      const query = form.has("all") ? {} : v.is(replayBody, ids) ? ids : { ids: [] };
      const { replayed } = await replayEvents(await endpointsOf(scope), query);
      audited(context, { count: replayed });
      return seeOther(context, `${base}/ui/events?sent=${replayed}`);
    },
  }),
];
