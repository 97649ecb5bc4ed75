/**
 * Your own worker, with the token service mounted under /highlevel.
 *
 *     npm install hono valibot @reconnect/highlevel
 *     npx wrangler secret put HIGHLEVEL_CLIENT_ID      (… and the other settings; /highlevel/healthz names what is missing)
 *     npx wrangler deploy
 */
import { defineReconnect } from "@reconnect/highlevel/worker";
import { Hono } from "hono";

const reconnect = defineReconnect();

// wrangler.toml binds these classes: one object per connection, per bulk recovery, per address of events, and one that lists all.
export const { DirectoryObject, ConnectionObject, EventEndpoint, RecoveryJob } = reconnect;

const app = new Hono<{ Bindings: object }>();
app.route("/highlevel", reconnect.app);

// A route of your own. It never sees a token: the service keeps the connection alive, and heals it when HighLevel refuses.
app.get("/first-contact/:locationId", async (context) => {
  const locationId = context.req.param("locationId");
  const query = new URLSearchParams({ locationId, limit: "1" });
  const connections = reconnect.connectionsOf(context.env);
  const response = await connections.fetch({ locationId }, `/contacts/?${query}`);
  if (!response.ok) {
    await response.body?.cancel();
    return context.text(`HighLevel answered ${response.status}.`, 502);
  }
  const { contacts: [first] }: { contacts: readonly unknown[] } = await response.json();
  return first ? context.json(first) : context.notFound();
});

export default {
  fetch: app.fetch,
  queue: reconnect.queue, // bulk recoveries, and events
  scheduled: reconnect.scheduled, // the daily round
};
