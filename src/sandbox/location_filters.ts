import type { Call } from "./call.ts";
import { type Installation, nameOf } from "./installation.ts";
import { unprocessable } from "./refusal.ts";

/** The locations that a list's query asks for, by the filters of HighLevel's files. */
export function filteredLocations(call: Call, locations: readonly Installation[]): readonly Installation[] {
  const query = call.url.searchParams;
  const name = query.get("query")?.toLowerCase();
  const locationId = query.get("locationId");
  const versionId = query.get("versionId");
  const planId = query.get("planId");
  const onTrial = booleanIn(query, "onTrial");
  const isInstalled = booleanIn(query, "isInstalled");
  return locations.filter((location) =>
    (isInstalled === undefined || location.installed === isInstalled) &&
    (locationId === null || location.id === locationId) &&
    (versionId === null || location.versionId === versionId) &&
    (planId === null || location.planId === planId) &&
    (onTrial === undefined || location.onTrial === onTrial) &&
    (name === undefined || nameOf(location).toLowerCase().includes(name))
  );
}

function booleanIn(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (value === "true" || value === "false") return value === "true";
  throw unprocessable([`${name} must be a boolean value`]);
}
