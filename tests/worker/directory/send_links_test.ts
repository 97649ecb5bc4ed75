import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { Campaigns } from "../../../src/worker/directory/campaigns.ts";
import { ConnectionRows } from "../../../src/worker/directory/connection_rows.ts";
import { sendLinks } from "../../../src/worker/directory/send_links.ts";
import { type ReconnectApp, reconnectApp } from "../../../src/worker/reconnect_app.ts";
import { diskAssets } from "../disk_assets.ts";
import { SEALING_KEY } from "../worker_world.ts";
import { directoryDatabase } from "./directory_database.ts";

const NOW = Date.UTC(2026, 10, 27);

Deno.test("people who are missing are sent an event each, with link and messages, in turns; what failed is sent again with the same id", async () => {
  const sql = directoryDatabase();
  const rows = new ConnectionRows(sql);
  const campaigns = new Campaigns(sql);
  const put = (id: string, name: string, status: "connected" | "reauthorization_required"): void =>
    rows.put({ kind: "location", id, name, status, since: 1 }, 1, NOW);
  for (let n = 0; n < 60; n++) put(`l${n}`, `Shop ${n}`, "reauthorization_required");
  campaigns.begin({
    id: "one",
    source: { kind: "status", status: "reauthorization_required", agencyFirst: true },
    targets: [],
    startedBy: "admin",
    createdAt: NOW,
    endsAt: NOW + 7 * 86_400_000,
    message: { en: "Hi {name}: {link}" },
  }, NOW);
  put("l7", "Shop 7", "connected");

  const sent: Record<string, unknown>[] = [];
  let isDown = true;
  const app: ReconnectApp = Reflect.apply(reconnectApp, undefined, [{
    ...Object.fromEntries(
      ["TOKENS", "CONNECTIONS", "JOBS", "DIRECTORY", "RECOVERIES", "EVENT_ENDPOINTS"].map((
        name,
      ) => [name, {}]),
    ),
    HIGHLEVEL_CLIENT_ID: "6637aef4b7c0e85d3b1f9d77-test0001",
    HIGHLEVEL_CLIENT_SECRET: "a-secret",
    HIGHLEVEL_REDIRECT_URI: "https://worker.example/oauth/callback",
    HIGHLEVEL_SCOPES: "contacts.readonly",
    APP_NAME: "Harbour CRM",
    SEALING_KEYS: SEALING_KEY,
    ADMIN_KEY: "admin-key-0123456789",
    EVENT_URLS: "https://mailer.example/hook",
    EVENT_SECRETS: `whsec_${SEALING_KEY}`,
    ASSETS: diskAssets,
    EVENTS: {
      send: () => Promise.resolve(),
      sendBatch: (messages: Iterable<{ body: { event: { body: string } } }>) => {
        if (isDown) return Promise.reject(new Error("down"));
        for (const { body } of messages) sent.push(JSON.parse(body.event.body));
        return Promise.resolve();
      },
    },
  }]);

  equal(await sendLinks(app, campaigns, NOW), false, "nobody said so");
  campaigns.startSending("one");
  await rejects(sendLinks(app, campaigns, NOW), { code: "store_failed" });
  isDown = false;
  equal(await sendLinks(app, campaigns, NOW), true);
  equal(sent.length, 50);
  equal(await sendLinks(app, campaigns, NOW), true);
  equal(await sendLinks(app, campaigns, NOW), false);
  equal(sent.length, 59, "all but the one who is back");
  equal(new Set(sent.map(({ id }) => id)).size, 59);
  const [first] = sent;
  const data = Object(first?.data);
  deepEqual([first?.type, data.target, data.name, data.campaign], [
    "connection.link",
    { locationId: "l0" },
    "Shop 0",
    "one",
  ]);
  match(data.link, /^https:\/\/worker\.example\/r\//);
  equal(data.messages.en, `Hi Shop 0: ${data.link}`);
  ok(
    data.messages.ko.includes("Shop 0 계정과") && data.messages.ko.includes(data.link) &&
      data.messages.ko.includes("Harbour CRM"),
  );
  equal(data.expiresAt, "2026-12-04T00:00:00.000Z");
});
