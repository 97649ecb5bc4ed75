/**
 * `deno task dev`: the worker in local workerd, in front of a HighLevel in miniature whose tokens were just lost. With
 * HIGHLEVEL_CLIENT_ID and HIGHLEVEL_CLIENT_SECRET set it talks to the real HighLevel. Ctrl-C ends it.
 */
import { createSandbox } from "../src/sandbox/mod.ts";
import { settingSchemas } from "../src/worker/settings/setting_schemas.ts";
import { exampleConnections } from "./example_connections.ts";
import { type DevVars, devVars, startLocalWorker } from "./local_worker.ts";
import { stopSignal } from "./stop_signal.ts";

const port = Number(Deno.env.get("PORT") ?? 8787);
const sandboxPort = port + 1;
const given = Object.fromEntries(
  Object.keys(settingSchemas).flatMap((name) => {
    const value = Deno.env.get(name);
    return value ? [[name, value]] : [];
  }),
);
const isReal = Boolean(given.HIGHLEVEL_CLIENT_ID && given.HIGHLEVEL_CLIENT_SECRET);
const example = isReal ? undefined : await miniature();
const vars: DevVars = { ...await devVars(), ...given, ...example?.vars };
const signal = stopSignal();
try {
  await using worker = await startLocalWorker(vars, { port, state: ".wrangler/state", quiet: false, signal });
  if (example) {
    const headers = { Authorization: `Bearer ${vars.ADMIN_KEY}` };
    const call = (path: string, init: RequestInit) =>
      fetch(worker.url + path, { ...init, headers: { ...headers, ...init.headers } });
    await exampleConnections({ sandbox: example.sandbox, call });
    if (given.EVENT_URLS) await contactCreated(example, worker.url);
  }
  console.log(`
The worker answers at ${worker.url} (dashboard: sign in with the admin key), for ${
    isReal ? "the real HighLevel" : "a HighLevel in miniature"
  }.

  export KEY=${vars.ADMIN_KEY} URL=${worker.url} ID=${example?.locationId ?? "LOCATION_ID"}
  curl -H "Authorization: Bearer $KEY" -X POST $URL/connections/location/$ID/recover
  curl -H "Authorization: Bearer $KEY" $URL/connections/location/$ID/token
  curl -H "Authorization: Bearer $KEY" $URL/connections
${
    example
      ? "\nIt begins with connections of every status; HighLevel answers 503 about the broken one.\n"
      : ""
  }`);
  await worker.ended;
} catch (error) {
  if (!signal.aborted) throw error;
}
Deno.exit(0);

/** Has the HighLevel in miniature deliver a webhook about a contact, which the worker passes on. */
async function contactCreated(
  { sandbox, locationId }: Awaited<ReturnType<typeof miniature>>,
  url: string,
): Promise<void> {
  const { headers, body } = await sandbox.signWebhook({
    type: "ContactCreate",
    locationId,
    webhookId: crypto.randomUUID(),
    timestamp: new Date().toISOString(),
    email: "contact@example.com",
  });
  const { status } = await fetch(`${url}/webhooks/highlevel`, { method: "POST", headers, body });
  console.log(`HighLevel delivered the webhook of a contact (${status}): ${body}`);
}

/** A HighLevel in miniature on loopback: the same world every time, so that what is stored still fits. */
async function miniature(): Promise<
  { vars: DevVars; locationId: string; sandbox: ReturnType<typeof createSandbox> }
> {
  const url = `http://127.0.0.1:${sandboxPort}`;
  const sandbox = createSandbox({
    seed: 1,
    app: { redirectUri: `http://127.0.0.1:${port}/oauth/callback` },
    companies: [{ name: "Agency 1", locations: 3 }, { name: "Agency 2", locations: 2 }],
    locations: 20,
  });
  const [locationId = ""] = sandbox.locationIds();
  Deno.serve({ hostname: "127.0.0.1", port: sandboxPort, onListen: () => {} }, sandbox.handler);
  const { clientId, clientSecret, redirectUri, scope } = sandbox.app;
  return {
    sandbox,
    locationId,
    vars: {
      HIGHLEVEL_CLIENT_ID: clientId,
      HIGHLEVEL_CLIENT_SECRET: clientSecret,
      HIGHLEVEL_REDIRECT_URI: redirectUri,
      HIGHLEVEL_SCOPES: scope,
      HIGHLEVEL_BASE_URL: url,
      HIGHLEVEL_MARKETPLACE_URL: url,
      HIGHLEVEL_WEBHOOK_PUBLIC_KEY: await sandbox.webhookPublicKey(),
    },
  };
}
