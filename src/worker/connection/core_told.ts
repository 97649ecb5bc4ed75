import { defined } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { Decision, Effect, InstallationEvent, InstallationState } from "./installation_event.ts";
import { without } from "./installation_facts.ts";

/** What follows from what the core tells: how attempts ended, and who asked for them. */
export function coreTold(
  { target, facts }: InstallationState,
  { event, actor }: Extract<InstallationEvent, { kind: "core" }>,
): Decision {
  const { type, by, traceId, ms, error } = event;
  const attempts = type === "refreshed" ? undefined : event.attempts; // that was one, and it worked
  const at = event.at.getTime();
  const entry = defined({
    type,
    at,
    by,
    traceId,
    ms,
    code: error?.code,
    message: error?.message,
    actor,
    attempts,
  });
  const told: Effect = { do: "add_history", entry };
  switch (type) {
    case "refreshed":
      return {
        // A plain refresh of what was well brings nothing back.
        facts: { ...without(facts, "trouble"), ...facts.trouble && { returned: { at, by: "itself" } } },
        effects: [told, { do: "alert", alert: "back" }],
      };
    case "recovered":
    case "resumed":
      return {
        facts: {
          ...without(facts, "trouble"),
          returned: { at, by: by === "agency" ? "agency" : "itself" },
        },
        effects: [
          told,
          { do: "count", type, at },
          ...mintsWaiting(target, at),
          { do: "alert", alert: "back" },
        ],
      };
    case "recovery_failed": {
      const { trouble } = facts;
      const { since = at, tries = 0, triedAt = at, isTold, tellAfter } = trouble ?? {};
      const now = defined({
        since,
        tries,
        triedAt,
        isTold,
        tellAfter,
        code: error?.code,
        reason: error?.reason,
        traceId,
      });
      const count: readonly Effect[] = trouble ? [] : [{ do: "count", type: "failed", at }];
      return { facts: { ...facts, trouble: now }, effects: [told, ...count] };
    }
    case "reauthorization_required": {
      const alert = defined({ do: "alert" as const, alert: type, code: error?.code, traceId });
      return {
        facts: without(facts, "trouble"),
        effects: [told, { do: "count", type, at }, alert],
      };
    }
    case "paused":
      return { facts: without(facts, "trouble"), effects: [told, { do: "count", type, at }] };
    // The connection's own events are made of its row, in `connection_events.ts`; the endpoint's by the directory.
    case "installed":
    case "uninstalled":
    case "lost":
    case "endpoint_back":
      return { facts, effects: [] };
    case "store_failed":
    case "endpoint_removed":
    case "odd_answer":
    case "store_without_lock":
      return { facts, effects: [told] };
  }
}

/** Of a company that has tokens by now: its locations that wait for that get theirs. */
export function mintsWaiting({ companyId }: ConnectionTarget, at: number): readonly Effect[] {
  return companyId === undefined ? [] : [{ do: "schedule", work: "mint", at }];
}
