import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { RedisStore } from "../../../src/stores/redis_store.ts";
import { recordOf } from "../../../src/testing/promises_of.ts";
import { startRedis } from "../servers/redis.ts";

const server = await startRedis();
Deno.test.afterAll(() => server?.stop());

Deno.test({
  name: "records that were to be dropped leave Redis, and its indexes, as others come",
  ignore: server === undefined,
  fn: async () => {
    const redis = new Redis(server?.url ?? "");
    let now = 1_000;
    const send = (command: string, ...args: string[]) => redis.call(command, ...args);
    const store = new RedisStore({ send, now: () => now });
    await store.put("stays", recordOf("1", { dueAt: 5 }));
    for (let i = 0; i < 20; i++) {
      await store.put(`webhook/${i}`, { ...recordOf("", { dueAt: i }), dropAt: 2_000 });
    }
    assert.equal((await redis.keys("{highlevel}:record:*")).length, await redis.zcard("{highlevel}:keys"));
    now = 2_000;
    // One in a hundred sweeps. That of 5,000 none does is as likely as that a key is guessed.
    for (let i = 0; i < 5_000 && await redis.zcard("{highlevel}:keys") > 2; i++) {
      await store.put("webhook/next", { ...recordOf("", { dueAt: 1 }), dropAt: 3_000 });
    }
    assert.deepEqual((await redis.keys("*")).sort(), [
      "{highlevel}:drop",
      "{highlevel}:due",
      "{highlevel}:keys",
      "{highlevel}:record:stays",
      "{highlevel}:record:webhook/next",
      "{highlevel}:status",
    ]);
    const sizes = ["drop", "due", "keys", "status"].map((name) => redis.zcard(`{highlevel}:${name}`));
    assert.deepEqual(await Promise.all(sizes), [1, 2, 2, 2]);
    await redis.quit();
  },
});
