import type { Call } from "./call.ts";
import type { Installation } from "./installation.ts";
import type { TokenRecord } from "./ledger.ts";
import { notAccessible, notActive, unauthorized, versionMissing } from "./refusal.ts";

/** The access token a call carries; refuses unknown and expired tokens and missing scopes. */
export function bearerOf(call: Call, scope: string): TokenRecord {
  const { simulation, now } = call;
  if (!call.headers.has("version")) throw versionMissing();
  const [scheme, text] = (call.headers.get("authorization") ?? "").split(" ");
  const token = scheme?.toLowerCase() === "bearer" ? simulation.ledger.findToken(text ?? "") : undefined;
  if (token === undefined || token.kind !== "access" || !simulation.ledger.isLivingToken(token, now)) {
    throw unauthorized("Invalid JWT");
  }
  if (!simulation.app.scope.split(" ").includes(scope)) {
    throw unauthorized("The token is not authorized for this scope.");
  }
  return token;
}

/** The company's access token a call carries; a location's token is refused. */
export function companyBearerOf(call: Call, scope: string): TokenRecord {
  const token = bearerOf(call, scope);
  if (token.holder.kind === "company") return token;
  throw unauthorized(
    "This authClass type is not allowed to access this scope. Please use a different token.",
  );
}

/** Refuses a company's token where the call names another company. */
export function checkCompany(token: TokenRecord, companyId: string): void {
  if (token.holder.id !== companyId) throw unauthorized("Token's user type mismatch!");
}

/** A location the call's token may act for: its own or its company's. */
export function locationFor(call: Call, locationId: string, scope: string): Installation {
  const { holder } = bearerOf(call, scope);
  const location = call.simulation.world.locations.get(locationId);
  const own = holder.kind === "location" && holder === location;
  const companys = holder.kind === "company" && location?.companyId === holder.id;
  if (location === undefined || !(own || companys)) throw notAccessible();
  call.charge(location, "api");
  if (!location.active) throw notActive(403);
  return location;
}
