import type { ConnectionStatus } from "../stores/mod.ts";

/** Where the agency of a lost location stands. */
export interface AgencyStanding {
  /** Of the agency's own connection; `"unknown"` where there is none, or where no agency is known. */
  readonly status: ConnectionStatus | "unknown";
  /** Whether the location was tried since the agency is connected: then the agency's token was refused for it. */
  readonly isTried: boolean;
}

/**
 * How a lost location comes back with the fewest clicks: `"itself"`, since its agency is connected; `"agency"`, once somebody
 * authorises the app for its agency; or only by a `"person"` of its own.
 */
export type WayBack = "itself" | "agency" | "person";

/** Agency first: how a lost location comes back whose agency stands as told. */
export function wayBack({ status, isTried }: AgencyStanding): WayBack {
  switch (status) {
    case "connected":
      return isTried ? "person" : "itself";
    case "broken":
    case "reauthorization_required":
      return "agency";
    case "paused":
    case "unknown":
      return "person";
  }
}
