import assert from "node:assert/strict";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { recordOf } from "./promises_of.ts";

Deno.test("DenoKvStore without a Deno.Kv says how to get one", () => {
  for (const kv of [undefined, null, {}]) {
    assert.throws(() => Reflect.construct(DenoKvStore, [kv]), {
      name: "TypeError",
      message: /--unstable-kv.*Deno\.openKv/,
    });
  }
});

Deno.test("DenoKvStore refuses a record over 64 KiB, naming its key and none of it", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new DenoKvStore(kv);
  await store.put("fits", recordOf("x".repeat(64_000)));
  await assert.rejects(store.put("app/company/big", recordOf("MARK".repeat(17_000))), (error: unknown) => {
    assert.ok(error instanceof Error && "code" in error);
    assert.equal(error.code, "store_failed");
    assert.match(error.message, /app\/company\/big.*65536 bytes/);
    assert.ok(!error.message.includes("MARK"));
    return true;
  });
});

Deno.test("DenoKvStore says which key holds something foreign, and keeps to its own part of the database", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new DenoKvStore(kv);
  await kv.set(["other", "a"], "MARK");
  await kv.set(["highlevel-lock", "a"], "MARK");
  assert.deepEqual(await store.list(), { entries: [] });
  await kv.set(["highlevel", "a"], { token: "MARK" });
  const foreign = { code: "store_failed", message: /^The record under a is none of this module: delete it/ };
  await assert.rejects(store.get("a"), foreign);
  await assert.rejects(store.list(), foreign);
});
