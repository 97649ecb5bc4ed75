import { checkBearer, checkWhole, given } from "./check.ts";
import { defined } from "./defined.ts";
import { fieldsOf, isObject, isText, moment } from "./fields.ts";
import { appIdOf, checkApp, type HighLevelApp, type RequestOptions, versionOf } from "./highlevel_app.ts";
import { orUndefined } from "./or_undefined.ts";
import { send } from "./request/send.ts";
import { checkId } from "./target.ts";

/** Pages in a row without a new location that end a list. */
const MOST_IDLE = 3;

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
  /** Whether locations that the agency adds later get the app too: the same for all of one agency. */
  readonly installToFutureLocations?: boolean;
}

/** What {@linkcode installedLocations} needs. */
export interface InstalledLocationsRequest {
  /** The agency. */
  readonly companyId: string;
  /** A living access token of the company, with scope `oauth.readonly`. */
  readonly accessToken: string;
  /**
   * Locations on one page, 1 to 500; with `apiVersion: "v3"` 1 to 100.
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
  request: InstalledLocationsRequest,
  options?: RequestOptions,
): AsyncGenerator<InstalledLocation, void, undefined> {
  checkApp(app);
  const { pageSize = 100, ...rest } = given(request);
  const companyId = checkId("companyId", rest.companyId);
  const accessToken = checkBearer("accessToken", rest.accessToken);
  const v3 = versionOf(app) === "v3";
  checkWhole("pageSize", pageSize, v3 ? 100 : 500);
  const query = new URLSearchParams({ companyId, appId: appIdOf(app), isInstalled: "true" });
  query.set(v3 ? "pageSize" : "limit", `${pageSize}`);
  const known = new Set<string>();
  for (let received = 0, idle = 0, more = true; more;) {
    if (!v3) query.set("skip", `${received}`);
    const { locations, size, count, nextPageToken } = await send(app, {
      path: `/oauth/${v3 ? "installed-locations" : "installedLocations"}?${query}`,
      bearer: accessToken,
      target: { companyId },
      read: pageFrom,
    }, options);
    // Installations that come and go in between move others onto a second page.
    const fresh = locations.filter(({ locationId }) => !known.has(locationId));
    for (const { locationId } of fresh) known.add(locationId);
    yield* fresh;

    received += size;
    idle = fresh.length > 0 ? 0 : idle + 1; // some servers go round in circles
    // A count may be that of the page alone, so a full page goes on whatever it says.
    more = nextPageToken ? idle < MOST_IDLE : !v3 && idle === 0 && (size >= pageSize || received < count);
    if (nextPageToken) query.set("pageToken", nextPageToken);
  }
}

interface Page {
  readonly locations: readonly InstalledLocation[];
  /** How many came, odd ones too. */
  readonly size: number;
  readonly count: number;
  readonly nextPageToken: string | undefined;
}

/** Reads one page in either style: `locations` with `count`, or `items` with `pagination`. */
function pageFrom(body: unknown): Page {
  const field = fieldsOf(body);
  const items = field.value("locations") ?? field.value("items");
  const pagination = field.value("pagination");
  const { hasNextPage, nextPageToken }: Record<string, unknown> = isObject(pagination) ? pagination : {};
  const installToFutureLocations = field.flag("installToFutureLocations");
  const all = field.required("locations", Array.isArray(items) ? items : undefined);
  // An odd one costs none of the others; where all are odd, this is another list.
  const readable = all.flatMap((item) => orUndefined(() => locationFrom(item)) ?? []);
  if (readable.length === 0) all.forEach(locationFrom);
  return {
    size: all.length,
    locations: readable.map((location) => defined({ ...location, installToFutureLocations })),
    count: Number(field.value("count")),
    nextPageToken: hasNextPage !== false && isText(nextPageToken) ? nextPageToken : undefined,
  };
}

function locationFrom(item: unknown): InstalledLocation {
  const field = fieldsOf(item);
  return defined({
    locationId: field.text("_id") ?? field.text("id") ?? field.string("locationId"),
    name: field.text("name"),
    address: field.text("address"),
    isInstalled: field.value("isInstalled") !== false,
    versionId: field.text("versionId"),
    installedAt: moment(field.value("installedAt")),
  });
}
