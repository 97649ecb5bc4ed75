import { deepEqual, equal } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { verifyStandardWebhook, verifyWebhook } from "../../../src/webhooks/mod.ts";
import { freePort } from "../../../tasks/free_port.ts";
import { startLocalWorker } from "../../../tasks/local_worker.ts";
import { KEYS, SEALING_KEY, until } from "../worker_world.ts";
import { SECRETS } from "./receivers.ts";

Deno.test("under wrangler dev the webhook of a contact comes to two receivers on this machine, byte for byte", async () => {
  const sandbox = createSandbox({ locations: 1 });
  const [locationId = ""] = sandbox.locationIds();
  const arrived: {
    readonly port: number;
    readonly headers: Headers;
    readonly body: Uint8Array<ArrayBuffer>;
  }[] = [];
  const receivers = [0, 1].map(() => {
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      arrived.push({
        port: server.addr.port,
        headers: request.headers,
        body: new Uint8Array(await request.arrayBuffer()),
      });
      return new Response(null, { status: 204 });
    });
    return server;
  });
  const state = await Deno.makeTempDir({ prefix: "highlevel-dev-state-" });
  try {
    await using worker = await startLocalWorker({
      HIGHLEVEL_CLIENT_ID: sandbox.app.clientId,
      HIGHLEVEL_CLIENT_SECRET: sandbox.app.clientSecret,
      HIGHLEVEL_BASE_URL: "http://127.0.0.1:9",
      HIGHLEVEL_WEBHOOK_PUBLIC_KEY: await sandbox.webhookPublicKey(),
      ADMIN_KEY: KEYS.admin,
      SEALING_KEYS: SEALING_KEY,
      EVENT_URLS: receivers.map(({ addr }) => `http://127.0.0.1:${addr.port}/events`).join(),
      EVENT_SECRETS: SECRETS.join(),
      ALLOW_LOCAL_ENDPOINTS: "true",
    }, { port: freePort(), state, quiet: true, signal: new AbortController().signal });
    const text =
      `{"type" : "ContactCreate","locationId":"${locationId}","webhookId":"c-1","name":"Zoë 지우"}\n`;
    const signed = await sandbox.signWebhook(text);
    const answer = await fetch(`${worker.url}/webhooks/highlevel`, {
      method: "POST",
      headers: signed.headers,
      body: signed.body,
    });
    deepEqual([answer.status, await answer.json()], [200, { taken: true }]);
    await until(() => new Set(arrived.map(({ port }) => port)).size === 2);
    for (const { headers, body } of arrived) {
      deepEqual(body, new TextEncoder().encode(signed.body));
      const { id } = await verifyStandardWebhook({ headers, body }, { secrets: SECRETS });
      equal(id, "c-1");
      const event = await verifyWebhook({ headers, body }, { publicKey: await sandbox.webhookPublicKey() });
      equal(event.type, "ContactCreate");
    }
  } finally {
    for (const receiver of receivers) await receiver.shutdown();
    await Deno.remove(state, { recursive: true });
  }
});
