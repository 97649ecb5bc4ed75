import { unlessForgotten } from "../../connections/host.ts";
import { defined } from "../../oauth/host.ts";
import { mintsWaiting } from "./core_told.ts";
import type { Decision, InstallationEvent, InstallationState } from "./installation_event.ts";
import { without } from "./installation_facts.ts";
import { ASKING } from "./suspension.ts";

/** Suspended once more, it stays so since the first time; another reason takes the place of the one before. */
export function suspending(
  { facts }: InstallationState,
  { reason, actor }: Extract<InstallationEvent, { kind: "suspending" }>,
  now: number,
): Decision {
  const { suspended } = facts;
  if (suspended && suspended.reason === reason) return { facts, effects: [] };
  return {
    facts: { ...facts, suspended: defined({ at: suspended?.at ?? now, by: actor, reason }) },
    effects: [
      { do: "clear", works: ASKING },
      { do: "add_history", entry: defined({ type: "suspended", at: now, message: reason, actor }) },
    ],
  };
}

/** What is due by then is done at once. What went wrong before is found anew, so that its pauses begin anew. */
export function resuming(
  { target, facts, record }: InstallationState,
  { actor }: Extract<InstallationEvent, { kind: "resuming" }>,
  now: number,
): Decision {
  if (!facts.suspended) return { facts, effects: [] };
  const next = without(facts, "suspended", "trouble");
  const isConnected = record?.status === "connected";
  // What was told of since it was forgotten is installed.
  const isExpected = unlessForgotten(record) !== undefined || facts.installedAt !== undefined;
  return {
    facts: next,
    effects: [
      { do: "add_history", entry: defined({ type: "suspension_ended", at: now, actor }) },
      // Tokens that are held are refreshed as they are due; what has none that work gets some by the ladder.
      ...isExpected && !isConnected
        ? [{ do: "schedule", work: "install", at: now, attempt: 1 } as const]
        : [],
      ...isConnected ? mintsWaiting(target, now) : [],
    ],
  };
}
