import { type AgencyStanding, type WayBack, wayBack } from "../../connections/agency_first.ts";
import { defined } from "../../oauth/defined.ts";
import type { Backend, LinkLine, ListedConnection, LostStatus } from "./backend.ts";

/** Who is to be asked over a local store: agencies first. `link` is one and the same for everybody. */
export async function* localLinks(
  list: Backend["list"],
  status: LostStatus,
  link: string | undefined,
): AsyncGenerator<LinkLine, void, undefined> {
  const agencies = new Map<string, ListedConnection>();
  for await (const connection of list()) {
    const { companyId } = connection.target;
    if (companyId !== undefined) agencies.set(companyId, connection);
  }
  const wayOf = ({ companyId = "", updatedAt }: ListedConnection): WayBack => {
    const agency = agencies.get(companyId);
    const standing: AgencyStanding = agency
      ? { status: agency.status, isTried: updatedAt > agency.updatedAt }
      : { status: "unknown", isTried: false };
    return wayBack(standing);
  };
  const brings = new Map<string, number>();
  for (const [companyId, agency] of agencies) if (agency.status === status) brings.set(companyId, 0);
  for await (const connection of list({ status })) {
    const { target, companyId = "" } = connection;
    if (target.locationId === undefined || wayOf(connection) === "person") continue;
    brings.set(companyId, (brings.get(companyId) ?? 0) + 1);
  }
  for (const [companyId, bringsBack] of [...brings].sort(([, one], [, other]) => other - one)) {
    const { name, status } = agencies.get(companyId) ?? {};
    const isConnected = status === "connected";
    yield defined({
      target: { companyId },
      name,
      bringsBack,
      isConnected,
      url: isConnected ? undefined : link,
    });
  }
  for await (const connection of list({ status })) {
    const { target, name, companyId = "", updatedAt } = connection;
    if (target.locationId === undefined || wayOf(connection) !== "person") continue;
    const agency = (agencies.get(companyId)?.name ?? companyId) || undefined;
    yield defined({ target, name, agency, since: updatedAt, url: link });
  }
}
