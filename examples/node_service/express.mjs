// The service in Express 5.
//
//     npm install @reconnect/highlevel pg express
//     node --env-file=.env express.mjs
import express from "express";
import { close } from "./connections.mjs";
import { installed, location, webhook } from "./handlers.mjs";

const app = express();
const send = (response, { status, body }) => response.status(status).json(body);

app.get("/oauth/callback", async (request, response) => send(response, await installed(request.query.code)));
// Raw: HighLevel signed the bytes, and no parser keeps them.
app.post("/webhooks", express.raw({ type: "application/json" }), async (request, response) => {
  send(response, await webhook(request.headers, request.body));
});
app.get("/locations/:id", async (request, response) => send(response, await location(request.params.id)));

const server = app.listen(Number(process.env.PORT ?? 8787), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
process.once("SIGTERM", () => server.close(close));
