import { appIdOf, defined } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { InstallEvent, UninstallEvent, WebhookEvent } from "../../webhooks/mod.ts";
import { resultOrError } from "../durable/plain_result.ts";
import type { Settings } from "../settings.ts";
import type { ConnectionApi, Delivery } from "./connection_api.ts";
import { shortName } from "./short_name.ts";

/** What is needed of an app to tell its connections of webhooks. */
export interface InstallationTaker {
  readonly settings: Pick<Settings, "app">;
  readonly connection: (target: ConnectionTarget) => Pick<ConnectionApi, "deliver">;
}

/**
 * Tells an INSTALL or UNINSTALL of this app to the object of its connection; answers whether it was new. Anything else changes nothing.
 *
 * @throws {HighLevelError} where the object cannot take it now.
 */
export async function deliverInstallation(
  app: InstallationTaker,
  event: WebhookEvent,
): Promise<boolean> {
  const target = targetOf(event);
  if (!isInstallation(event) || event.appId !== appIdOf(app.settings.app) || !target) return false;
  return resultOrError(await app.connection(target).deliver(deliveryOf(event))).isNew;
}

/** Which connection a webhook is about, where it says so. */
export function targetOf({ locationId, companyId }: WebhookEvent): ConnectionTarget | undefined {
  if (locationId !== undefined) return { locationId };
  return companyId === undefined ? undefined : { companyId };
}

function isInstallation(event: WebhookEvent): event is InstallEvent | UninstallEvent {
  return event.type === "INSTALL" || event.type === "UNINSTALL";
}

/** What `event` tells the object of its connection. */
function deliveryOf(event: InstallEvent | UninstallEvent): Delivery {
  const { type, webhookId, timestamp, locationId, companyId } = event;
  const agency = locationId === undefined ? undefined : companyId;
  const told = event.type === "INSTALL"
    ? {
      // A location's own name is not told: `companyName` is its agency's.
      name: locationId === undefined ? shortName(event.companyName) : undefined,
      versionId: event.versionId,
      isWhiteLabel: event.isWhitelabelCompany,
    }
    : {};
  return { webhookId, type, at: timestamp.getTime(), details: defined({ ...told, companyId: agency }) };
}
