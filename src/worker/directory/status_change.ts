import type { ChangeType } from "./change_type.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import type { DirectoryStatus } from "./directory_api.ts";

/**
 * What is counted by the hour where a connection that stood at `before` stands at `now`: a change of status, and nothing else. A
 * recovery of what was well is none, nor is what is seen for the first time or forgotten.
 */
export function statusChange(
  before: ConnectionStatus | undefined,
  now: DirectoryStatus,
): StatusChange | undefined {
  if (before === undefined || before === now) return undefined;
  switch (now) {
    case "connected":
      return before === "paused" ? "resumed" : "recovered";
    case "broken":
      return "failed";
    case "reauthorization_required":
    case "paused":
      return now;
    case "forgotten":
      return undefined;
  }
}

/** Changes that follow from two statuses. */
export type StatusChange = Extract<
  ChangeType,
  "recovered" | "resumed" | "failed" | "reauthorization_required" | "paused"
>;

/** Whether `type` is told by the statuses: what a connection reports of it is summed up, and not counted by the hour. */
export function isOfStatus(type: ChangeType): boolean {
  switch (type) {
    case "lost":
    case "recovered":
    case "resumed":
    case "failed":
    case "reauthorization_required":
    case "paused":
      return true;
    case "installed":
    case "uninstalled":
    case "forgotten":
    case "saved":
    case "refreshed":
      return false;
  }
}
