/**
 * A Supabase Edge Function (`supabase/functions/highlevel/index.ts`) that keeps HighLevel's tokens in the project's own Postgres:
 *
 * - `GET …/highlevel/oauth/callback?code=…` saves an installation; this is the app's redirect URL;
 * - `POST …/highlevel/webhooks` takes HighLevel's webhooks; deploy with `--no-verify-jwt`, for they bring none;
 * - `POST …/highlevel/maintain` is one round of keeping alive, for pg_cron: `select cron.schedule('highlevel', '0 * * * *', …)`
 *   with `net.http_post` and `Authorization: Bearer <MAINTAIN_KEY>`.
 *
 * Its deno.json: `{ "imports": { "@reconnect/highlevel": "npm:@reconnect/highlevel", "postgres": "npm:postgres@3.4.9" } }`. The tables
 * come from a migration with the statements of `SqlStore.migrations("postgres")`; switch row level security on for them, with no
 * policy: then only this function's connection reads them.
 */
import {
  Connections,
  HighLevelError,
  sealed,
  SqlStore,
  verifyWebhook,
  webhookSeen,
} from "@reconnect/highlevel";
import postgres from "postgres";

// Set by Supabase. Its pooler works in transaction mode: no prepared statements.
const sql = postgres(Deno.env.get("SUPABASE_DB_URL") ?? "", { prepare: false, max: 3 });
const store = sealed(
  new SqlStore({ dialect: "postgres", query: (text, values) => sql.unsafe(text, values) }),
  { keys: (Deno.env.get("SEALING_KEYS") ?? "").split(",") },
);
const connections = new Connections({
  app: {
    clientId: Deno.env.get("HIGHLEVEL_CLIENT_ID") ?? "",
    clientSecret: Deno.env.get("HIGHLEVEL_CLIENT_SECRET") ?? "",
    baseUrl: Deno.env.get("HIGHLEVEL_BASE_URL") ?? "https://services.leadconnectorhq.com",
  },
  store,
});
const publicKey = Deno.env.get("HIGHLEVEL_WEBHOOK_PUBLIC_KEY"); // HighLevel's own unless set

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT") ?? 8000) }, async (request) => {
  const url = new URL(request.url);
  const route = `${request.method} ${url.pathname.replace(/^\/highlevel/, "")}`;
  try {
    if (route === "GET /oauth/callback") return await callback(url.searchParams.get("code") ?? "");
    if (route === "POST /webhooks") return await webhook(request);
    if (route === "POST /maintain") return await maintain(request);
    return new Response("Not found", { status: 404 });
  } catch (error) {
    if (!(error instanceof HighLevelError)) throw error;
    const status = error.code === "invalid_webhook" ? 401 : 502;
    return Response.json({ code: error.code, message: error.message }, { status });
  }
});

async function callback(code: string): Promise<Response> {
  const { target } = await connections.authorize({ code });
  return Response.json({ connected: target });
}

async function webhook(request: Request): Promise<Response> {
  const { type, locationId, companyId, webhookId } = await verifyWebhook(
    request,
    publicKey ? { publicKey } : {},
  );
  if (webhookId && await webhookSeen(store, webhookId)) return new Response(null, { status: 204 });
  if (type === "UNINSTALL" && locationId) await connections.forget({ locationId });
  else if (type === "UNINSTALL" && companyId) await connections.forget({ companyId });
  return new Response(null, { status: 204 });
}

/** As many as fit into a function's time; what is left is due in the next round. */
async function maintain(request: Request): Promise<Response> {
  const key = Deno.env.get("MAINTAIN_KEY") ?? "";
  if (key === "" || request.headers.get("Authorization") !== `Bearer ${key}`) {
    return new Response("Unauthorized", { status: 401 });
  }
  const outcomes: Record<string, number> = {};
  for await (const { outcome } of connections.maintain({ withinMs: 7_200_000, limit: 500 })) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return Response.json(outcomes);
}
