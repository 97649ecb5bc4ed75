import type { Call } from "./call.ts";
import type { Installation } from "./installation.ts";
import { invalidParameter } from "./refusal.ts";

/** What `sandbox_target=location:ID` or `company:ID` names in a page's query; without it the first location. */
export function chosenTarget(call: Call): Installation {
  const { world } = call.simulation;
  const named = call.url.searchParams.get("sandbox_target");
  const [kind, id = ""] = named?.split(":") ?? [];
  const place = named === null
    ? world.locations.values().next().value
    : (kind === "company" ? world.companies : world.locations).get(id);
  if (place === undefined) throw invalidParameter("sandbox_target");
  return place;
}

/** Whether a page's query leaves the choice to a person. */
export function asksPerson(call: Call): boolean {
  const query = call.url.searchParams;
  if (query.get("sandbox_page") === "1") return true;
  const isChosen = query.has("sandbox_target") || query.has("sandbox_refuse");
  return call.simulation.settings.choosePage && !isChosen;
}
