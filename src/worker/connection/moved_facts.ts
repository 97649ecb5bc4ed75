import type { ConnectionDetails } from "../../connections/mod.ts";
import { defined, isObject, isText } from "../../oauth/host.ts";
import type { InstallationFacts } from "./installation_facts.ts";

/** What moves of a connection besides its record. All moments in ms. */
export interface MovedFacts extends
  Pick<
    InstallationFacts,
    "installedAt" | "uninstalledAt" | "forgottenAt"
  > {
  /** What was told of the connection, and its record does not have. */
  readonly details?: ConnectionDetails;
  /** Since when it stands where it does. */
  readonly since?: number;
}

/** What of `facts` moves: not what waits, nor what is true of this worker's objects alone. */
export function movedFacts(
  { installedAt, uninstalledAt, forgottenAt, details }: InstallationFacts,
  since: number | undefined,
): MovedFacts {
  const isTold = Object.keys(details).length > 0;
  return defined({ installedAt, uninstalledAt, forgottenAt, details: isTold ? details : undefined, since });
}

/** What an export says besides a record. It was sealed by who may do everything here, and may be of another version. */
export function movedFactsIn(facts: Readonly<Record<string, unknown>> | undefined): MovedFacts {
  const { installedAt, uninstalledAt, forgottenAt, details, since } = facts ?? {};
  return defined({
    installedAt: momentIn(installedAt),
    uninstalledAt: momentIn(uninstalledAt),
    forgottenAt: momentIn(forgottenAt),
    details: isObject(details) ? detailsIn(details) : undefined,
    since: momentIn(since),
  });
}

function detailsIn(
  { companyId, name, versionId, isWhiteLabel }: Readonly<Record<string, unknown>>,
): ConnectionDetails {
  const text = (value: unknown): string | undefined => isText(value) && value !== "" ? value : undefined;
  return defined({
    companyId: text(companyId),
    name: text(name),
    versionId: text(versionId),
    isWhiteLabel: typeof isWhiteLabel === "boolean" ? isWhiteLabel : undefined,
  });
}

function momentIn(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
