import { companyBearerOf } from "./bearer.ts";
import type { Answer, Call } from "./call.ts";
import { Refusal, unprocessable } from "./refusal.ts";
import { appIdOf } from "./token_answer.ts";
import { type Installation, nameOf } from "./world.ts";

const LARGEST_PAGE = 500;

/** `GET /oauth/installedLocations`: legacy pages by `skip` and `limit`. */
export function installedLocations(call: Call): Answer {
  const company = checkedCompany(call);
  const skip = wholeNumber(call, "skip", 0, 0, Number.MAX_SAFE_INTEGER);
  const limit = wholeNumber(call, "limit", 20, 1, LARGEST_PAGE);
  const found = wanted(call, company);
  return {
    status: 200,
    body: { locations: found.slice(skip, skip + limit).map(itemOf), count: found.length },
  };
}

/** `GET /oauth/installed-locations`: v3 pages by `pageSize` and `pageToken`. */
export function installedLocationsV3(call: Call): Answer {
  const company = checkedCompany(call);
  const pageSize = wholeNumber(call, "pageSize", 20, 1, LARGEST_PAGE);
  const start = startOf(call.url.searchParams.get("pageToken"));
  const found = wanted(call, company);
  const next = start + pageSize;
  const hasNextPage = next < found.length;
  return {
    status: 200,
    body: {
      items: found.slice(start, next).map(itemOf),
      pagination: { hasNextPage, ...hasNextPage && { nextPageToken: pageTokenAt(next) }, pageSize },
    },
  };
}

/** The error body of v3's lists. */
export function inListStyle(answer: Answer, message: string): Answer {
  const code = answer.status === 422 || answer.status === 400
    ? "VALIDATION_ERROR"
    : `HTTP_${answer.status.toString()}`;
  return {
    ...answer,
    body: { error: { code, message, details: [], resolution: "See HighLevel's API documentation." } },
  };
}

function checkedCompany(call: Call): Installation {
  const company = companyBearerOf(call, "oauth.readonly");
  const companyId = call.url.searchParams.get("companyId") ?? "";
  const appId = call.url.searchParams.get("appId") ?? "";
  const faults: string[] = [];
  if (companyId === "") faults.push("companyId should not be empty");
  if (appId === "") faults.push("appId should not be empty");
  if (faults.length > 0) throw unprocessable(faults);
  if (companyId !== company.id) {
    throw new Refusal(403, "The token does not have access to this company.", { error: "Forbidden" });
  }
  const { app } = call.simulation;
  if (![app, ...app.previous].some((pair) => appIdOf(pair.clientId) === appId)) {
    throw new Refusal(403, "The token does not have access to this app.", { error: "Forbidden" });
  }
  call.charge(company, "oauth");
  return company;
}

function wanted(call: Call, company: Installation): readonly Installation[] {
  const members = call.simulation.world.members(company.id);
  const isInstalled = call.url.searchParams.get("isInstalled");
  if (isInstalled === null) return members;
  if (isInstalled !== "true" && isInstalled !== "false") {
    throw unprocessable(["isInstalled must be a boolean value"]);
  }
  return members.filter((location) => location.installed === (isInstalled === "true"));
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
    ...location.installed && { installedAt: new Date(location.installedAt).toISOString() },
  };
}
