import { deepEqual, equal, ok } from "node:assert/strict";
import { Response as MiniflareResponse } from "miniflare";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { startWorkerd } from "./start_workerd.ts";
import { bundle, KEYS, SEALING_KEY, until } from "./worker_world.ts";

const BOOKING = { clientId: "7748bff5c8d1f96e4c2a0e88-book0001", clientSecret: "secret-of-booking" };

function settingsOf({ app }: Sandbox, host: string, key: string): Record<string, string> {
  return {
    HIGHLEVEL_CLIENT_ID: app.clientId,
    HIGHLEVEL_CLIENT_SECRET: app.clientSecret,
    HIGHLEVEL_BASE_URL: `https://${host}`,
    SEALING_KEYS: SEALING_KEY,
    ADMIN_KEY: key,
  };
}

Deno.test("K16: two definitions side by side in one worker: objects, queue and keys of each read its own settings", async () => {
  const crm = createSandbox();
  const booking = createSandbox({ seed: 2, app: BOOKING });
  const script = await bundle(new URL("two_definitions_entry.ts", import.meta.url).pathname);
  const object = (className: string) => ({ className, useSQLite: true });
  const miniflare = startWorkerd(script, {
    bindings: {
      CRM: settingsOf(crm, "crm.example", KEYS.admin),
      BOOKING: settingsOf(booking, "booking.example", KEYS.service),
    },
    durableObjects: {
      CRM_CONNECTIONS: object("CrmConnection"),
      CRM_JOBS: object("CrmJob"),
      CRM_DIRECTORY: object("CrmDirectory"),
      BOOKING_CONNECTIONS: object("BookingConnection"),
      BOOKING_JOBS: object("BookingJob"),
      BOOKING_DIRECTORY: object("BookingDirectory"),
    },
    queueProducers: { CRM_QUEUE: "crm-recoveries", BOOKING_QUEUE: "booking-recoveries" },
    queueConsumers: {
      "crm-recoveries": { maxBatchTimeout: 0 },
      "booking-recoveries": { maxBatchTimeout: 0 },
    },
    outboundService: async (request) => {
      const sandbox = new URL(request.url).hostname === "crm.example" ? crm : booking;
      const body = request.body ? await request.arrayBuffer() : undefined;
      const init = { method: request.method, headers: [...request.headers], ...(body && { body }) };
      const answer = await sandbox.handler(new Request(request.url, init));
      const { status, headers } = answer;
      return new MiniflareResponse(answer.body && await answer.arrayBuffer(), {
        status,
        headers: [...headers],
      });
    },
  });
  await using _ = { [Symbol.asyncDispose]: () => miniflare.dispose() };
  const url = await miniflare.ready;
  const call = async (path: string, key: string, body?: object): Promise<Record<string, unknown>> => {
    const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
    const init = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
    const response = await fetch(new URL(path, url), init);
    return { status: response.status, ...Object(await response.json()) };
  };

  const target = crm.addLocation({ locationId: "sameLocation" });
  booking.addLocation(target);
  const token = `connections/location/${target.locationId}/token`;
  equal((await call(`/crm/${token}`, KEYS.service)).status, 401, "the other app's key is none here");
  ok(crm.isLiving(String((await call(`/crm/${token}`, KEYS.admin)).access_token)));
  deepEqual(await (await fetch(new URL(`/both/${target.locationId}`, url))).json(), ["connected", "none"]);

  const targets = Array.from({ length: 12 }, () => booking.addLocation());
  const { id } = await call("/booking/recoveries", KEYS.service, { targets: [target, ...targets] });
  await until(async () => (await call(`/booking/recoveries/${id}`, KEYS.service)).status === "done");
  equal((await call(`/booking/recoveries/${id}`, KEYS.service)).recovered, 13);
  ok(booking.isLiving(String((await call(`/booking/${token}`, KEYS.service)).access_token)));
  equal((await call(`/crm/recoveries/${id}`, KEYS.admin)).status, 404);
  equal(crm.counts.reconnect, 1, "nobody asked with the other app's settings");
});
