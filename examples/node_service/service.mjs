// A Node service for the other programs on this machine: GET /locations/{id} answers what HighLevel knows of a location.
// Nobody but this service ever sees a token.
//
//     npm install @reconnect/highlevel
//     node --env-file=.env service.mjs
import { createServer } from "node:http";
import { Connections, HighLevelError, sealed } from "@reconnect/highlevel";
import { SqliteStore } from "./sqlite_store.mjs";

const { env } = process;
const connections = new Connections({
  app: {
    clientId: env.HIGHLEVEL_CLIENT_ID,
    clientSecret: env.HIGHLEVEL_CLIENT_SECRET,
    baseUrl: env.HIGHLEVEL_BASE_URL ?? "https://services.leadconnectorhq.com",
  },
  // One process: with several on one database, give Connections a `lock` that they share.
  store: sealed(new SqliteStore(env.DATABASE ?? "connections.sqlite"), {
    keys: (env.SEALING_KEYS ?? "").split(","),
  }),
  onEvent: ({ type, target, by }) => console.error(type, target.locationId ?? target.companyId, by ?? ""),
});

const server = createServer(async (request, response) => {
  const locationId = /^\/locations\/([\w-]+)$/.exec(request.url)?.[1];
  if (request.method !== "GET" || !locationId) return response.writeHead(404).end();
  try {
    const answer = await connections.fetch({ locationId }, `/locations/${locationId}`);
    response.writeHead(answer.status, { "Content-Type": "application/json" }).end(await answer.text());
  } catch (error) {
    if (!(error instanceof HighLevelError)) console.error(error);
    const { code = "internal", message = "Something went wrong." } = error instanceof HighLevelError
      ? error
      : {};
    response.writeHead(502, { "Content-Type": "application/json" }).end(JSON.stringify({ code, message }));
  }
});

server.listen(Number(env.PORT ?? 8787), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
