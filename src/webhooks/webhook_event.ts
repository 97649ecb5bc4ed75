import { defined } from "../oauth/defined.ts";
import { fieldsOf, isObject, moment } from "../oauth/fields.ts";
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
  /** The white label's domain and logo, as its agency set them. */
  readonly whitelabelDetails?: { readonly domain?: string; readonly logoUrl?: string };
  /** When HighLevel sent it; when it came, where it does not say. */
  readonly timestamp: Date;
  /** Names the delivery, a repeat has the same: HighLevel's id, else a hash of the body. */
  readonly webhookId: string;
}

/** An app was uninstalled from a location or from an agency, whose locations end with it. */
export interface UninstallEvent {
  /** What happened. */
  readonly type: "UNINSTALL";
  /** The app. */
  readonly appId: string;
  /** The version of the app. */
  readonly versionId?: string;
  /** The agency. */
  readonly companyId?: string;
  /** The location. */
  readonly locationId?: string;
  /** When HighLevel sent it; when it came, where it does not say. */
  readonly timestamp: Date;
  /** Names the delivery, a repeat has the same: HighLevel's id, else a hash of the body. */
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
  /** When HighLevel sent it; when it came, where it does not say. */
  readonly timestamp: Date;
  /** Names the delivery, a repeat has the same: HighLevel's id, else a hash of the body. */
  readonly webhookId: string;
  /** The whole body, as JSON. */
  readonly payload: unknown;
}

/** A checked webhook. */
export type WebhookEvent = InstallEvent | UninstallEvent | OtherWebhookEvent;

/** What a webhook is taken to say where it says nothing: HighLevel's documented examples lack both. */
export interface WebhookDefaults {
  /** When it came. */
  readonly timestamp: Date;
  /** A hash of its bytes. */
  readonly webhookId: string;
}

/**
 * Reads a webhook's body (HighLevel's docs, webhooks "App install" and "App uninstall"). HighLevel writes absent fields as
 * `""` at times: an empty id is no id.
 *
 * @throws {HighLevelError} `invalid_webhook`, naming the field that is missing or malformed.
 *
 * @example
 * ```ts
 * const event = webhookEvent({
 *   type: "UNINSTALL",
 *   appId: "6637aef4b7c0e85d3b1f9d77",
 *   locationId: "l1C08ntBrFjLS0elLIYU",
 *   companyId: "",
 * }, { timestamp: new Date(), webhookId: "sha256-of-the-body" });
 * if (event.type !== "UNINSTALL" || event.locationId !== "l1C08ntBrFjLS0elLIYU") throw new Error("misread");
 * ```
 */
export function webhookEvent(payload: unknown, defaults: WebhookDefaults): WebhookEvent {
  const field = fieldsOf(payload, "invalid_webhook", "The webhook");
  const type = field.string("type");
  const isOurs = type === "INSTALL" || type === "UNINSTALL";
  /** The id under `name`, where there is one. What cannot be an id is refused where it names an installation. */
  const id = (name: string): string | undefined => {
    const value = field.value(name);
    if (value === undefined || value === "") return undefined;
    const read = orUndefined(() => checkId(name, value));
    return isOurs ? field.required(name, read) : read;
  };
  /** When it was sent. What is no moment is refused where it orders installations; any other event is not lost for it. */
  const sentAt = (): Date => {
    const told = field.value("timestamp");
    if (told === undefined || told === "") return defaults.timestamp;
    const read = moment(told);
    return isOurs ? field.required("timestamp", read) : read ?? defaults.timestamp;
  };
  const routing = defined({
    type,
    appId: id("appId"),
    companyId: id("companyId"),
    locationId: id("locationId"),
    timestamp: sentAt(),
    webhookId: id("webhookId") ?? defaults.webhookId,
  });
  if (!isOurs) return { ...routing, payload };

  field.required("locationId or companyId", routing.locationId ?? routing.companyId);
  const event = defined({
    ...routing,
    appId: field.required("appId", routing.appId),
    versionId: id("versionId"),
  });
  if (type === "UNINSTALL") return { ...event, type };
  return defined({
    ...event,
    type,
    userId: id("userId"),
    planId: id("planId"),
    installType: field.text("installType"),
    companyName: field.text("companyName"),
    isWhitelabelCompany: field.flag("isWhitelabelCompany"),
    whitelabelDetails: whiteLabelIn(field.value("whitelabelDetails")),
  });
}

/** The white label that `value` tells, if it is one. */
function whiteLabelIn(value: unknown): InstallEvent["whitelabelDetails"] | undefined {
  if (!isObject(value)) return undefined;
  const { text } = fieldsOf(value);
  return defined({ domain: text("domain"), logoUrl: text("logoUrl") });
}
