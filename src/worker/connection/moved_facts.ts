import type { ConnectionDetails } from "../../connections/mod.ts";
import { defined, isObject, isText } from "../../oauth/host.ts";
import { type InstallationFacts, without } from "./installation_facts.ts";
import { REASON_LENGTH, type Suspension } from "./suspension.ts";

/** Moments of an installation that move with it; of two the later one counts. */
const MOMENTS = [
  "installedAt",
  "uninstalledAt",
  "forgottenAt",
  "linkMadeAt",
  "linkOpenedAt",
  "linksRevokedAt",
] as const;

/** What moves of a connection besides its record: not what waits, nor what is true of one worker's objects alone. */
export interface MovedFacts
  extends Pick<InstallationFacts, typeof MOMENTS[number] | "returned" | "isNameGiven" | "suspended"> {
  /** What was told of the connection, and its record does not have. */
  readonly details?: ConnectionDetails;
  /** Since when it stands where it does, ms. */
  readonly since?: number;
}

/** What of `facts` moves. */
export function movedFacts(facts: InstallationFacts, since: number | undefined): MovedFacts {
  const { details, returned, isNameGiven, suspended } = facts;
  return defined({
    ...momentsOf((name) => facts[name]),
    returned,
    suspended,
    isNameGiven: isNameGiven || undefined,
    details: Object.keys(details).length > 0 ? details : undefined,
    since,
  });
}

/** What an export says besides a record: sealed by who may do everything here, and perhaps by another version. */
export function movedFactsIn(facts: Readonly<Record<string, unknown>> | undefined = {}): MovedFacts {
  const { details, returned, suspended, since } = facts;
  return defined({
    ...momentsOf((name) => momentIn(facts[name])),
    returned: isObject(returned) ? returnedIn(returned) : undefined,
    suspended: isObject(suspended) ? suspensionIn(suspended) : undefined,
    isNameGiven: facts.isNameGiven === true || undefined,
    details: isObject(details) ? detailsIn(details) : undefined,
    since: momentIn(since),
  });
}

/**
 * What is known of an installation once a connection of an export takes its place at `now`, with what was told of it there: the later
 * of both, and nothing of trouble here. Its agency's object is told of it anew.
 */
export function restoring(
  facts: InstallationFacts,
  told: MovedFacts,
  isForgotten: boolean,
  now: number,
): InstallationFacts {
  const { changes, details, returned } = facts;
  const next: InstallationFacts = defined({
    ...without(facts, "trouble", "knownAt"),
    ...momentsOf((name) => latest(facts[name], told[name])),
    isNameGiven: told.isNameGiven ?? facts.isNameGiven,
    suspended: told.suspended ?? facts.suspended,
    returned: (told.returned?.at ?? 0) > (returned?.at ?? 0) ? told.returned : returned,
    changes: changes + 1,
    details: { ...details, ...told.details },
    restoredAt: now,
  });
  return isForgotten ? without(next, "installedAt") : next;
}

function momentsOf(
  moment: (name: typeof MOMENTS[number]) => number | undefined,
): Pick<InstallationFacts, typeof MOMENTS[number]> {
  return defined(Object.fromEntries(MOMENTS.map((name) => [name, moment(name)])));
}

/** The later of two moments that may not be known. */
function latest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : Math.max(one, other ?? one);
}

function returnedIn({ at, by }: Readonly<Record<string, unknown>>): InstallationFacts["returned"] {
  const moment = momentIn(at);
  const who = (["person", "agency", "itself"] as const).find((one) => one === by);
  return moment !== undefined && who ? { at: moment, by: who } : undefined;
}

function suspensionIn({ at, by, reason }: Readonly<Record<string, unknown>>): Suspension | undefined {
  const moment = momentIn(at);
  const short = (value: unknown): string | undefined => textIn(value)?.slice(0, REASON_LENGTH);
  return moment === undefined ? undefined : defined({ at: moment, by: short(by), reason: short(reason) });
}

function detailsIn(
  { companyId, name, versionId, isWhiteLabel }: Readonly<Record<string, unknown>>,
): ConnectionDetails {
  return defined({
    companyId: textIn(companyId),
    name: textIn(name),
    versionId: textIn(versionId),
    isWhiteLabel: typeof isWhiteLabel === "boolean" ? isWhiteLabel : undefined,
  });
}

function textIn(value: unknown): string | undefined {
  return isText(value) && value !== "" ? value : undefined;
}

function momentIn(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
