/**
 * A handler for Deno Deploy, or `deno serve --unstable-kv --allow-env --allow-net deno_deploy.ts`: whenever a location
 * installs the app it gets a first contact, and what is uninstalled is forgotten.
 *
 * HighLevel's webhooks carry no tokens. `connections.fetch` gets them: it recovers what the store has not.
 */
import {
  Connections,
  DenoKvStore,
  HighLevelError,
  sealed,
  verifyWebhook,
  type WebhookEvent,
  webhookSeen,
} from "@reconnect/highlevel";

const store = sealed(new DenoKvStore(await Deno.openKv(Deno.env.get("KV_PATH"))), {
  keys: (Deno.env.get("SEALING_KEYS") ?? "").split(","), // generateSealingKey() makes one
});
const connections = new Connections({
  app: {
    clientId: Deno.env.get("HIGHLEVEL_CLIENT_ID") ?? "",
    clientSecret: Deno.env.get("HIGHLEVEL_CLIENT_SECRET") ?? "",
    baseUrl: Deno.env.get("HIGHLEVEL_BASE_URL") ?? "https://services.leadconnectorhq.com",
  },
  store, // brings Deno KV's lock: two isolates never refresh the same connection twice
});
const publicKey = Deno.env.get("HIGHLEVEL_WEBHOOK_PUBLIC_KEY"); // HighLevel's own unless set

/** Checks a webhook, then does its work. */
async function handle(request: Request): Promise<Response> {
  if (request.method !== "POST") return new Response("Send HighLevel's webhooks here.", { status: 405 });
  const event = await verifyWebhook(request, publicKey ? { publicKey } : {});
  if (event.webhookId && await webhookSeen(store, event.webhookId)) {
    return new Response(null, { status: 204 });
  }
  await work(event);
  return new Response(null, { status: 204 });
}

async function work({ type, locationId, companyId }: WebhookEvent): Promise<void> {
  if (type === "UNINSTALL" && locationId) return await connections.forget({ locationId });
  if (type === "UNINSTALL" && companyId) return await connections.forget({ companyId });
  if (type !== "INSTALL" || !locationId) return;
  const response = await connections.fetch({ locationId }, "/contacts/", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ locationId, firstName: "Ada", lastName: "First" }),
  });
  await response.body?.cancel();
  console.log(`${locationId}: first contact, ${response.status}`);
}

export default {
  fetch: (request: Request): Promise<Response> =>
    handle(request).catch((error: unknown) => {
      if (!(error instanceof HighLevelError)) throw error;
      const status = error.code === "invalid_webhook" ? 401 : 503; // HighLevel delivers again what got a 503
      return new Response(error.message, { status });
    }),
};
