import type { Simulation } from "./call.ts";
import { companyIdOf, type Installation, nameOf, userTypeOf } from "./installation.ts";
import type { WhiteLabel } from "./seeds.ts";
import { appIdOf } from "./token_answer.ts";

/** The webhooks about an installation. */
export type WebhookType = "INSTALL" | "UNINSTALL";

/** Body of HighLevel's INSTALL and UNINSTALL webhooks. With `emptyWebhookFields` absent ones are `""`. */
export interface WebhookBody {
  /** Which of the two. */
  readonly type: WebhookType;
  /** The client id up to its first `-`. */
  readonly appId: string;
  /** The app's version that is or was installed, where one is known. */
  readonly versionId?: string;
  /** INSTALL only. */
  readonly installType?: "Location" | "Company";
  /** Present where the company is known. */
  readonly companyId?: string;
  /** Absent when the agency itself is meant. */
  readonly locationId?: string;
  /** INSTALL only: who installed the app. */
  readonly userId?: string;
  /** INSTALL only: the plan of a paid app. */
  readonly planId?: string;
  /** INSTALL only, where the plan is on trial. */
  readonly trial?: {
    readonly onTrial: true;
    readonly trialDuration: number;
    readonly trialStartDate: string;
  };
  /** INSTALL only, where the company is known. */
  readonly companyName?: string;
  /** INSTALL only. */
  readonly isWhitelabelCompany?: boolean;
  /** INSTALL of a white-labelled company. */
  readonly whitelabelDetails?: WhiteLabel | "";
  /** When it was made: ISO 8601, UTC. Absent with `bareWebhooks`. */
  readonly timestamp?: string;
  /** A UUID: the same for repeated deliveries. Absent with `bareWebhooks`. */
  readonly webhookId?: string;
}

/** How a webhook's body is made. */
export interface WebhookOptions {
  /**
   * Whether the app came to a location through "install to future locations": HighLevel's documentation says that
   * `userId` and `companyId` may then be missing, and here they are. @default false
   */
  readonly future?: boolean;
}

/** Fields that may be absent, written as `""` where HighLevel does so. */
const EMPTY: Readonly<Record<WebhookType, Partial<WebhookBody>>> = {
  INSTALL: {
    versionId: "",
    companyId: "",
    locationId: "",
    userId: "",
    planId: "",
    companyName: "",
    whitelabelDetails: "",
  },
  UNINSTALL: { versionId: "", companyId: "", locationId: "" },
};

/** What HighLevel says about an installation that came or went. */
export function webhookBody(
  simulation: Simulation,
  type: WebhookType,
  place: Installation,
  { future = false }: WebhookOptions = {},
): WebhookBody {
  const { app, settings, random } = simulation;
  const companyId = companyIdOf(place);
  const namesCompany = companyId !== null && (type === "INSTALL" ? !future : place.kind === "company");
  return {
    type,
    appId: appIdOf(app.clientId),
    ...settings.emptyWebhookFields && EMPTY[type],
    ...place.versionId !== null && { versionId: place.versionId },
    ...namesCompany && { companyId },
    ...place.kind === "location" && { locationId: place.id },
    ...type === "INSTALL" && installFields(simulation, place, future),
    ...!settings.bareWebhooks && {
      timestamp: new Date(settings.now()).toISOString(),
      webhookId: random.uuid(),
    },
  };
}

function installFields({ world }: Simulation, place: Installation, future: boolean): Partial<WebhookBody> {
  const company = world.companyOf(place);
  const whiteLabel = company?.whiteLabel ?? null;
  return {
    installType: userTypeOf(place),
    ...!future && { userId: place.userId },
    ...place.planId !== null && { planId: place.planId },
    ...place.onTrial && {
      trial: {
        onTrial: true,
        trialDuration: 10,
        trialStartDate: new Date(place.installedAt).toISOString(),
      },
    },
    ...company && { companyName: nameOf(company) },
    isWhitelabelCompany: whiteLabel !== null,
    ...whiteLabel !== null && { whitelabelDetails: whiteLabel },
  };
}
