import type { ConnectionRecord } from "../../connections/host.ts";
import { defined } from "../../oauth/host.ts";
import { type InstallationDetails, reauthorizationLink } from "../customer/reauthorization_link.ts";
import type { ObjectParts } from "./object_parts.ts";

/** What is known of the installation for its link. */
export function installationDetails(
  { facts }: Pick<ObjectParts, "facts">,
  record: ConnectionRecord | undefined,
): InstallationDetails {
  const { versionId, isWhiteLabel, companyId } = { ...record, ...facts.installation.details };
  return defined({ versionId, isWhiteLabel, companyId });
}

/** Where a person authorises the app again, where that is known. */
export async function linkFor(
  parts: Pick<ObjectParts, "facts" | "app" | "target">,
  record: ConnectionRecord | undefined,
): Promise<{ readonly authorizationUrl?: string }> {
  const { app: { settings }, target } = parts;
  return defined({
    authorizationUrl: await reauthorizationLink(settings, target, installationDetails(parts, record)),
  });
}
