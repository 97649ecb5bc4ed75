import { defined } from "../../oauth/host.ts";
import { authorizationUrl, type ConnectionTarget } from "../../oauth/mod.ts";
import type { Settings } from "../settings.ts";
import { makeReturnLink } from "./return_link.ts";

/** What is known of an installation that belongs into its link. */
export interface InstallationDetails {
  /** The installed version of the app. */
  readonly versionId?: string;
  /** Whether its agency sells under a white label: then its people know no other site. */
  readonly isWhiteLabel?: boolean;
  /** The agency of a location: it may know what the location does not. */
  readonly companyId?: string;
}

/**
 * The link to send to the person who must authorise the app again: their own page here, which ties the answer to the connection
 * meant. Where the redirect URI is not this worker's, HighLevel's own page. `undefined` where scopes or redirect URI are not set.
 */
export async function reauthorizationLink(
  settings: Settings,
  target: ConnectionTarget,
  details: InstallationDetails,
): Promise<string | undefined> {
  const link = await makeReturnLink({ settings }, target);
  const { app, scope } = settings;
  if (link || app.redirectUri === undefined || scope === undefined) return link?.url;
  return authorizationUrl(app, { scope, ...linkOptions(details) }).href;
}

/** The query of this worker's install page that names the connection meant. */
export function installQuery({ locationId, companyId }: ConnectionTarget): string {
  return locationId === undefined ? `company=${companyId}` : `location=${locationId}`;
}

/** What {@linkcode authorizationUrl} takes of an installation. */
export function linkOptions(
  { versionId, isWhiteLabel }: InstallationDetails,
): { readonly versionId?: string; readonly whiteLabel?: boolean } {
  return defined({ versionId, whiteLabel: isWhiteLabel });
}
