import { isObject, moment } from "../oauth/fields.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
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

const ROUTING_IDS = ["appId", "companyId", "locationId", "webhookId"] as const;
const INSTALL_IDS = ["versionId", "userId", "planId"] as const;
const INSTALL_TEXTS = ["installType", "companyName"] as const;

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
  if (!isObject(payload)) throw invalidWebhook("The webhook's body is not a JSON object.");
  const field = (name: string): unknown =>
    Object.hasOwn(payload, name) ? payload[name] ?? undefined : undefined;
  const required = <T>(name: string, value: T | undefined): T => value ?? malformed(name);

  const type = field("type");
  if (typeof type !== "string" || type === "") return malformed("type");
  const timestamp = required("timestamp", moment(field("timestamp")));
  const ids: { [K in typeof ROUTING_IDS[number]]?: string } = {};
  for (const name of ROUTING_IDS) {
    if (field(name) !== undefined) ids[name] = idFrom(name, field(name));
  }
  if (type !== "INSTALL" && type !== "UNINSTALL") return { ...ids, type, timestamp, payload };

  const { companyId, locationId } = ids;
  if (companyId === undefined && locationId === undefined) return malformed("locationId or companyId");
  const appId = required("appId", ids.appId);
  const webhookId = required("webhookId", ids.webhookId);
  if (type === "UNINSTALL") return { ...ids, type, appId, timestamp, webhookId };

  const event: { -readonly [K in keyof InstallEvent]: InstallEvent[K] } = {
    ...ids,
    type,
    appId,
    timestamp,
    webhookId,
  };
  for (const name of INSTALL_IDS) {
    if (field(name) !== undefined) event[name] = idFrom(name, field(name));
  }
  for (const name of INSTALL_TEXTS) {
    const text = field(name);
    if (typeof text === "string") event[name] = text;
  }
  const isWhitelabel = field("isWhitelabelCompany");
  if (typeof isWhitelabel === "boolean") event.isWhitelabelCompany = isWhitelabel;
  return event;
}

/** An `invalid_webhook` error. */
export function invalidWebhook(message: string): HighLevelError {
  return new HighLevelError("invalid_webhook", message);
}

function idFrom(name: string, value: unknown): string {
  try {
    return checkId(name, value);
  } catch {
    return malformed(name);
  }
}

function malformed(name: string): never {
  throw invalidWebhook(`The webhook lacks a usable field "${name}".`);
}
