import { locationFor } from "./bearer.ts";
import type { Answer, Call } from "./call.ts";
import { nameOf } from "./installation.ts";
import { readJson } from "./read_body.ts";
import { unprocessable } from "./refusal.ts";

/** `GET /locations/{id}`. */
export function getLocation(call: Call): Answer {
  const locationId = decodeURIComponent(call.url.pathname.split("/")[2] ?? "");
  const location = locationFor(call, locationId, "locations.readonly");
  return {
    status: 200,
    body: {
      location: { id: location.id, companyId: location.companyId ?? undefined, name: nameOf(location) },
      traceId: call.simulation.random.uuid(),
    },
  };
}

/** `GET /contacts/?locationId=…`: one contact per location. */
export function getContacts(call: Call): Answer {
  const locationId = call.url.searchParams.get("locationId") ?? "";
  const location = locationFor(call, requiredId(locationId), "contacts.readonly");
  return {
    status: 200,
    body: {
      contacts: [{ id: `contact${location.id}`, locationId: location.id, contactName: nameOf(location) }],
      count: 1,
      traceId: call.simulation.random.uuid(),
    },
  };
}

/** `POST /contacts/`: gives back the JSON it was sent, with an id. */
export function createContact(call: Call): Answer {
  const body = readJson(call);
  const locationId = typeof body["locationId"] === "string" ? body["locationId"] : "";
  locationFor(call, requiredId(locationId), "contacts.write");
  return {
    status: 201,
    body: {
      contact: { ...body, id: call.simulation.random.id() },
      traceId: call.simulation.random.uuid(),
    },
  };
}

function requiredId(locationId: string): string {
  if (locationId === "") throw unprocessable(["locationId should not be empty"]);
  return locationId;
}
