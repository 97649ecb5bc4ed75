import { agenciesOf, unlessForgotten } from "../../connections/host.ts";
import type { ConnectionDetails } from "../../connections/mod.ts";
import { defined } from "../../oauth/host.ts";
import type { HistoryEntry } from "./connection_api.ts";
import { coreTold, mintsWaiting } from "./core_told.ts";
import { causeOf } from "./directory_report.ts";
import { type InstallationFacts, type OngoingTrouble, without } from "./installation_facts.ts";
import type { Decision, Effect, InstallationEvent, InstallationState } from "./installation_event.ts";
import { restoring } from "./moved_facts.ts";
import type { ScheduledWork } from "./scheduled_work.ts";
import { whileSuspended } from "./suspension.ts";
import { resuming, suspending } from "./suspension_told.ts";
import { lasting, unsaid } from "./told_details.ts";

/** Tokens that arrive this long after their company was uninstalled, ms, may have been asked for before that. */
const LONGEST_FLIGHT_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;
/** What an installation that has ended needs no more. */
const ENDED: readonly ScheduledWork[] = [
  "install",
  "refresh",
  "heal",
  "tell_broken",
  "tell_agency",
  "mint",
  "bring_back",
];

/**
 * What follows from `event` for an installation: the whole order of INSTALL, UNINSTALL, import, authorisation, minting and
 * forgetting in one place. What HighLevel says counts by the moment it was sent, what people do by the moment they do it;
 * the later one wins. All of it is noted while the connection is suspended too; then nothing is asked of HighLevel, and nobody alerted.
 */
export function decide(state: InstallationState, event: InstallationEvent, now: number): Decision {
  return whileSuspended(decided(state, event, now));
}

function decided(state: InstallationState, event: InstallationEvent, now: number): Decision {
  const { target, facts, record } = state;
  const nothing: Decision = { facts, effects: [] };
  switch (event.kind) {
    case "install_told":
      return installTold(state, event, now);
    case "uninstall_told": {
      const { companyId, at } = event;
      const isFormer = companyId !== undefined && companyId !== agencyIn(state) &&
        agenciesOf(record).includes(companyId);
      if (isFormer || (facts.installedAt ?? 0) > at) return nothing;
      const isCompany = target.companyId !== undefined;
      return {
        facts: { ...facts, uninstalledAt: Math.max(at, facts.uninstalledAt ?? 0) },
        effects: [
          ...isCompany ? [{ do: "schedule", work: "uninstall", at: now } as const] : [],
          { do: "forget", why: "uninstalled" },
        ],
      };
    }
    case "agency_uninstalled": {
      const { companyId, at } = event;
      // Not where it was installed again since, or has moved away.
      const isMeant = (facts.installedAt ?? 0) <= at && (agencyIn(state) ?? companyId) === companyId;
      if (!isMeant) {
        // The agency's object drops it from its list: it is told anew.
        return { facts: facts.knownAt === companyId ? without(facts, "knownAt") : facts, effects: [] };
      }
      return {
        facts: { ...facts, uninstalledAt: Math.max(at, facts.uninstalledAt ?? 0) },
        effects: [{ do: "forget", why: "uninstalled" }],
      };
    }
    case "saving":
      // At once: what is older loses also while the tokens are being stored.
      return {
        facts: {
          ...facts,
          changes: facts.changes + 1,
          installedAt: now,
          details: { ...facts.details, ...event.details },
          ...event.isNameGiven && { isNameGiven: true },
        },
        effects: [],
      };
    case "saved":
      return saved(state, event, now);
    case "restoring":
      return {
        facts: restoring(facts, event.told, event.isForgotten, now),
        effects: [{ do: "clear", works: ENDED }],
      };
    case "restored":
      return {
        facts,
        effects: [{ do: "add_history", entry: defined({ type: "restored", at: now, actor: event.actor }) }],
      };
    case "forgetting":
      return {
        facts: {
          ...without(
            facts,
            "installedAt",
            "trouble",
            "knownAt",
            ...event.why === "forgotten" ? ["suspended" as const] : [],
          ),
          isNameGiven: false,
          changes: facts.changes + 1,
          details: lasting(facts.details),
          // Links that were made before lead nobody back who was let go on purpose.
          ...event.why === "forgotten" && { forgottenAt: now, linksRevokedAt: now },
        },
        effects: [{ do: "clear", works: ENDED }],
      };
    case "forgot": {
      const { companyId, isWhiteLabel } = event.was ?? {};
      const at = now;
      return {
        // What was on its way may have told something meanwhile.
        facts: {
          ...without(facts, "trouble", "knownAt"),
          details: { ...defined({ companyId, isWhiteLabel }), ...facts.details },
        },
        effects: [
          { do: "clear", works: ENDED },
          { do: "add_history", entry: defined({ type: event.why, at, actor: event.actor }) },
          { do: "count", type: event.why, at },
        ],
      };
    }
    case "company_connected":
      return record?.status === "forgotten" && !isInstalledSince(state)
        ? nothing
        : { facts, effects: [{ do: "schedule", work: "install", at: now }] };
    case "answer_lost":
      // Anybody can send a code: one of a connection that is not known does nothing.
      return unlessForgotten(record)
        ? { facts, effects: [{ do: "schedule", work: "install", at: now, attempt: 1 }] }
        : nothing;
    case "details_kept":
      return { facts: withoutKept(facts, event.details), effects: [] };
    case "agency_knows": {
      const { companyId, uninstalledAt } = event;
      const next = { ...facts, knownAt: companyId };
      const { accessTokenIssuedAt = Infinity } = record ?? {};
      // It was uninstalled while these tokens were on their way.
      return accessTokenIssuedAt < uninstalledAt + LONGEST_FLIGHT_MS
        ? decided(
          { ...state, facts: next },
          { kind: "agency_uninstalled", companyId, at: uninstalledAt },
          now,
        )
        : { facts: next, effects: [] };
    }
    case "name_given":
      return { facts: { ...facts, isNameGiven: event.isGiven }, effects: [] };
    case "name_asked":
      return { facts: { ...facts, nameAskedAt: now }, effects: [] };
    case "link_made":
      return record ? { facts: { ...facts, linkMadeAt: now }, effects: [] } : nothing;
    case "link_opened":
      // Remembered once for each link, and only where there is something to come back.
      return !record || (facts.linkOpenedAt ?? 0) >= event.madeAt
        ? nothing
        : { facts: { ...facts, linkOpenedAt: now }, effects: [] };
    case "links_revoked":
      return { facts: { ...facts, linksRevokedAt: now }, effects: [] };
    case "suspending":
      return suspending(state, event, now);
    case "resuming":
      return resuming(state, event, now);
    case "core":
      return coreTold(state, event);
    case "heal_tried":
      return facts.trouble
        ? { facts: { ...facts, trouble: triedAgain(facts.trouble, now) }, effects: [] }
        : nothing;
    case "broken_told": {
      const { trouble } = facts;
      if (!trouble) return nothing;
      if (!event.isNews) {
        return {
          facts: { ...facts, trouble: { ...trouble, tellAfter: now - now % DAY_MS + DAY_MS } },
          effects: [],
        };
      }
      const { traceId } = trouble;
      const alert = defined({
        do: "alert" as const,
        alert: "broken" as const,
        code: causeOf(trouble),
        traceId,
      });
      return { facts: { ...facts, trouble: { ...trouble, isTold: true } }, effects: [alert] };
    }
    case "planning":
      return facts.trouble && !isOurs(state) ? { facts: without(facts, "trouble"), effects: [] } : nothing;
  }
}

/** Whether an installation was told of after the record was made; forgetting ends what was told before. */
export function isInstalledSince({ facts, record }: Omit<InstallationState, "target">): boolean {
  return (facts.installedAt ?? 0) > (unlessForgotten(record)?.updatedAt ?? 0);
}

/** Whether trouble of this connection is ours: not of what waits for a person or its location, nor of a mistyped id. */
export function isOurs({ facts, record }: Omit<InstallationState, "target">): boolean {
  return record?.status === "connected" || record?.status === "broken" || isInstalledSince({ facts, record });
}

/** The agency of a location, as it was told last. */
export function agencyIn({ facts, record }: Omit<InstallationState, "target">): string | undefined {
  return facts.details.companyId ?? record?.companyId;
}

function installTold(
  { facts, record }: InstallationState,
  { details, at }: Extract<InstallationEvent, { kind: "install_told" }>,
  now: number,
): Decision {
  const { installedAt = 0, uninstalledAt = 0, forgottenAt = 0 } = facts;
  if (Math.max(uninstalledAt, forgottenAt) > at) return { facts, effects: [] }; // it comes too late
  return {
    facts: {
      ...facts,
      installedAt: Math.max(at, installedAt),
      // What was told later, by another INSTALL or by tokens, stands.
      details: at >= installedAt
        ? { ...facts.details, ...details }
        : { ...unsaid(details, record), ...facts.details },
    },
    effects: [
      { do: "add_history", entry: { type: "installed", at } },
      { do: "count", type: "installed", at },
      { do: "schedule", work: "install", at: now },
    ],
  };
}

function saved(
  { target, facts }: InstallationState,
  { how, change, details, actor }: Extract<InstallationEvent, { kind: "saved" }>,
  now: number,
): Decision {
  const by = ({ authorised: "person", minted: "agency", imported: "itself" } as const)[how];
  const kept = { ...withoutKept(facts, details), returned: { at: now, by } };
  const entry: HistoryEntry = how === "minted"
    ? { type: "recovered", by: "agency", at: now }
    : defined({ type: how, at: now, actor });
  const told: readonly Effect[] = [
    { do: "add_history", entry },
    { do: "count", type: how === "minted" ? "recovered" : "saved", at: now },
  ];
  if (facts.changes !== change) return { facts: kept, effects: how === "minted" ? [] : told }; // that has the last word
  const bringsBack = target.companyId !== undefined && how === "authorised";
  return {
    facts: without(kept, "trouble"),
    effects: [
      ...told,
      { do: "clear", works: ["install", "uninstall"] },
      ...mintsWaiting(target, now),
      ...bringsBack ? [{ do: "schedule", work: "bring_back", at: now } as const] : [],
      { do: "alert", alert: "back" },
    ],
  };
}

function triedAgain(trouble: OngoingTrouble, now: number): OngoingTrouble {
  return { ...trouble, tries: trouble.tries + 1, triedAt: now };
}

/** `facts` without what the record has by now; what was told meanwhile stays. */
function withoutKept(facts: InstallationFacts, kept: ConnectionDetails): InstallationFacts {
  const isAll = JSON.stringify(kept) === JSON.stringify(facts.details);
  return isAll ? { ...facts, details: {} } : facts;
}
