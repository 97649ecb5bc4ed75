import type { Call } from "./call.ts";
import { notActive, Refusal } from "./refusal.ts";
import type { Installation } from "./world.ts";

/** The installation whose access token a call carries; refuses unknown and expired tokens and missing scopes. */
export function bearerOf(call: Call, scope: string): Installation {
  const { simulation, now } = call;
  if (!call.headers.has("version")) {
    throw new Refusal(400, "version header was not found", { error: "Bad Request" });
  }
  const [scheme, text] = (call.headers.get("authorization") ?? "").split(" ");
  const token = scheme?.toLowerCase() === "bearer" ? simulation.ledger.findToken(text ?? "") : undefined;
  if (token === undefined || token.kind !== "access" || !simulation.ledger.isLivingToken(token, now)) {
    throw new Refusal(401, "Invalid JWT", { error: "Unauthorized" });
  }
  if (!simulation.app.scope.split(" ").includes(scope)) {
    throw new Refusal(403, "The token is not authorized for this scope.", { error: "Forbidden" });
  }
  return token.holder;
}

/** The company whose access token a call carries; a location's token is refused. */
export function companyBearerOf(call: Call, scope: string): Installation {
  const holder = bearerOf(call, scope);
  if (holder.kind === "company") return holder;
  throw new Refusal(403, "The token does not have access to this company.", { error: "Forbidden" });
}

/** A location the call's token may act for: its own or its company's. */
export function locationFor(call: Call, locationId: string, scope: string): Installation {
  const holder = bearerOf(call, scope);
  const location = call.simulation.world.locations.get(locationId);
  const own = holder.kind === "location" && holder === location;
  const companys = holder.kind === "company" && location?.companyId === holder.id;
  if (location === undefined || !(own || companys)) {
    throw new Refusal(403, "The token does not have access to this location.", { error: "Forbidden" });
  }
  call.charge(location, "api");
  if (!location.active) throw notActive(403);
  return location;
}
