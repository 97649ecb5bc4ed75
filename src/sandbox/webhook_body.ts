import type { Simulation } from "./call.ts";
import { appIdOf } from "./token_answer.ts";
import { type Installation, nameOf } from "./world.ts";

/** Body of HighLevel's INSTALL and UNINSTALL webhooks. */
export interface WebhookBody {
  /** Which of the two. */
  readonly type: "INSTALL" | "UNINSTALL";
  /** The client id up to its first `-`. */
  readonly appId: string;
  /** INSTALL only. */
  readonly installType?: "Location" | "Company";
  /** Present where the company is known. */
  readonly companyId?: string;
  /** Absent when the agency itself is meant. */
  readonly locationId?: string;
  /** INSTALL only, where the company is known. */
  readonly companyName?: string;
  /** When it was made: ISO 8601, UTC. */
  readonly timestamp: string;
  /** A UUID: the same for repeated deliveries. */
  readonly webhookId: string;
}

/** What HighLevel says about an installation that came or went. */
export function webhookBody(
  simulation: Simulation,
  type: "INSTALL" | "UNINSTALL",
  place: Installation,
): WebhookBody {
  const companyId = place.kind === "company" ? place.id : place.companyId;
  const company = companyId === null ? undefined : simulation.world.companies.get(companyId);
  const namesCompany = companyId !== null && (type === "INSTALL" || place.kind === "company");
  return {
    type,
    appId: appIdOf(simulation.app.clientId),
    ...type === "INSTALL" && { installType: place.kind === "company" ? "Company" : "Location" },
    ...namesCompany && { companyId },
    ...place.kind === "location" && { locationId: place.id },
    ...type === "INSTALL" && company && { companyName: nameOf(company) },
    timestamp: new Date(simulation.settings.now()).toISOString(),
    webhookId: simulation.random.uuid(),
  };
}
