import { createContact, getContacts, getLocation } from "./api_resources.ts";
import type { Answer, ApiVersion, Call } from "./call.ts";
import { chooseLocation } from "./choose_location.ts";
import { installedLocations, installedLocationsV3 } from "./installed_locations.ts";
import { installerDetails } from "./installer_details.ts";
import { locationToken } from "./location_token.ts";
import { marketplaceInstall } from "./marketplace_install.ts";
import { reconnect } from "./reconnect.ts";
import { notFound, Refusal } from "./refusal.ts";
import { token } from "./token.ts";
import type { Endpoint } from "./traffic.ts";

/** One path of HighLevel's. */
export interface Route {
  readonly endpoint: Endpoint;
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  /** The only version that has the path, and what v3 has in its place. @default both versions */
  readonly only?: { readonly version: ApiVersion; readonly successor?: string };
  /** Whether a call carries a bearer token, and so has to name its version. @default no */
  readonly bearer?: true;
  readonly answer: (call: Call) => Answer;
}

const LEGACY = "2021-07-28";

const ROUTES: readonly Route[] = [
  { endpoint: "reconnect", method: "POST", path: /^\/oauth\/reconnect$/, answer: reconnect },
  { endpoint: "token", method: "POST", path: /^\/oauth\/token$/, answer: token },
  {
    endpoint: "locationToken",
    method: "POST",
    path: /^\/oauth\/locationToken$/,
    only: { version: LEGACY, successor: "/oauth/location-token" },
    bearer: true,
    answer: locationToken,
  },
  {
    endpoint: "locationToken",
    method: "POST",
    path: /^\/oauth\/location-token$/,
    only: { version: "v3" },
    bearer: true,
    answer: locationToken,
  },
  {
    endpoint: "installedLocations",
    method: "GET",
    path: /^\/oauth\/installedLocations$/,
    only: { version: LEGACY, successor: "/oauth/installed-locations" },
    bearer: true,
    answer: installedLocations,
  },
  {
    endpoint: "installedLocations",
    method: "GET",
    path: /^\/oauth\/installed-locations$/,
    only: { version: "v3" },
    bearer: true,
    answer: installedLocationsV3,
  },
  {
    endpoint: "installerDetails",
    method: "GET",
    path: /^\/marketplace\/app\/[^/]+\/installations$/,
    bearer: true,
    answer: installerDetails,
  },
  { endpoint: "location", method: "GET", path: /^\/locations\/[^/]+$/, bearer: true, answer: getLocation },
  { endpoint: "contacts", method: "GET", path: /^\/contacts\/?$/, bearer: true, answer: getContacts },
  { endpoint: "createContact", method: "POST", path: /^\/contacts\/?$/, bearer: true, answer: createContact },
  {
    endpoint: "chooseLocation",
    method: "GET",
    path: /^\/v2\/oauth\/chooselocation$/,
    answer: chooseLocation,
  },
  {
    endpoint: "marketplaceInstall",
    method: "GET",
    path: /^\/marketplace\/install$/,
    answer: marketplaceInstall,
  },
];

/** The route of a request, if HighLevel has one. */
export function routeOf(method: string, path: string): Route | undefined {
  return ROUTES.find((route) => route.method === method && route.path.test(path));
}

/** Refuses a path that the request's version does not have. */
export function checkVersion(route: Route, version: ApiVersion, path: string): void {
  if (route.only === undefined || route.only.version === version) return;
  if (route.only.version === "v3") throw notFound(route.method, path);
  throw new Refusal(
    400,
    `${route.method} ${path} is not available in API version v3. This endpoint was removed in version v3. ` +
      `Use ${route.only.successor} instead.`,
    { error: "Bad Request" },
  );
}
