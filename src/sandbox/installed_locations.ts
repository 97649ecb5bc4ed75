import { checkCompany, companyBearerOf } from "./bearer.ts";
import type { Answer, Call } from "./call.ts";
import { type Installation, nameOf } from "./installation.ts";
import { filteredLocations } from "./location_filters.ts";
import { Refusal, unprocessable } from "./refusal.ts";
import { appIdOf } from "./token_answer.ts";

/** HighLevel's file of the legacy list names no largest `limit`; this one has to end somewhere. */
const LARGEST_LIMIT = 500;
/** HighLevel's v3 file: "Max items per page (1-100)". */
const LARGEST_PAGE = 100;

/** `GET /oauth/installedLocations`: legacy pages by `skip` and `limit`. */
export function installedLocations(call: Call): Answer {
  const company = checkedCompany(call);
  const skip = wholeNumber(call, "skip", 0, 0, Number.MAX_SAFE_INTEGER);
  const limit = wholeNumber(call, "limit", 20, 1, LARGEST_LIMIT);
  const found = wanted(call, company);
  return {
    status: 200,
    body: {
      locations: found.slice(skip, skip + limit).map(itemOf),
      count: found.length,
      installToFutureLocations: company.bulk?.installToFutureLocations ?? false,
    },
  };
}

/** `GET /oauth/installed-locations`: v3 pages by `pageSize` and `pageToken`. */
export function installedLocationsV3(call: Call): Answer {
  const company = checkedCompany(call);
  const pageSize = wholeNumber(call, "pageSize", 20, 1, LARGEST_PAGE);
  const start = startOf(call.url.searchParams.get("pageToken"));
  const found = wanted(call, company);
  const items = found.slice(start, start + pageSize).map(itemOf);
  const next = start + pageSize;
  const hasNextPage = next < found.length;
  const hasPrevPage = start > 0;
  return {
    status: 200,
    body: {
      items,
      pagination: {
        hasNextPage,
        hasPrevPage,
        currentPageSize: items.length,
        ...hasNextPage && { nextPageToken: pageTokenAt(next) },
        ...hasPrevPage && { prevPageToken: pageTokenAt(Math.max(0, start - pageSize)) },
        totalRecords: found.length,
      },
      installToFutureLocations: company.bulk?.installToFutureLocations ?? false,
    },
  };
}

function checkedCompany(call: Call): Installation {
  const bearer = companyBearerOf(call, "oauth.readonly");
  const companyId = call.url.searchParams.get("companyId") ?? "";
  const appId = call.url.searchParams.get("appId") ?? "";
  const faults: string[] = [];
  if (companyId === "") faults.push("companyId should not be empty");
  if (appId === "") faults.push("appId should not be empty");
  if (faults.length > 0) throw unprocessable(faults);
  checkCompany(bearer, companyId);
  checkApp(call, appId);
  call.charge(bearer.holder, "oauth");
  return bearer.holder;
}

/** The v3 file answers 404 for an app it does not find; the legacy file does not say. */
function checkApp(call: Call, appId: string): void {
  const { app } = call.simulation;
  if ([app, ...app.previous].some((pair) => appIdOf(pair.clientId) === appId)) return;
  if (call.version === "v3") throw new Refusal(404, `The requested App '${appId}' was not found.`);
  throw new Refusal(403, "The token does not have access to this app.", { error: "Forbidden" });
}

function wanted(call: Call, company: Installation): readonly Installation[] {
  return filteredLocations(call, call.simulation.world.members(company.id));
}

function wholeNumber(call: Call, name: string, otherwise: number, least: number, most: number): number {
  const text = call.url.searchParams.get(name);
  if (text === null) return otherwise;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw unprocessable([`${name} must be a number from ${least} to ${most}`]);
}

/** Page tokens are opaque: only one that was given out is accepted. */
function pageTokenAt(start: number): string {
  return btoa(`page:${start}`).replaceAll("=", "");
}

function startOf(pageToken: string | null): number {
  if (pageToken === null) return 0;
  const start = Number(/^page:(\d+)$/.exec(decoded(pageToken))?.[1] ?? NaN);
  if (Number.isNaN(start)) throw unprocessable(["pageToken is invalid"]);
  return start;
}

function decoded(text: string): string {
  try {
    return atob(text);
  } catch {
    return "";
  }
}

function itemOf(location: Installation): object {
  return {
    _id: location.id,
    name: nameOf(location),
    address: "1 Sandbox Street",
    isInstalled: location.installed,
    ...location.installed && location.versionId !== null && { versionId: location.versionId },
    ...location.installed && { installedAt: new Date(location.installedAt).toISOString() },
  };
}
