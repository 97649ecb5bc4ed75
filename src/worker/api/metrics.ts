import { endpointsOf } from "../events/endpoints_of.ts";
import { noInput, type RequestScope, type Route, route } from "../http/route.ts";
import { logError } from "../log.ts";
import { VERSION } from "../version.ts";
import { type AddressEvents, OPEN_METRICS_TYPE, openMetrics } from "./open_metrics.ts";

/** What there is to watch, in numbers. */
export const metricsRoute: Route = route({
  ...noInput,
  method: "get",
  path: "/metrics",
  access: "viewer",
  handle: async (context) => {
    const scope = context.get("scope");
    const [metrics, events] = await Promise.all([scope.directory().metrics(), undelivered(scope)]);
    const headers = { "Content-Type": OPEN_METRICS_TYPE, "Cache-Control": "no-store" };
    return new Response(openMetrics(metrics, VERSION, events), { headers });
  },
});

/** What each address of events lacks. One that cannot tell hides no other number. */
async function undelivered(scope: RequestScope): Promise<AddressEvents[]> {
  const told = (await endpointsOf(scope)).map(async ({ place, origin, api }) => {
    try {
      return [{ place, origin, counts: await api.counts() }];
    } catch (error) {
      logError(error, { part: "events", outcome: "passed_over" });
      return [];
    }
  });
  return (await Promise.all(told)).flat();
}
