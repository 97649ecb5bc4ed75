// What this service does, whatever serves it: express.mjs and hono.mjs only bring requests here. Each gives `{ status, body }`.
import { HighLevelError, verifyWebhook, webhookSeen } from "@reconnect/highlevel";
import { connections, store } from "./connections.mjs";

const publicKey = process.env.HIGHLEVEL_WEBHOOK_PUBLIC_KEY; // HighLevel's own unless set

/** GET /oauth/callback?code=…: an agency or a location has just installed the app. */
export function installed(code) {
  return answered(async () => {
    const { target, name } = await connections.authorize({ code: code ?? "" });
    return { status: 200, body: { connected: name ?? target.locationId ?? target.companyId } };
  });
}

/** POST /webhooks: `headers` and the raw `body` as they came. */
export async function webhook(headers, body) {
  const event = await verifyWebhook({ headers, body }, publicKey ? { publicKey } : {}).catch(() => undefined);
  if (!event) return { status: 401, body: { code: "invalid_webhook" } };
  const { type, locationId, companyId, webhookId } = event;
  try {
    if (await webhookSeen(store, webhookId)) return { status: 200, body: { seen: true } };
    if (type === "UNINSTALL") await connections.forget(locationId ? { locationId } : { companyId });
    return { status: 200, body: { type } };
  } catch (error) {
    console.error(error);
    await store.delete(`webhook/${webhookId}`).catch(() => {}); // or the next delivery would be a repeat
    return { status: 429, body: { code: "again" } }; // HighLevel delivers again after nothing else
  }
}

/** GET /locations/{id}: what HighLevel knows of a location. */
export function location(locationId) {
  return answered(async () => {
    const answer = await connections.fetch({ locationId }, `/locations/${locationId}`);
    return { status: answer.status, body: await answer.json() };
  });
}

async function answered(work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TypeError) {
      return { status: 400, body: { code: "bad_request", message: error.message } };
    }
    if (!(error instanceof HighLevelError)) throw error;
    return { status: 502, body: { code: error.code, message: error.message } };
  }
}
