import assert from "node:assert/strict";
import { CloudflareKvStore } from "../../src/stores/cloudflare_kv_store.ts";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import { generateSealingKey, sealed } from "../../src/stores/sealed.ts";
import type { TokenStore } from "../../src/stores/token_store.ts";
import { verifyWebhook } from "../../src/webhooks/verify_webhook.ts";
import { webhookSeen } from "../../src/webhooks/webhook_seen.ts";
import { FakeKvNamespace } from "../stores/fake_kv_namespace.ts";
import { createSigner } from "./signed_webhook.ts";

const ID = "b5f1c0de-0000-4000-8000-000000000001";

Deno.test("a webhook id is new once, for as long as its timestamp could pass", async () => {
  let time = Date.UTC(2026, 10, 24);
  const now = (): number => time;
  const store = new MemoryStore({ now });
  assert.equal(await webhookSeen(store, ID, { now }), false);
  assert.equal(await webhookSeen(store, ID, { now }), true);
  assert.equal(await webhookSeen(store, "another", { now }), false);
  time += 25 * 3_600_000;
  assert.equal(await webhookSeen(store, ID, { now }), true);
  time += 24 * 3_600_000;
  assert.equal(await store.get(`webhook/${ID}`), undefined);
});

Deno.test("a replayed request passes its signature and is seen", async () => {
  const signer = await createSigner();
  const body = JSON.stringify({
    type: "UNINSTALL",
    appId: "a",
    companyId: "c",
    timestamp: Date.now(),
    webhookId: ID,
  });
  const store = sealed(new MemoryStore(), { keys: [generateSealingKey()] });
  const answers: boolean[] = [];
  for (const request of [await signer.sign(body), await signer.sign(body)]) {
    const event = await verifyWebhook(request, { publicKey: signer.publicKey });
    answers.push(await webhookSeen(store, event.webhookId));
  }
  assert.deepEqual(answers, [false, true]);
});

Deno.test("of many deliveries at the same moment one is new, by the store's versions alone", async () => {
  using kv = await Deno.openKv(":memory:");
  const stores: Pick<TokenStore, "get" | "put">[] = [new MemoryStore(), new DenoKvStore(kv)];
  for (const inner of stores) {
    const store = { get: inner.get.bind(inner), put: inner.put.bind(inner) }; // no lock
    const answers = await Promise.all(Array.from({ length: 50 }, () => webhookSeen(store, ID)));
    assert.equal(answers.filter((seen) => !seen).length, 1);
  }
});

Deno.test("a delivery leaves its record in the store and nothing else: no lease", async () => {
  using kv = await Deno.openKv(":memory:");
  await webhookSeen(new DenoKvStore(kv), ID);
  const keys = (await Array.fromAsync(kv.list({ prefix: [] }))).map(({ key }) => key);
  assert.deepEqual(keys, [["highlevel", `webhook/${ID}`]]);
});

Deno.test("a store without versions tells deliveries one after another", async () => {
  const store = new CloudflareKvStore(new FakeKvNamespace());
  assert.equal(await webhookSeen(store, ID), false);
  assert.equal(await webhookSeen(store, ID), true);
});

Deno.test("C14: each app that shares a store is told of a webhook once", async () => {
  const store = new MemoryStore();
  for (const options of [{ appId: "one" }, { appId: "two" }, {}]) {
    assert.equal(await webhookSeen(store, ID, options), false);
    assert.equal(await webhookSeen(store, ID, options), true);
  }
  const { entries } = await store.list({ prefix: "webhook/" });
  assert.deepEqual(entries.map(({ key }) => key), [
    `webhook/${ID}`,
    `webhook/one/${ID}`,
    `webhook/two/${ID}`,
  ]);
});

Deno.test("an id that could reach other keys is a TypeError", async () => {
  for (const id of ["", "../app/location/x", "a/b"]) {
    await assert.rejects(webhookSeen(new MemoryStore(), id), { name: "TypeError", message: /webhookId/ });
    const asApp = webhookSeen(new MemoryStore(), ID, { appId: id });
    await assert.rejects(asApp, { name: "TypeError", message: /appId/ });
  }
});
