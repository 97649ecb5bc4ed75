import type { Answer, Call } from "./call.ts";
import { checkClient, checkPair } from "./key_pairs.ts";
import { readJson } from "./read_body.ts";
import { notActive, Refusal, unprocessable } from "./refusal.ts";

const FIELDS = ["clientKey", "clientSecret", "locationId", "companyId"];

/** `POST /oauth/reconnect`: an authorization code for an installation whose tokens were lost. */
export function reconnect(call: Call): Answer {
  const { simulation, now } = call;
  if (simulation.world.reconnectRemoved) return REMOVED;

  const { clientKey, clientSecret, locationId, companyId } = fieldsOf(readJson(call));
  checkClient(simulation, clientKey, clientSecret);

  const target = locationId === undefined ? { companyId: companyId ?? "" } : { locationId };
  const kind = locationId === undefined ? "Company" : "Location";
  const place = simulation.world.find(target);
  if (place === undefined) throw new Refusal(400, `${kind} not found`, { error: "Bad Request" });
  call.charge(place, "oauth");
  checkPair(place, clientKey);
  if (!place.installed) {
    throw new Refusal(400, `App is not installed on this ${kind.toLowerCase()}`, { error: "Bad Request" });
  }
  if (!place.active) throw notActive();

  const expiresAt = now + simulation.settings.codeLifetimeMs;
  const { code } = simulation.ledger.issueCode(place, simulation.random, expiresAt, { clientId: clientKey });
  return {
    status: 200,
    body: {
      authorizationCode: code,
      expiresAt: new Date(expiresAt).toISOString(),
      traceId: simulation.random.uuid(),
    },
  };
}

/** Word for word what every call has answered since July 2026. */
const REMOVED: Answer = {
  status: 400,
  body: { message: "API endpoint has been removed", error: "Bad Request", statusCode: 400 },
};

interface ReconnectFields {
  readonly clientKey: string;
  readonly clientSecret: string;
  readonly locationId: string | undefined;
  readonly companyId: string | undefined;
}

function fieldsOf(body: Record<string, unknown>): ReconnectFields {
  const faults = Object.keys(body)
    .filter((name) => !FIELDS.includes(name))
    .map((name) => `property ${name} should not exist`);
  const read = (name: string): string | undefined => {
    const value = body[name];
    if (value === undefined) return undefined;
    if (typeof value === "string" && value !== "") return value;
    faults.push(typeof value === "string" ? `${name} should not be empty` : `${name} must be a string`);
    return undefined;
  };
  const clientKey = read("clientKey");
  const clientSecret = read("clientSecret");
  const locationId = read("locationId");
  const companyId = read("companyId");
  if (body["clientKey"] === undefined) faults.push("clientKey should not be empty");
  if (body["clientSecret"] === undefined) faults.push("clientSecret should not be empty");
  if (body["locationId"] === undefined && body["companyId"] === undefined) {
    faults.push("either locationId or companyId is required");
  }
  if (body["locationId"] !== undefined && body["companyId"] !== undefined) {
    faults.push("locationId and companyId must not be given together");
  }
  if (faults.length > 0 || clientKey === undefined || clientSecret === undefined) throw unprocessable(faults);
  return { clientKey, clientSecret, locationId, companyId };
}
