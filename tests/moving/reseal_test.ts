import assert from "node:assert/strict";
import { type ResealedRecord, resealRecords } from "../../src/moving/mod.ts";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import { generateSealingKey, sealed } from "../../src/stores/sealed.ts";
import type { TokenStore } from "../../src/stores/token_store.ts";
import { movedWorld, recordsIn } from "./moved_world.ts";

const [OLD, NEW, LOST] = [generateSealingKey(), generateSealingKey(), generateSealingKey()];

const counts = (all: readonly ResealedRecord[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(all, ({ result }) => result)].map(([result, { length }]) => [result, length]),
  );

Deno.test("everything is sealed anew under the first key; then the old one opens nothing, and is not needed", async () => {
  const inner = new MemoryStore();
  const { appId, store } = await movedWorld(3, sealed(inner, { keys: [OLD] }));
  const before = await recordsIn(store, `${appId}/`);
  const keys = [NEW, OLD];
  const reseal = () => Array.fromAsync(resealRecords(inner, { appId, keys }));
  assert.deepEqual(counts(await reseal()), { resealed: 6 });
  assert.deepEqual(counts(await reseal()), { already: 6 }, "once more changes nothing");
  assert.deepEqual(await recordsIn(sealed(inner, { keys: [NEW] }), `${appId}/`), before);
  await assert.rejects(recordsIn(sealed(inner, { keys: [OLD] }), `${appId}/`), /is sealed with key/);
});

Deno.test("what lies in clear is sealed too, and what no given key opens is named and stays", async () => {
  const inner = new MemoryStore();
  const { appId, locationIds } = await movedWorld(2, inner);
  const key = `${appId}/location/${locationIds[0]}`;
  const record = await inner.get(key);
  assert.ok(record);
  await sealed(inner, { keys: [LOST] }).put(key, record);
  const all = await Array.fromAsync(resealRecords(inner, { appId, keys: [NEW, OLD] }));
  assert.deepEqual(counts(all), { resealed: 4, unreadable: 1 });
  const [lost] = all.filter(({ result }) => result === "unreadable");
  assert.deepEqual(lost?.target, { locationId: locationIds[0] });
  assert.match(lost?.reason ?? "", /is sealed with key [0-9a-f]{8}, which is not among the given keys/);
  assert.ok(!JSON.stringify(all).includes(NEW) && !JSON.stringify(all).includes("refresh"));
});

Deno.test("what is refreshed at that moment is kept: its writer has sealed it", async () => {
  const inner = new MemoryStore();
  const { appId, locationIds, over, sandbox } = await movedWorld(1, sealed(inner, { keys: [OLD] }));
  const [locationId = ""] = locationIds;
  const other = over(sealed(inner, { keys: [NEW, OLD] }));
  const slow: TokenStore = {
    get: (key) => inner.get(key),
    put: async (key, record, options) => {
      if (key.endsWith(locationId) && sandbox.counts.refresh === 0) await other.recover({ locationId });
      return await inner.put(key, record, options);
    },
    delete: (key) => inner.delete(key),
    list: (options) => inner.list(options),
  };
  const all = await Array.fromAsync(resealRecords(slow, { appId, keys: [NEW, OLD] }));
  assert.deepEqual(counts(all), { resealed: 3, already: 1 });
  assert.equal(sandbox.counts.refresh, 1);
  assert.ok(sandbox.isLiving(await other.accessToken({ locationId })));
});

Deno.test("a key that is none is named", async () => {
  const reseal = Array.fromAsync(resealRecords(new MemoryStore(), { appId: "a", keys: ["short"] }));
  await assert.rejects(reseal, /keys\[0\] must be 32 bytes in base64/);
});
