import { fieldsOf, isObject, malformed, moment } from "./fields.ts";
import { appIdOf, checkApp, checkBearer, type HighLevelApp, type RequestOptions } from "./highlevel_app.ts";
import { send } from "./request.ts";
import { checkId } from "./target.ts";
import { versionOf } from "./token_endpoint.ts";

/** A location where the app is installed; also a {@linkcode ConnectionTarget}. */
export interface InstalledLocation {
  /** The location. */
  readonly locationId: string;
  /** Its name. */
  readonly name?: string;
  /** Its postal address. */
  readonly address?: string;
  /** Whether the app is installed there. */
  readonly isInstalled: boolean;
  /** The installed version of the app. */
  readonly versionId?: string;
  /** When it was installed. */
  readonly installedAt?: Date;
}

/** What {@linkcode installedLocations} needs. */
export interface InstalledLocationsRequest {
  /** The agency. */
  readonly companyId: string;
  /** A living access token of the company, with scope `oauth.readonly`. */
  readonly accessToken: string;
  /**
   * Locations on one page, 1 to 500.
   * @default {100}
   */
  readonly pageSize?: number;
}

/**
 * Yields every location of a company that has the app installed, page after page. Transient failures of a page are
 * tried 3 times.
 *
 * Source: HighLevel's docs, "Get Location where app is installed".
 *
 * @throws {TypeError} when an argument is malformed; nothing was sent.
 * @throws {HighLevelError} `unauthorized`, `forbidden`, `invalid_request`, `malformed_response` or a transient code.
 *
 * @example
 * ```ts
 * import { installedLocations, recoverTokens } from "@reconnect/highlevel";
 * import { createSandbox } from "@reconnect/highlevel/sandbox";
 *
 * const sandbox = createSandbox();
 * const { companyId } = sandbox.addCompany({});
 * sandbox.addLocation({ companyId, installed: true });
 * const app = { ...sandbox.app, fetch: sandbox.fetch };
 * const { accessToken } = await recoverTokens(app, { companyId });
 *
 * for await (const location of installedLocations(app, { companyId, accessToken })) {
 *   console.log(location.locationId, location.name);
 * }
 * ```
 */
export async function* installedLocations(
  app: HighLevelApp,
  { companyId, accessToken, pageSize = 100 }: InstalledLocationsRequest,
  options: RequestOptions = {},
): AsyncGenerator<InstalledLocation, void, undefined> {
  checkApp(app);
  checkId("companyId", companyId);
  checkBearer("accessToken", accessToken);
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 500) {
    throw new TypeError("pageSize must be a whole number from 1 to 500");
  }
  const version = versionOf(app);
  const v3 = version === "v3";
  const query = new URLSearchParams({ companyId, appId: appIdOf(app), isInstalled: "true" });
  query.set(v3 ? "pageSize" : "limit", `${pageSize}`);
  if (!v3) query.set("skip", "0");
  const known = new Set<string>();
  for (let received = 0;;) {
    const { locations, count, nextPageToken } = await send(app, {
      endpoint: "installed_locations",
      retry: "safe",
      path: `/oauth/${v3 ? "installed-locations" : "installedLocations"}?${query}`,
      headers: { Authorization: `Bearer ${accessToken}`, Version: version },
      secrets: [accessToken],
      target: { companyId },
      read: pageFrom,
    }, options);
    // Installations that come and go in between move others onto a second page.
    const fresh = locations.filter(({ locationId }) => !known.has(locationId));
    for (const { locationId } of fresh) known.add(locationId);
    yield* fresh;

    received += locations.length;
    const isLast = nextPageToken === undefined &&
      (v3 || (count === undefined ? locations.length < pageSize : received >= count));
    if (isLast || fresh.length === 0) return; // a page without news ends it too: some servers go round in circles
    if (!v3) query.set("skip", `${received}`);
    if (nextPageToken !== undefined) query.set("pageToken", nextPageToken);
  }
}

interface Page {
  readonly locations: readonly InstalledLocation[];
  readonly count: number | undefined;
  readonly nextPageToken: string | undefined;
}

/** Reads one page in either style: `locations` with `count`, or `items` with `pagination`. */
function pageFrom(body: unknown): Page {
  const field = fieldsOf(body);
  const items = field.value("locations") ?? field.value("items");
  if (!Array.isArray(items)) throw malformed(`HighLevel's answer lacks a list "locations" or "items".`);
  const pagination = field.value("pagination");
  const next = isObject(pagination) && pagination.hasNextPage !== false
    ? pagination.nextPageToken
    : undefined;
  const count = field.value("count");
  return {
    locations: items.map(locationFrom),
    count: typeof count === "number" ? count : undefined,
    nextPageToken: typeof next === "string" && next !== "" ? next : undefined,
  };
}

function locationFrom(item: unknown): InstalledLocation {
  const field = fieldsOf(item);
  const [name, address, versionId] = [field.text("name"), field.text("address"), field.text("versionId")];
  const installedAt = moment(field.value("installedAt"));
  return {
    locationId: field.text("_id") ?? field.text("id") ?? field.string("locationId"),
    ...(name && { name }),
    ...(address && { address }),
    isInstalled: field.value("isInstalled") !== false,
    ...(versionId && { versionId }),
    ...(installedAt && { installedAt }),
  };
}
