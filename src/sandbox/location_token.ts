import { checkCompany, companyBearerOf } from "./bearer.ts";
import type { Answer, Call } from "./call.ts";
import type { Installation } from "./installation.ts";
import { readForm } from "./read_body.ts";
import { notAccessible, notActive, Refusal, unprocessable } from "./refusal.ts";
import { issueTokens, type TokenAnswer, wireAnswer, type WireFields } from "./token_answer.ts";

/** `POST /oauth/locationToken`, in v3 `/oauth/location-token`: a location's token from its company's. */
export function locationToken(call: Call): Answer {
  const { simulation } = call;
  const bearer = companyBearerOf(call, "oauth.write");
  const company = bearer.holder;
  const form = readForm(call);
  const companyId = form.get("companyId") ?? "";
  const locationId = form.get("locationId") ?? "";
  const empty = [["companyId", companyId], ["locationId", locationId]]
    .filter(([, value]) => value === "")
    .map(([name]) => `${name} should not be empty`);
  if (empty.length > 0) throw unprocessable(empty);

  checkCompany(bearer, companyId);
  const location = simulation.world.locations.get(locationId);
  if (location !== undefined && !mayActFor(company, location)) throw notAccessible();
  call.charge(company, "oauth");
  if (location === undefined) throw new Refusal(400, "Location not found", { error: "Bad Request" });
  if (!location.installed) {
    throw new Refusal(400, "App is not installed on this location", { error: "Bad Request" });
  }
  if (!location.active) throw notActive();

  const issued = issueTokens(simulation, location, {
    clientId: bearer.clientId ?? simulation.app.clientId,
    primaryAuthClassId: company.id,
    refreshToken: simulation.settings.locationRefreshTokens ? "new" : "none",
  });
  return { status: 201, body: wireAnswer(inSchema(issued), call) };
}

/** A bulk installation that names its approved locations has no say over others. */
function mayActFor({ id, bulk }: Installation, location: Installation): boolean {
  if (location.companyId !== id) return false;
  if (bulk?.approvedLocations === undefined || bulk.approveAllLocations || bulk.installToFutureLocations) {
    return true;
  }
  return bulk.approvedLocations.includes(location.id);
}

/** The fields of HighLevel's schema of a location token's answer: it names neither user type nor company. */
function inSchema(answer: TokenAnswer): WireFields {
  const { access_token, token_type, expires_in, refresh_token, scope } = answer;
  const { locationId, planId, userId, appId, versionId } = answer;
  const about = { scope, locationId, planId, userId, appId, versionId };
  return { access_token, token_type, expires_in, refresh_token, ...about };
}
