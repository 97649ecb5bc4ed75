import { HighLevelError, isCoded } from "../../oauth/highlevel_error.ts";
import { locationToken } from "../../oauth/location_token.ts";
import { checkOwner } from "../../oauth/recover_tokens.ts";
import type { Grant } from "../outcome.ts";
import type { RungContext } from "./rung.ts";

/** A token this young that HighLevel does not know yet is tried again after a pause, ms. */
const PAUSE_MS = 1_000;

/**
 * Mints a location's tokens from its agency's. The agency's own token is refreshed or recovered first where need be,
 * in a flight that all its locations share; an agency has no agency, so there is no loop.
 */
export async function agency({ app, target, record, requests, companyToken }: RungContext): Promise<Grant> {
  const { locationId } = target;
  const companyId = record?.companyId;
  if (!locationId || !companyId) throw new HighLevelError("not_installed", "No agency is known.", { target });
  let token = await companyToken(companyId);
  for (let paused = false, healed = false;;) {
    const { accessToken, isYoung } = token;
    try {
      const tokens = await locationToken(app, { companyId, locationId, accessToken }, requests);
      checkOwner(tokens, target);
      return { tokens }; // which pair the agency's token was made with is the agency's to know
    } catch (error) {
      if (!isCoded(error, "unauthorized")) throw error;
      if (isYoung && !paused) {
        paused = true;
        await requests.sleep(PAUSE_MS);
      } else if (!healed) {
        healed = true;
        token = await companyToken(companyId, accessToken);
      } else {
        throw error;
      }
    }
  }
}
