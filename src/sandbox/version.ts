import type { ApiVersion } from "./call.ts";
import { Refusal } from "./refusal.ts";

/** The version a request names, `undefined` without the header; a version nobody knows is refused. */
export function versionIn(headers: Headers): ApiVersion | undefined {
  const version = headers.get("version");
  if (version === null) return undefined;
  if (version === "v3" || version === "2021-07-28") return version;
  throw new Refusal(400, "version header is invalid", { error: "Bad Request" });
}
