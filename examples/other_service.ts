/**
 * A service of yours that asks a deployed worker for its connections, with a key of the role `service`; the same on Node and Bun but for
 * `Deno.serve` and `Deno.env`:
 *
 *     RECONNECT_URL=https://… RECONNECT_KEY=… deno run --allow-env --allow-net other_service.ts
 */
import { createClient, WorkerError } from "@reconnect/highlevel/client";

// One for the process: it holds the tokens.
const client = createClient({
  url: Deno.env.get("RECONNECT_URL") ?? "",
  key: Deno.env.get("RECONNECT_KEY") ?? "",
  highlevel: { baseUrl: Deno.env.get("HIGHLEVEL_BASE_URL") ?? "https://services.leadconnectorhq.com" },
});

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT") ?? 8788) }, async (request) => {
  const [, locationId = "", what] =
    /^\/locations\/([\w-]+)\/(contacts|health)$/.exec(new URL(request.url).pathname) ??
      [];
  try {
    if (what === "contacts") return await client.fetch({ locationId }, `/contacts/?locationId=${locationId}`);
    if (what === "health") return Response.json(await client.health({ locationId }) ?? { action: "none" });
    return new Response("Not found", { status: 404 });
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    const { code, retryable, retryAfterMs = 5_000, authorizationUrl } = error;
    if (!retryable) return Response.json({ code, authorizationUrl }, { status: 409 }); // for a person: show him the link
    const headers = { "Retry-After": `${Math.ceil(retryAfterMs / 1000)}` };
    return Response.json({ code }, { status: 503, headers });
  }
});
