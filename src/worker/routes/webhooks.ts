import { appIdOf } from "../../oauth/highlevel_app.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import { verifyWebhook } from "../../webhooks/verify_webhook.ts";
import { ProblemError, problemOf, problemResponse } from "../http/problem.ts";
import { readBytes } from "../http/read_json.ts";
import { noInput, noStoreJson, type Route, route } from "../http/route.ts";

/** HighLevel's webhooks. */
export const webhookRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "post",
    path: "/webhooks/highlevel",
    access: "signature",
    handle: async (context) => {
      const { settings, connection } = context.get("scope");
      const { webhookPublicKey: publicKey, app } = settings;
      const { url, headers } = context.req.raw;
      const body = await readBytes(context.req.raw, 1_048_576);
      const request = new Request(url, { method: "POST", headers, body });
      const event = await verifyWebhook(request, publicKey ? { publicKey } : {}).catch(refuse);
      const { type, appId, companyId, locationId, timestamp, webhookId } = event;
      if ((type !== "INSTALL" && type !== "UNINSTALL") || !webhookId || appId !== appIdOf(app)) {
        return noStoreJson({ taken: false }); // another app's, or none of ours: HighLevel need not send it again
      }
      const target = locationId !== undefined
        ? { locationId }
        : companyId !== undefined
        ? { companyId }
        : undefined;
      if (!target) return noStoreJson({ taken: false });
      const name = "companyName" in event && target.companyId !== undefined ? event.companyName : undefined;
      const result = await connection(target).deliver(target, {
        webhookId,
        type,
        at: timestamp.getTime(),
        details: {
          ...(name && { name }),
          ...(locationId !== undefined && companyId !== undefined && { companyId }),
        },
      });
      return result.ok ? noStoreJson({ taken: result.isNew }) : problemResponse(problemOf(result.error));
    },
  }),
];

function refuse(error: unknown): never {
  if (!(error instanceof HighLevelError)) throw error;
  throw new ProblemError({ status: 401, code: error.code, detail: error.message });
}
