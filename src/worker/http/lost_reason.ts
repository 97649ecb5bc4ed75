import type { ConnectionStatus } from "../../stores/mod.ts";

/** Why a connection is not connected, as people are told: keys of the words' `reasons`. */
export type LostReason = "ended" | "removed" | "forbidden" | "paused" | "suspended" | "trouble";

/** Why what has `status` and `cause` (a code, and after a slash its reason) is not connected; `undefined` where it is. */
export function lostReason(status: ConnectionStatus | undefined, cause = ""): LostReason | undefined {
  switch (status) {
    case undefined:
    case "connected":
      return undefined;
    case "paused":
      return cause.endsWith("/suspended") ? "suspended" : "paused";
    case "broken":
      return "trouble";
    case "reauthorization_required":
      if (cause.startsWith("not_installed")) return "removed";
      return cause.startsWith("forbidden") ? "forbidden" : "ended";
  }
}
