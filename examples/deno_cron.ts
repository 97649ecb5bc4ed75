/**
 * A service that keeps its connections alive by itself, in one SQLite file; run it wherever Deno runs:
 *
 *     deno run --unstable-cron --allow-env --allow-net --allow-read=. --allow-write=. deno_cron.ts
 *
 * `node:sqlite` is the same in Node and Bun, and they can open the same file at the same time. Elsewhere than on one machine take a
 * database that has a server: only `query` and `dialect` change.
 */
import { DatabaseSync } from "node:sqlite";
import { Connections, HighLevelError, sealed, SqlStore } from "@reconnect/highlevel";

const path = Deno.env.get("DATABASE") ?? "connections.sqlite";
(await Deno.open(path, { create: true, append: true, mode: 0o600 })).close(); // there are tokens in it
const database = new DatabaseSync(path, { timeout: 5_000 });
database.exec("pragma journal_mode = wal");

const store = new SqlStore({
  dialect: "sqlite",
  query: (text, values) => database.prepare(text).all(...values),
});
await store.migrate();

const connections = new Connections({
  app: {
    clientId: Deno.env.get("HIGHLEVEL_CLIENT_ID") ?? "",
    clientSecret: Deno.env.get("HIGHLEVEL_CLIENT_SECRET") ?? "",
    baseUrl: Deno.env.get("HIGHLEVEL_BASE_URL") ?? "https://services.leadconnectorhq.com",
  },
  store: sealed(store, { keys: (Deno.env.get("SEALING_KEYS") ?? "").split(",") }),
});

Deno.cron("keep HighLevel connections alive", "*/30 * * * *", async () => {
  for await (const { target, outcome } of connections.maintain({ withinMs: 3_600_000 })) {
    console.log(target.locationId ?? target.companyId, outcome);
  }
});

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT") ?? 8787) }, async (request) => {
  const url = new URL(request.url);
  try {
    if (url.pathname === "/oauth/callback") {
      const { target } = await connections.authorize({ code: url.searchParams.get("code") ?? "" });
      return Response.json({ connected: target });
    }
    const locationId = /^\/locations\/([\w-]+)$/.exec(url.pathname)?.[1];
    if (!locationId) return new Response("Not found", { status: 404 });
    return await connections.fetch({ locationId }, `/locations/${locationId}`);
  } catch (error) {
    if (!(error instanceof HighLevelError)) throw error;
    return Response.json({ code: error.code, message: error.message }, { status: 502 });
  }
});
