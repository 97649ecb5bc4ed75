/**
 * Your own worker, with the token service mounted under /highlevel.
 *
 *     npm install hono valibot @reconnect/highlevel
 *     npx wrangler secret put HIGHLEVEL_CLIENT_ID      (… and the other settings; /highlevel/healthz names what is missing)
 *     npx wrangler deploy
 */
import { createApp } from "@reconnect/highlevel/worker";
import tokenService from "@reconnect/highlevel/worker/deployment";
import { Hono } from "hono";

// wrangler.toml binds these classes: one object per connection, per bulk recovery, and one that counts.
export { ActivityObject, ConnectionObject, RecoveryJob } from "@reconnect/highlevel/worker/deployment";

/** What this worker itself needs of its environment. */
interface OwnEnv {
  readonly SERVICE_KEY: string;
}

const app = new Hono<{ Bindings: OwnEnv }>();
const highlevel = createApp();
app.route("/highlevel", highlevel);

// A route of your own: it asks the mounted service in the same worker, without a network in between, and never sees a
// token. The service keeps the connection alive, and heals it when HighLevel refuses.
app.get("/first-contact/:locationId", async (context) => {
  const locationId = encodeURIComponent(context.req.param("locationId"));
  const response = await app.request(
    `/highlevel/proxy/location/${locationId}/contacts/?locationId=${locationId}&limit=1`,
    { headers: { Authorization: `Bearer ${context.env.SERVICE_KEY}` } },
    context.env,
    context.executionCtx,
  );
  if (!response.ok) return context.text("HighLevel is out of reach.", 502);
  const { contacts: [first] }: { contacts: readonly unknown[] } = await response.json();
  return first ? context.json(first) : context.notFound();
});

export default {
  fetch: app.fetch,
  queue: tokenService.queue, // bulk recoveries
  scheduled: tokenService.scheduled, // the daily round
};
