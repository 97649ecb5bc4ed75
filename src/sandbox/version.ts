import type { ApiVersion } from "./call.ts";
import { Refusal } from "./refusal.ts";
import type { Endpoint } from "./traffic.ts";

const LEGACY: ApiVersion = "2021-07-28";

/** The values of the `Version` header that every endpoint knows, and the spelling that each means. */
const SPELLINGS: ReadonlyMap<string, ApiVersion> = new Map([
  [LEGACY, LEGACY],
  ["2023-02-21", LEGACY], // the default of HighLevel's own SDK
  ["v3", "v3"],
]);

/** A value that only HighLevel's API beside OAuth knows, and where. */
const OLDER_API_VERSION = "2021-04-15";
const API: readonly Endpoint[] = ["location", "contacts", "createContact"];

/** The spelling a request asks for, `undefined` without the header; a version nobody knows is refused. */
export function versionIn(headers: Headers, endpoint: Endpoint): ApiVersion | undefined {
  const version = headers.get("version");
  if (version === null) return undefined;
  const known = version === OLDER_API_VERSION && API.includes(endpoint) ? LEGACY : SPELLINGS.get(version);
  if (known === undefined) throw new Refusal(400, "version header is invalid", { error: "Bad Request" });
  return known;
}
