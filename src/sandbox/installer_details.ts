import { bearerOf } from "./bearer.ts";
import type { Answer, Call } from "./call.ts";
import { nameOf } from "./installation.ts";
import { Refusal } from "./refusal.ts";
import { appIdOf } from "./token_answer.ts";

/**
 * `GET /marketplace/app/{appId}/installations`: whose the call's own token is, and who installed the app. Where the
 * sandbox knows no company of a location, the company's fields are missing, though HighLevel's schema requires them.
 */
export function installerDetails(call: Call): Answer {
  const { holder } = bearerOf(call, "marketplace-installer-details.readonly");
  const { app, world } = call.simulation;
  const appId = decodeURIComponent(call.url.pathname.split("/")[3] ?? "");
  if (![app, ...app.previous].some((pair) => appIdOf(pair.clientId) === appId)) {
    throw new Refusal(403, "The token does not have access to this app.", { error: "Forbidden" });
  }
  call.charge(holder, "api");
  const company = world.companyOf(holder);
  const isCompany = holder.kind === "company";
  return {
    status: 200,
    body: {
      installationDetails: {
        ...company && { companyId: company.id, companyName: nameOf(company) },
        ...!isCompany && { locationId: holder.id },
        relationshipNumber: "0-000-000",
        // HighLevel tells these to agencies only.
        companyEmail: isCompany ? "owner@agency.example" : null,
        companyOwnerFullName: isCompany ? "Sandbox Owner" : null,
        companyPlan: isCompany ? "agency_monthly_497" : null,
        companyHighLevelPlan: isCompany ? "agency_monthly_497" : null,
        userId: holder.userId,
        isWhitelabelCompany: (company?.whiteLabel ?? null) !== null,
        ...holder.planId !== null && { marketplaceAppPlanId: holder.planId },
        ...company?.whiteLabel && { whitelabelDetails: company.whiteLabel },
      },
    },
  };
}
