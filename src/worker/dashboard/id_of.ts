import type { ConnectionTarget } from "../../oauth/mod.ts";

/** The id of a connection. */
export function idOf({ target }: { readonly target: ConnectionTarget }): string {
  return target.locationId ?? target.companyId;
}
