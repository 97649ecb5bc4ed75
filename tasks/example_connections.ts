import type { createSandbox } from "../src/sandbox/mod.ts";

/** Where example connections are put. */
export interface ExampleWorld {
  /** HighLevel in miniature. The examples are added to it. */
  readonly sandbox: ReturnType<typeof createSandbox>;
  /** Calls the worker as an admin. */
  readonly call: (path: string, init: RequestInit) => Promise<Response>;
}

const AGENCY = { companyId: "exampleAgency01", name: "Northwind Agency" };
const CONNECTED = ["Alder Dental", "Birch & Bloom Florists", "Cedar Point Realty", "서울 미소 치과"];
const TROUBLED = [
  { name: "Delta Roofing", status: "broken" },
  { name: "Elm Street Fitness", status: "paused" },
  { name: "Foxglove Interiors", status: "reauthorization_required" },
] as const;

/**
 * Puts an agency and locations of every status under the worker's management, so that there is something to look at. About the
 * broken one HighLevel answers 503 for as long as it runs. Tells the path of each.
 */
export async function exampleConnections(
  { sandbox, call }: ExampleWorld,
): Promise<readonly { readonly path: string; readonly name: string; readonly status: string }[]> {
  const { companyId } = sandbox.addCompany(AGENCY);
  const agency = `/connections/company/${companyId}`;
  await put(agency, { ...sandbox.install({ companyId }), name: AGENCY.name });
  const examples = [{ path: agency, name: AGENCY.name, status: "connected" }];
  for (const [index, name] of CONNECTED.entries()) {
    const { locationId } = sandbox.addLocation({ locationId: `exampleLocation0${index}`, name, companyId });
    const path = `/connections/location/${locationId}`;
    await put(path, { ...sandbox.install({ locationId }), name });
    examples.push({ path, name, status: "connected" });
  }
  for (const { name, status } of TROUBLED) {
    const { locationId } = sandbox.addLocation({ locationId: `exampleLocation_${status}`, name });
    const path = `/connections/location/${locationId}`;
    // Expired, and nothing to refresh it with.
    const { refresh_token: _, ...tokens } = sandbox.install({ locationId });
    await put(path, { ...tokens, expires_in: 0, name });
    if (status === "paused") sandbox.pause(locationId);
    if (status === "reauthorization_required") sandbox.uninstall({ locationId });
    if (status === "broken") {
      sandbox.fault({
        on: ({ url, body }) => url.href.includes(locationId) || body.includes(locationId),
        kind: "status",
        status: 503,
        times: Infinity,
      });
    }
    await (await call(`${path}/recover`, { method: "POST" })).body?.cancel();
    examples.push({ path, name, status });
  }
  return examples;

  async function put(path: string, body: object): Promise<void> {
    const response = await call(path, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} was refused: ${response.status} ${text}`);
  }
}
