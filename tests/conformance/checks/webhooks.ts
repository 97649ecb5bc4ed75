import { MemoryStore, verifyWebhook, webhookSeen } from "../../../mod.ts";
import { type Check, equal, holds, rejection } from "../check.ts";
import { COMPANY, LOCATION, world } from "../world.ts";

const URL = "https://app.example/webhooks/highlevel";

/** Webhooks: Ed25519 over the raw bytes. */
export const webhookChecks: readonly Check[] = [
  {
    name: "a signed INSTALL and UNINSTALL are read",
    needs: "Ed25519",
    async run() {
      const { sandbox, now } = world();
      sandbox.addLocation({ ...LOCATION, ...COMPANY });
      const publicKey = await sandbox.webhookPublicKey();
      for (const type of ["INSTALL", "UNINSTALL"] as const) {
        const { body, headers } = await sandbox.signWebhook(sandbox.webhook(type, LOCATION));
        const request = new Request(URL, { method: "POST", body, headers });
        const event = await verifyWebhook(request, { publicKey, now });
        equal([event.type, event.locationId], [type, LOCATION.locationId], "the event");
        equal(event.timestamp.getTime(), now(), "its time");
      }
    },
  },
  {
    name: "an altered body, another key and an old delivery are refused",
    needs: "Ed25519",
    async run() {
      const { sandbox, now } = world();
      sandbox.addLocation(LOCATION);
      const publicKey = await sandbox.webhookPublicKey();
      const { body, headers } = await sandbox.signWebhook(sandbox.webhook("INSTALL", LOCATION));
      const request = (text: string): Request => new Request(URL, { method: "POST", body: text, headers });
      const refused = [
        { text: `${body} `, options: { publicKey, now } },
        { text: body, options: { now } },
        { text: body, options: { publicKey, now: () => now() + 86_401_000 } },
        { text: body, options: { publicKey, now: () => now() - 301_000 } },
      ];
      for (const { text, options } of refused) {
        equal((await rejection(verifyWebhook(request(text), options))).code, "invalid_webhook");
      }
    },
  },
  {
    name: "an unsigned webhook is refused, and so is the withdrawn signature",
    async run() {
      const { now } = world();
      for (const headers of [{}, { "X-WH-Signature": "AAAA" }, { "X-GHL-Signature": "AAAA" }]) {
        const request = new Request(URL, { method: "POST", body: "{}", headers: new Headers(headers) });
        equal((await rejection(verifyWebhook(request, { now }))).code, "invalid_webhook");
      }
    },
  },
  {
    name: "a repeated delivery is told",
    async run() {
      const store = new MemoryStore();
      const id = crypto.randomUUID();
      holds(!await webhookSeen(store, id), "the first is new");
      holds(await webhookSeen(store, id), "the second is not");
    },
  },
];
