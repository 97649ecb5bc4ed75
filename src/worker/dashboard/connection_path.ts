import type { ConnectionTarget } from "../../oauth/mod.ts";

/** The path of a connection's page. */
export function connectionPath(base: string, target: ConnectionTarget): string {
  return target.locationId === undefined
    ? `${base}/ui/connections/company/${target.companyId}`
    : `${base}/ui/connections/location/${target.locationId}`;
}
