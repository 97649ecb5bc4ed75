import assert from "node:assert/strict";
import { generateSealingKey, MemoryStore, sealed } from "../../mod.ts";

Deno.test("of each sealed record only the newest body is remembered, so that an object written often stays small", async () => {
  const inner = new MemoryStore();
  const store = sealed(inner, { keys: [generateSealingKey()] });
  const key = "app/location/written";
  const summary = { status: "connected", updatedAt: 1 } as const;
  await store.put(key, { format: 1, summary, body: "the first" });
  const first = await inner.get(key);
  assert.ok(first);
  await store.put(key, { format: 1, summary, body: "the second" });
  let opened = 0;
  const decrypt = crypto.subtle.decrypt.bind(crypto.subtle);
  Object.defineProperty(crypto.subtle, "decrypt", {
    configurable: true,
    value: (...args: Parameters<SubtleCrypto["decrypt"]>) => {
      opened++;
      return decrypt(...args);
    },
  });
  try {
    assert.equal((await store.get(key))?.body, "the second");
    assert.equal(opened, 0, "the newest is not remembered");
    await inner.put(key, { ...first });
    assert.equal((await store.get(key))?.body, "the first");
    assert.equal(opened, 1, "what was overwritten is still held in memory");
  } finally {
    Reflect.deleteProperty(crypto.subtle, "decrypt");
  }
});
