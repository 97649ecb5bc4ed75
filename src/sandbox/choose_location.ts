import type { Answer, Call } from "./call.ts";
import { Refusal } from "./refusal.ts";
import type { Installation } from "./world.ts";

/**
 * `GET /v2/oauth/chooselocation`: the authorisation page with a user who always agrees. Picks what
 * `sandbox_target=location:ID` or `company:ID` names, else the first location.
 */
export function chooseLocation(call: Call): Answer {
  const { simulation, now } = call;
  const query = call.url.searchParams;
  for (const name of ["response_type", "client_id", "redirect_uri", "scope"]) {
    if (!query.get(name)) throw new Refusal(400, `Missing parameter: \`${name}\``);
  }
  if (query.get("response_type") !== "code") throw new Refusal(400, "Invalid parameter: `response_type`");
  const clientId = query.get("client_id") ?? "";
  const { app } = simulation;
  if (![app, ...app.previous].some((pair) => pair.clientId === clientId)) {
    throw new Refusal(400, "Invalid parameter: `client_id`");
  }
  const redirectUri = query.get("redirect_uri") ?? "";
  if (redirectUri !== app.redirectUri) throw new Refusal(400, "Invalid parameter: `redirect_uri`");

  const expiresAt = now + simulation.settings.codeLifetimeMs;
  const { code } = simulation.ledger.issueCode(
    chosen(call),
    simulation.random,
    expiresAt,
    clientId,
    redirectUri,
  );
  const back = new URL(redirectUri);
  back.searchParams.set("code", code);
  const state = query.get("state");
  if (state !== null) back.searchParams.set("state", state);
  return { status: 302, headers: { location: back.href } };
}

function chosen(call: Call): Installation {
  const { world } = call.simulation;
  const named = call.url.searchParams.get("sandbox_target");
  const [kind, id = ""] = named?.split(":") ?? [];
  const place = named === null
    ? world.locations.values().next().value
    : (kind === "company" ? world.companies : world.locations).get(id);
  if (place === undefined) throw new Refusal(400, "Invalid parameter: `sandbox_target`");
  return place;
}
