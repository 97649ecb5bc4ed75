import { describeTarget } from "../../oauth/host.ts";
import { HighLevelError, type TokenAnswer } from "../../oauth/mod.ts";
import type { ObjectParts } from "./object_parts.ts";
import { suspendedError } from "./suspension.ts";

/**
 * Mints a location's tokens from this company's, and notes the location: an uninstall of the company then reaches it, and
 * where there are no tokens it gets some when the company does, or is resumed. `heals` says whether the company's own connection is
 * recovered for it where it has no tokens at all.
 */
export async function mintLocation(
  { target, connections, locations, facts, record }: ObjectParts,
  locationId: string,
  { heals }: { readonly heals: boolean },
): Promise<TokenAnswer> {
  const hasTokens = (await record())?.tokens !== undefined;
  const { suspended } = facts.installation;
  if (!heals || suspended) locations.note(locationId, true); // at once: what ends the company meanwhile reaches it
  if (suspended) throw suspendedError(target, suspended);
  if (!heals && !hasTokens) throw notInstalled(`${describeTarget(target)} has no tokens yet.`);
  const minted = await connections.mint(target.companyId ?? "", locationId);
  if ((await record())?.status === "forgotten") {
    throw notInstalled(`${describeTarget(target)} was forgotten meanwhile.`);
  }
  locations.note(locationId, false);
  return minted;
}

function notInstalled(message: string): HighLevelError {
  return new HighLevelError("not_installed", message);
}
