import { companyBearerOf } from "./bearer.ts";
import type { Answer, Call } from "./call.ts";
import { readForm } from "./read_body.ts";
import { notActive, Refusal, unprocessable } from "./refusal.ts";
import { issueTokens, spelled } from "./token_answer.ts";

/** `POST /oauth/locationToken`, in v3 `/oauth/location-token`: a location's token from its company's. */
export function locationToken(call: Call): Answer {
  const { simulation } = call;
  const company = companyBearerOf(call, "oauth.write");
  const form = readForm(call);
  const companyId = form.get("companyId") ?? "";
  const locationId = form.get("locationId") ?? "";
  const empty = [["companyId", companyId], ["locationId", locationId]]
    .filter(([, value]) => value === "")
    .map(([name]) => `${name} should not be empty`);
  if (empty.length > 0) throw unprocessable(empty);

  const location = simulation.world.locations.get(locationId);
  if (companyId !== company.id || (location !== undefined && location.companyId !== company.id)) {
    throw new Refusal(403, "The token does not have access to this location.", { error: "Forbidden" });
  }
  call.charge(company, "oauth");
  if (location === undefined) throw new Refusal(400, "Location not found", { error: "Bad Request" });
  if (!location.installed) {
    throw new Refusal(400, "App is not installed on this location", { error: "Bad Request" });
  }
  if (!location.active) throw notActive();

  const refreshable = simulation.settings.locationRefreshTokens ? "with refresh token" : "access only";
  return { status: 201, body: spelled(issueTokens(simulation, location, refreshable), call.version) };
}
