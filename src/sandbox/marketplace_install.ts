import type { Answer, Call, Simulation } from "./call.ts";
import { redirectBack } from "./choose_location.ts";
import { choosePage } from "./choose_page.ts";
import { asksPerson, chosenTarget } from "./chosen_target.ts";
import type { Installation } from "./installation.ts";

/**
 * `GET /marketplace/install`: somebody installs the app in HighLevel's own marketplace, which redirects to the app
 * with a code alone: no state, for no authorisation was begun. The path is the sandbox's, the redirect HighLevel's.
 */
export function marketplaceInstall(call: Call): Answer {
  if (asksPerson(call)) return choosePage(call);
  const { redirectUri } = call.simulation.app;
  if (call.url.searchParams.get("sandbox_refuse") === "1") {
    return redirectBack(redirectUri, { error: "access_denied" });
  }
  return redirectBack(redirectUri, { code: marketplaceCode(call.simulation, chosenTarget(call)) });
}

/** The code of an installation that began in the marketplace: for the app's current pair. */
export function marketplaceCode(simulation: Simulation, place: Installation): string {
  const { ledger, random, settings, app } = simulation;
  const expiresAt = settings.now() + settings.codeLifetimeMs;
  return ledger.issueCode(place, random, expiresAt, { clientId: app.clientId }).code;
}
