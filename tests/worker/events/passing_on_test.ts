import { deepEqual, doesNotMatch, equal, ok } from "node:assert/strict";
import { verifyStandardWebhook, verifyWebhook } from "../../../src/webhooks/mod.ts";
import { deliver, importLost, importTokens, nameOf, recover, statusOf, tell } from "../calls.ts";
import { startWorld, TEST_ENTRY, until } from "../worker_world.ts";
import { receivers, SECRETS } from "./receivers.ts";

const SETTINGS = {
  EVENT_URLS: "https://events.example/crm?key=address-secret, https://events.example/other",
  EVENT_SECRETS: SECRETS.join(", "),
};

Deno.test("webhooks of HighLevel reach every address byte for byte, and our own events too", async (t) => {
  const world = receivers();
  await using worker = await startWorld({ entry: TEST_ENTRY, variables: SETTINGS, upstream: world.upstream });
  const { sandbox } = worker;
  const { locationId } = sandbox.addLocation();
  const contact = {
    type: "ContactCreate",
    appId: sandbox.app.clientId.split("-")[0],
    locationId,
    webhookId: "contact-1",
    timestamp: new Date().toISOString(),
    name: "Zoë 지우 \u2028",
  };
  const both = (id: string) =>
    until(() => ["/crm", "/other"].every((path) => world.taken(path).some((one) => one.id === id)));

  await t.step("a contact: the very bytes, with HighLevel's signature and ours", async () => {
    const text = ` {  "type":"ContactCreate","locationId":"${locationId}","webhookId":"odd-1","n":1.50 }\r\n`;
    for (const body of [JSON.stringify(contact), text]) {
      const signed = await sandbox.signWebhook(body);
      const answer = await worker.json("/webhooks/highlevel", {
        method: "POST",
        body: signed.body,
        headers: { ...signed.headers, "content-type": "application/json" },
        key: null,
      });
      deepEqual(answer, { status: 200, body: { taken: true } });
      const id = body === text ? "odd-1" : "contact-1";
      await both(id);
      for (const path of ["/crm", "/other"]) {
        const [received] = world.taken(path).filter((one) => one.id === id);
        ok(received);
        deepEqual(received.body, new TextEncoder().encode(signed.body));
        equal(received.headers["x-ghl-signature"], signed.headers["x-ghl-signature"]);
        equal(received.headers["content-type"], "application/json");
        const { headers, body } = received;
        for (const secret of SECRETS) {
          const checked = await verifyStandardWebhook({ headers, body }, { secrets: [secret] });
          equal(checked.id, id);
        }
        const inner = await verifyWebhook({ headers, body }, { publicKey: await sandbox.webhookPublicKey() });
        equal(inner.type, "ContactCreate");
      }
    }
  });

  await t.step("an INSTALL acts as before, and is passed on", async () => {
    const { companyId } = sandbox.addCompany();
    await importTokens(worker, { companyId });
    const installed = sandbox.addLocation({ companyId });
    const body = sandbox.webhook("INSTALL", installed);
    equal((await deliver(worker, body)).status, 200);
    await both(body.webhookId ?? "");
    await until(async () => await statusOf(worker, installed) === "connected");
  });

  await t.step("one of another app is neither", async () => {
    const other = { ...contact, appId: "6637aef4b7c0e85d3b1f9d77", webhookId: "contact-2" };
    deepEqual(await deliver(worker, other), { status: 200, taken: false });
  });

  await t.step("one larger than a message of the queue, whole", async () => {
    const large = { ...contact, webhookId: "contact-3", text: "지".repeat(100_000) };
    deepEqual(await deliver(worker, large), { status: 200, taken: true });
    await both("contact-3");
  });

  await t.step("our own: installed, lost, recovered, uninstalled, by stable ids", async () => {
    const target = sandbox.addLocation();
    const own = (type: string) =>
      world.taken("/crm").filter(({ json }) =>
        json.type === type && JSON.stringify(json.data).includes(target.locationId)
      );
    // The alarm that puts events on the queue does not follow the clock that `tell` moves.
    const told = async (): Promise<void> => {
      await tell(worker, target);
      await worker.ring(nameOf(target));
    };
    await importTokens(worker, target);
    await told();
    await until(() => own("connection.installed").length === 1);
    await importLost(worker, target);
    await recover(worker, target);
    await told();
    await until(() => own("connection.reauthorization_required").length === 1);
    const [event] = own("connection.reauthorization_required");
    const { id, timestamp, ...rest } = event?.json ?? {};
    equal(id, event?.id);
    ok(!isNaN(Date.parse(`${timestamp}`)));
    const { traceId, cause, ...data } = Object(rest.data);
    deepEqual({ ...rest, data }, {
      type: "connection.reauthorization_required",
      version: 1,
      data: { target, status: "reauthorization_required" },
    });
    ok(typeof cause === "string" && typeof traceId === "string", JSON.stringify(event?.json));
    sandbox.install(target);
    await recover(worker, target);
    await told();
    await until(() => own("connection.recovered").length === 1);
    equal(Object(own("connection.recovered")[0]?.json.data).by, "reconnect");
    equal(
      (await worker.call(`/connections/location/${target.locationId}`, { method: "DELETE" })).status,
      204,
    );
    await told();
    await until(() => own("connection.uninstalled").length === 1);
    equal(Object(own("connection.uninstalled")[0]?.json.data).why, "forgotten");
  });

  deepEqual(world.faults, []);
  const ids = world.taken("/other").map(({ id }) => id);
  deepEqual(ids, [...new Set(ids)], "nothing came twice");
  const shown = JSON.stringify([worker.logs, world.all.map(({ json }) => json)]);
  for (const secret of [...SECRETS, "address-secret"]) ok(!shown.includes(secret), "a secret is shown");
  doesNotMatch(shown, /access_?token|refresh_?token|eyJ/i);
});
