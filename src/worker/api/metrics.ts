import { endpointsOf } from "../events/endpoints_of.ts";
import { countsAt } from "../events/undelivered.ts";
import { noInput, type Route, route } from "../http/route.ts";
import { VERSION } from "../version.ts";
import { OPEN_METRICS_TYPE, openMetrics } from "./open_metrics.ts";

/** What there is to watch, in numbers. */
export const metricsRoute: Route = route({
  ...noInput,
  method: "get",
  path: "/metrics",
  access: "viewer",
  handle: async (context) => {
    const scope = context.get("scope");
    const counting = endpointsOf(scope).then(countsAt);
    const [metrics, events] = await Promise.all([scope.directory().metrics(), counting]);
    const headers = { "Content-Type": OPEN_METRICS_TYPE, "Cache-Control": "no-store" };
    return new Response(openMetrics(metrics, VERSION, events), { headers });
  },
});
