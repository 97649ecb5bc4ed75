import assert from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { type AttackedWorker, attackedWorker } from "./attacked_worker.ts";
import { until } from "../until.ts";

interface Signed {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function deliver({ worker }: AttackedWorker, { body, headers }: Signed): Promise<[number, unknown]> {
  const response = await worker.call("/webhooks/highlevel", { method: "POST", key: null, headers, body });
  return [response.status, await response.json()];
}

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

async function statusOf({ worker }: AttackedWorker, id: string): Promise<string> {
  const response = await worker.call(`/connections/location/${id}`);
  const body: Record<string, unknown> = await response.json();
  return response.status === 404 ? "unknown" : String(body.status);
}

Deno.test("a webhook that HighLevel did not sign, or that was changed on its way, ends nothing", async () => {
  await using attacked = await attackedWorker();
  const { sandbox, worker } = attacked;
  const event = sandbox.webhook("UNINSTALL", { locationId: "victim" });
  const { body, headers } = await sandbox.signWebhook(event);
  const signature = headers["x-ghl-signature"] ?? "";
  const stranger = await createSandbox({ seed: 1 }).signWebhook(body);
  const flipped = `${signature[0] === "A" ? "B" : "A"}${signature.slice(1)}`;
  const forgeries: Record<string, Signed> = {
    "no signature": { body, headers: {} },
    "an empty signature": { body, headers: { "x-ghl-signature": "" } },
    "no base64": { body, headers: { "x-ghl-signature": "%%%" } },
    "a signature cut short": { body, headers: { "x-ghl-signature": signature.slice(0, 40) } },
    "one bit changed": { body, headers: { "x-ghl-signature": flipped } },
    "all zeros": { body, headers: { "x-ghl-signature": btoa("\0".repeat(64)) } },
    "a stranger's signature": stranger,
    "the withdrawn header": { body, headers: { "x-wh-signature": signature } },
    "two signatures": { body, headers: { "x-ghl-signature": `${signature}, ${signature}` } },
    "another body": { body: body.replace("victim", "other"), headers },
    "one more blank": { body: `${body} `, headers },
    "a byte order mark": { body: `\uFEFF${body}`, headers },
    "an empty body": { body: "", headers },
    "the signature of an empty body": { body, headers: (await sandbox.signWebhook("")).headers },
  };
  for (const [name, forged] of Object.entries(forgeries)) {
    const [status, answer] = await deliver(attacked, forged);
    assert.equal(status, 401, name);
    assert.ok(!JSON.stringify(answer).includes("victim"), `${name}: the answer repeats the body`);
  }
  const withKey = await worker.call("/webhooks/highlevel", { method: "POST", body });
  assert.equal(withKey.status, 401, "a key is no signature");
  await withKey.body?.cancel();
  assert.equal(await statusOf(attacked, "victim"), "connected");
});

Deno.test("an old webhook, one from the future, and one of another app change nothing", async () => {
  await using attacked = await attackedWorker();
  const { sandbox } = attacked;
  const event = sandbox.webhook("UNINSTALL", { locationId: "victim" });
  for (const offMs of [-86_401_000, 301_000, -86_400_000 * 365]) {
    const timestamp = new Date(Date.now() + offMs).toISOString();
    const [status] = await deliver(attacked, await sandbox.signWebhook({ ...event, timestamp }));
    assert.equal(status, 401, `${offMs} ms off`);
  }
  // One that is missing, or empty, is no forgery: HighLevel's documented examples have none.
  for (const timestamp of ["never", [], {}, true, "99999999999999999999"]) {
    const [status] = await deliver(attacked, await sandbox.signWebhook({ ...event, timestamp }));
    assert.equal(status, 401, JSON.stringify(timestamp));
  }
  for (
    const other of [{ appId: "000000000000000000000000" }, { type: "uninstall" }, { type: "LocationDelete" }]
  ) {
    const [status, answer] = await deliver(attacked, await sandbox.signWebhook({ ...event, ...other }));
    assert.deepEqual([status, answer], [200, { taken: false }], JSON.stringify(other));
  }
  for (
    const strange of [{ locationId: "../victim" }, { locationId: "a/b" }, { locationId: ["victim"] }, {
      webhookId: "a b",
    }]
  ) {
    const [status] = await deliver(attacked, await sandbox.signWebhook({ ...event, ...strange }));
    assert.equal(status, 401, JSON.stringify(strange));
  }
  assert.equal(await statusOf(attacked, "victim"), "connected");
});

Deno.test("a webhook sent again does its work once; after a new installation an old one does none", async () => {
  await using attacked = await attackedWorker();
  const { sandbox, worker } = attacked;
  const uninstall = await sandbox.signWebhook(sandbox.webhook("UNINSTALL", { locationId: "victim" }));
  sandbox.uninstall({ locationId: "victim" });
  assert.deepEqual(await deliver(attacked, uninstall), [200, { taken: true }]);
  assert.equal(await statusOf(attacked, "victim"), "unknown");

  sandbox.install({ locationId: "victim" });
  const installed = { ...sandbox.webhook("INSTALL", { locationId: "victim" }), timestamp: inMs(100) };
  const install = await sandbox.signWebhook(installed);
  assert.deepEqual(await deliver(attacked, install), [200, { taken: true }]);
  await until(async () => await statusOf(attacked, "victim") === "connected");
  // Replayed by whoever recorded it.
  for (let time = 0; time < 3; time++) {
    assert.deepEqual(await deliver(attacked, uninstall), [200, { taken: false }]);
    assert.deepEqual(await deliver(attacked, install), [200, { taken: false }]);
  }
  // The same event under a new name, as only HighLevel could sign it: it is older than the installation.
  const { timestamp, ...rest }: Record<string, unknown> = JSON.parse(uninstall.body);
  const late = await sandbox.signWebhook({ ...rest, timestamp, webhookId: crypto.randomUUID() });
  assert.equal((await deliver(attacked, late))[0], 200);
  assert.equal(await statusOf(attacked, "victim"), "connected");
  const token = await worker.call("/connections/location/victim/token");
  assert.equal(token.status, 200);
  await token.body?.cancel();
});

Deno.test("an INSTALL that comes after its UNINSTALL brings nothing back", async () => {
  await using attacked = await attackedWorker();
  const { sandbox } = attacked;
  const install = await sandbox.signWebhook(sandbox.webhook("INSTALL", { locationId: "victim" }));
  const removed = { ...sandbox.webhook("UNINSTALL", { locationId: "victim" }), timestamp: inMs(100) };
  const uninstall = await sandbox.signWebhook(removed);
  assert.equal((await deliver(attacked, uninstall))[0], 200);
  assert.equal((await deliver(attacked, install))[0], 200);
  // By the time that an installation told after it has brought tokens, this one would have.
  const other = await sandbox.signWebhook(sandbox.webhook("INSTALL", { locationId: "other" }));
  sandbox.install({ locationId: "other" });
  assert.equal((await deliver(attacked, other))[0], 200);
  await until(async () => await statusOf(attacked, "other") === "connected");
  assert.equal(await statusOf(attacked, "victim"), "unknown");
});
