import { defined } from "../oauth/defined.ts";
import { fieldsOf, moment } from "../oauth/fields.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import { checkId } from "../oauth/target.ts";

/** An app was installed. With a `locationId` it is a location's installation, without one the agency's. */
export interface InstallEvent {
  /** What happened. */
  readonly type: "INSTALL";
  /** The app. */
  readonly appId: string;
  /** The version of the app. */
  readonly versionId?: string;
  /** The level it was installed at, such as `"Location"` or `"Company"`. */
  readonly installType?: string;
  /** The agency. May be absent for a location added later. */
  readonly companyId?: string;
  /** The location. */
  readonly locationId?: string;
  /** Who installed it. */
  readonly userId?: string;
  /** The plan of the app. */
  readonly planId?: string;
  /** The agency's name. */
  readonly companyName?: string;
  /** Whether the agency sells under a white label. */
  readonly isWhitelabelCompany?: boolean;
  /** When HighLevel sent it. */
  readonly timestamp: Date;
  /** Names the delivery; a repeat has the same. */
  readonly webhookId: string;
}

/** An app was uninstalled from a location or from an agency, whose locations end with it. */
export interface UninstallEvent {
  /** What happened. */
  readonly type: "UNINSTALL";
  /** The app. */
  readonly appId: string;
  /** The agency. */
  readonly companyId?: string;
  /** The location. */
  readonly locationId?: string;
  /** When HighLevel sent it. */
  readonly timestamp: Date;
  /** Names the delivery; a repeat has the same. */
  readonly webhookId: string;
}

/** Any other webhook of HighLevel, such as `ContactCreate`. `"payload" in event` tells it from the two above. */
export interface OtherWebhookEvent {
  /** What happened, in HighLevel's word. */
  readonly type: string;
  /** The app. */
  readonly appId?: string;
  /** The agency concerned. */
  readonly companyId?: string;
  /** The location concerned. */
  readonly locationId?: string;
  /** When HighLevel sent it. */
  readonly timestamp: Date;
  /** Names the delivery; a repeat has the same. */
  readonly webhookId?: string;
  /** The whole body, as JSON. */
  readonly payload: unknown;
}

/** A checked webhook. */
export type WebhookEvent = InstallEvent | UninstallEvent | OtherWebhookEvent;

/**
 * Reads a webhook's body (HighLevel's docs, webhooks "App install" and "App uninstall").
 *
 * @throws {HighLevelError} `invalid_webhook`, naming the field that is missing or malformed.
 *
 * @example
 * ```ts
 * const event = webhookEvent({
 *   type: "UNINSTALL",
 *   appId: "6637aef4b7c0e85d3b1f9d77",
 *   locationId: "l1C08ntBrFjLS0elLIYU",
 *   timestamp: "2026-11-24T10:00:00.000Z",
 *   webhookId: "b5f1c0de-0000-4000-8000-000000000001",
 * });
 * if (event.type !== "UNINSTALL" || event.locationId !== "l1C08ntBrFjLS0elLIYU") throw new Error("misread");
 * ```
 */
export function webhookEvent(payload: unknown): WebhookEvent {
  const field = fieldsOf(payload, "invalid_webhook", "The webhook");
  /** The id under `name`, where there is one; what cannot be an id is refused. */
  const id = (name: string): string | undefined => {
    const value = field.value(name);
    return value === undefined ? value : field.required(name, orUndefined(() => checkId(name, value)));
  };
  /** The same of what may be missing: an empty one is. */
  const remark = (name: string): string | undefined => field.value(name) === "" ? undefined : id(name);
  const routing = defined({
    type: field.string("type"),
    appId: id("appId"),
    companyId: remark("companyId"),
    locationId: id("locationId"),
    timestamp: field.required("timestamp", moment(field.value("timestamp"))),
    webhookId: id("webhookId"),
  });
  const { type, appId, companyId, locationId, webhookId } = routing;
  if (type !== "INSTALL" && type !== "UNINSTALL") return { ...routing, payload };

  field.required("locationId or companyId", locationId ?? companyId);
  const event = {
    ...routing,
    appId: field.required("appId", appId),
    webhookId: field.required("webhookId", webhookId),
  };
  if (type === "UNINSTALL") return { ...event, type };
  return defined({
    ...event,
    type,
    versionId: remark("versionId"),
    userId: remark("userId"),
    planId: remark("planId"),
    installType: field.text("installType"),
    companyName: field.text("companyName"),
    isWhitelabelCompany: field.flag("isWhitelabelCompany"),
  });
}
