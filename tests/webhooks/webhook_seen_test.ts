import assert from "node:assert/strict";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import { generateSealingKey, sealed } from "../../src/stores/sealed.ts";
import { verifyWebhook } from "../../src/webhooks/verify_webhook.ts";
import { webhookSeen } from "../../src/webhooks/webhook_seen.ts";
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

Deno.test("of many deliveries at the same moment one is new, where the store has a lock", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new DenoKvStore(kv);
  const answers = await Promise.all(Array.from({ length: 10 }, () => webhookSeen(store, ID)));
  assert.equal(answers.filter((seen) => !seen).length, 1);
});

Deno.test("an id that could reach other keys is a TypeError", async () => {
  for (const id of ["", "../app/location/x", "a/b"]) {
    await assert.rejects(webhookSeen(new MemoryStore(), id), { name: "TypeError", message: /webhookId/ });
  }
});
