import { appIdOf, defined } from "../../oauth/host.ts";
import { type ConnectionTarget, HighLevelError } from "../../oauth/mod.ts";
import {
  type InstallEvent,
  type UninstallEvent,
  verifyWebhook,
  type WebhookEvent,
} from "../../webhooks/mod.ts";
import { type Problem, ProblemError } from "../http/problem.ts";
import { shortName } from "../connection/short_name.ts";
import { readBytes } from "../http/read_json.ts";
import { noInput, noStoreJson, type Route, route } from "../http/route.ts";
import type { Delivery } from "../connection/connection_api.ts";
import { reviveError } from "../durable/plain_result.ts";

const PATH = "/webhooks/highlevel";
/** A webhook is asked for again after this at the earliest, seconds. */
const AGAIN_AFTER_SECONDS = 60;
/** No later delivery of the same bytes would fare better. */
const FINAL_STATUSES: readonly number[] = [401, 413];

/** HighLevel's webhooks. */
export const webhookRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "post",
    path: PATH,
    access: "signature",
    changes: "installation",
    handle: async (context) => {
      const { settings, connection } = context.get("scope");
      const { url, headers } = context.req.raw;
      const body = await readBytes(context.req.raw, 1_048_576);
      const request = new Request(url, { method: "POST", headers, body });
      const event = await verifyWebhook(request, defined({ publicKey: settings.webhookPublicKey })).catch(
        refuse,
      );
      const target = targetOf(event);
      if (!isInstallation(event) || event.appId !== appIdOf(settings.app) || !target) {
        return noStoreJson({ taken: false }); // another app's, or none of ours: HighLevel need not send it again
      }
      const result = await connection(target).deliver(deliveryOf(event));
      if (!result.ok) throw reviveError(result.error);
      return noStoreJson({ taken: result.isNew });
    },
  }),
];

/** Whether `request` is a webhook, wherever the app is mounted. */
export function isWebhook({ method, url }: Request): boolean {
  return method === "POST" && new URL(url).pathname.endsWith(PATH);
}

/**
 * `problem` as a webhook is told it. HighLevel delivers again after 429 only, and takes every other answer for final: all that
 * may pass on our side is a 429.
 */
export function deliveredAgain(problem: Problem): Problem {
  if (FINAL_STATUSES.includes(problem.status)) return problem;
  const retryAfterSeconds = Math.max(AGAIN_AFTER_SECONDS, problem.retryAfterSeconds ?? 0);
  return { ...problem, status: 429, retryAfterSeconds };
}

function refuse(error: unknown): never {
  if (error instanceof HighLevelError) {
    throw new ProblemError({ status: 401, code: error.code, detail: error.message });
  }
  throw error;
}

function isInstallation(event: WebhookEvent): event is InstallEvent | UninstallEvent {
  return event.type === "INSTALL" || event.type === "UNINSTALL";
}

function targetOf({ locationId, companyId }: WebhookEvent): ConnectionTarget | undefined {
  if (locationId !== undefined) return { locationId };
  return companyId === undefined ? undefined : { companyId };
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
