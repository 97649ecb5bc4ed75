import type { ConnectionDetails } from "../../connections/mod.ts";
import type { ReturnedBy } from "../directory/directory_api.ts";
import type { HighLevelErrorCode, HighLevelErrorReason } from "../../oauth/mod.ts";
import type { Suspension } from "./suspension.ts";

/** Trouble of a connection that was not given up. */
export interface OngoingTrouble {
  /** Since when, ms. */
  readonly since: number;
  /** What the last attempt ended with. */
  readonly code?: HighLevelErrorCode;
  /** What HighLevel's words add to that. */
  readonly reason?: HighLevelErrorReason;
  /** HighLevel's trace id. */
  readonly traceId?: string;
  /** How often it was tried to heal by alarm. */
  readonly tries: number;
  /** When that was last, ms; at first when the trouble began. */
  readonly triedAt: number;
  /** Whether people were told that it lasts. */
  readonly isTold?: boolean;
  /** When they are told at the earliest, ms: what was told on the same day is no news. */
  readonly tellAfter?: number;
}

/** What a connection's object knows of the installation besides the record of its tokens. All moments in ms. */
export interface InstallationFacts {
  /** When an installation was told of, or tokens were saved, last; absent after that installation ended. */
  readonly installedAt?: number;
  /** When HighLevel said last that the app was uninstalled. */
  readonly uninstalledAt?: number;
  /** When it was forgotten by hand last. */
  readonly forgottenAt?: number;
  /** Grows with everything that is saved or forgotten: work that finds another number afterwards was overtaken. */
  readonly changes: number;
  /** What was told of the connection, by webhooks above all, and its record does not have yet. */
  readonly details: ConnectionDetails;
  /** The agency whose object knows of this location. */
  readonly knownAt?: string;
  /** When it was restored from an export last: what is due then is spread over time. */
  readonly restoredAt?: number;
  /** That a person suspended it; ends with a resuming, or with forgetting by hand. HighLevel's word does not end it. */
  readonly suspended?: Suspension;
  /** Trouble that may pass. */
  readonly trouble?: OngoingTrouble;
  /** The last time that tokens came in another way than by a plain refresh, and who brought them. */
  readonly returned?: { readonly at: number; readonly by: ReturnedBy };
  /** Whether its name was given by hand or with an import: then what HighLevel calls it changes nothing. */
  readonly isNameGiven?: boolean;
  /** When HighLevel was last asked what it is called. */
  readonly nameAskedAt?: number;
  /** When a link was last asked for. */
  readonly linkMadeAt?: number;
  /** When somebody last went on from a link to HighLevel. */
  readonly linkOpenedAt?: number;
  /** Links that were made until then are no good any more. */
  readonly linksRevokedAt?: number;
}

/** What is known of an installation that nothing was told of. */
export const NO_FACTS: InstallationFacts = { changes: 0, details: {} };

/** `facts` without what is told under `names`; the others keep their order, so that what did not change is not written again. */
export function without(
  facts: InstallationFacts,
  ...names: readonly ("installedAt" | "trouble" | "knownAt" | "suspended")[]
): InstallationFacts {
  const rest: { -readonly [Name in keyof InstallationFacts]: InstallationFacts[Name] } = { ...facts };
  for (const name of names) delete rest[name];
  return rest;
}
