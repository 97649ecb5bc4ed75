import { defined } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { DirectoryReport, DirectoryStatus } from "../directory/directory_api.ts";
import type { ChangeType } from "../directory/change_type.ts";
import { type OwnEvent, ownEvent, type OwnEventType } from "../events/own_event.ts";
import type { HistoryEntry } from "./connection_api.ts";

/** What a connection's event tells besides its target. */
export interface ConnectionEventData {
  /** A name for people, where one is known. */
  readonly name?: string | undefined;
  /** The agency of a location, where it is known. */
  readonly companyId?: string | undefined;
  /** Where the connection stands now. */
  readonly status: DirectoryStatus;
  /** Why it is not connected: a code, or `code/reason`. */
  readonly cause?: string | undefined;
  /** HighLevel's trace id. */
  readonly traceId?: string | undefined;
  /** The way back that worked: `refresh`, `reconnect`, `agency`. */
  readonly by?: string | undefined;
  /** Of one that is gone: whether HighLevel told so, or a person did it. */
  readonly why?: "uninstalled" | "forgotten" | undefined;
}

/** The event of a `report` whose connection stood at `before` when the report before it was made; none where nothing of note changed. */
export function eventsOf(
  target: ConnectionTarget,
  before: DirectoryStatus | undefined,
  { row, changes }: Pick<DirectoryReport, "row" | "changes">,
  history: readonly HistoryEntry[],
): readonly OwnEvent[] {
  const has = (...types: readonly ChangeType[]): boolean => changes.some(({ type }) => types.includes(type));
  const type = eventType(before, row.status, has);
  if (!type) return [];
  const { name, companyId, status, cause } = row;
  const worked = status === "connected"
    ? history.find(({ type }) => type === "recovered" || type === "resumed" || type === "suspension_ended")
    : undefined;
  const at = before === status ? changes.at(-1)?.at ?? row.since : row.since;
  const data: ConnectionEventData = {
    name,
    companyId,
    status,
    cause,
    traceId: row.traceId ?? worked?.traceId,
    by: worked?.by,
    why: status !== "forgotten" ? undefined : has("uninstalled") ? "uninstalled" : "forgotten",
  };
  return [ownEvent(type, at, defined({ target, ...data }))];
}

/** What the way from one status to the next is called; `has` tells what was counted on it. */
function eventType(
  before: DirectoryStatus | undefined,
  now: DirectoryStatus,
  has: (...types: readonly ChangeType[]) => boolean,
): OwnEventType | undefined {
  const isNew = before === undefined || before === "forgotten";
  switch (now) {
    case "connected":
      if (isNew) {
        return has("recovered") && !has("installed", "saved")
          ? "connection.recovered"
          : "connection.installed";
      }
      if (before === "paused") return "connection.resumed";
      return before !== "connected" || has("recovered") ? "connection.recovered" : undefined;
    case "broken":
      return before === now ? undefined : "connection.lost";
    case "paused":
      return before === now ? undefined : "connection.paused";
    case "reauthorization_required":
      return before === now ? undefined : "connection.reauthorization_required";
    case "forgotten":
      return isNew ? undefined : "connection.uninstalled";
  }
}
