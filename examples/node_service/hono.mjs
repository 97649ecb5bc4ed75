// The same service in Hono on Node.
//
//     npm install @reconnect/highlevel pg hono @hono/node-server
//     node --env-file=.env hono.mjs
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { close } from "./connections.mjs";
import { installed, location, webhook } from "./handlers.mjs";

const app = new Hono();
const send = (context, { status, body }) => context.json(body, status);

app.get("/oauth/callback", async (context) => send(context, await installed(context.req.query("code"))));
app.post("/webhooks", async (context) => {
  return send(context, await webhook(context.req.header(), await context.req.text()));
});
app.get("/locations/:id", async (context) => send(context, await location(context.req.param("id"))));

const port = Number(process.env.PORT ?? 8787);
const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}`);
});
process.once("SIGTERM", () => server.close(close));
