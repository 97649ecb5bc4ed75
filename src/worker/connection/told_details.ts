import type { ConnectionRecord } from "../../connections/host.ts";
import type { ConnectionDetails } from "../../connections/mod.ts";
import { defined } from "../../oauth/host.ts";
import type { ConnectionTarget, TokenSet } from "../../oauth/mod.ts";
import type { InstallationFacts } from "./installation_facts.ts";

/** What tokens tell of the connection of `target`. What is no id is left out: it must not cost the tokens. */
export function toldBy(target: ConnectionTarget, { companyId, versionId }: TokenSet): ConnectionDetails {
  return defined({
    companyId: target.locationId === undefined ? undefined : idIn(companyId),
    versionId: idIn(versionId),
  });
}

function idIn(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9_-]{1,128}$/.test(value) ? value : undefined;
}

/** What of `details` `record` does not say. */
export function unsaid(
  { name, companyId, versionId, isWhiteLabel }: ConnectionDetails,
  record: ConnectionRecord | undefined,
): ConnectionDetails {
  return defined({
    name: record?.name === undefined ? name : undefined,
    companyId: record?.companyId === undefined ? companyId : undefined,
    versionId: record?.versionId === undefined ? versionId : undefined,
    isWhiteLabel: record?.isWhiteLabel === undefined ? isWhiteLabel : undefined,
  });
}

/** `details` without a name where `record` has one that was given: it stays. */
export function besideGivenName(
  { name, ...others }: ConnectionDetails,
  { isNameGiven = false }: InstallationFacts,
  record: ConnectionRecord | undefined,
): ConnectionDetails {
  return isNameGiven && record?.name !== undefined ? others : defined({ ...others, name });
}

/** What holds for the next installation too: where the location belongs, and under which brand. */
export function lasting({ companyId, isWhiteLabel }: ConnectionDetails): ConnectionDetails {
  return defined({ companyId, isWhiteLabel });
}

/** Whether nothing is told. */
export function isEmpty(details: ConnectionDetails): boolean {
  return Object.keys(details).length === 0;
}
