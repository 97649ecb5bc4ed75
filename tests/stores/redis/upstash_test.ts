import assert from "node:assert/strict";
import { RedisStore, type RedisStoreOptions } from "../../../src/stores/redis_store.ts";
import { startRedis } from "../servers/redis.ts";
import { startUpstash } from "../servers/upstash.ts";
import { redisContract } from "./redis_contract.ts";

const server = await startRedis();
const upstash = server && await startUpstash(server);
Deno.test.afterAll(async () => {
  await upstash?.stop();
  await server?.stop();
});
const ignore = upstash === undefined;

/** As docs/STORES.md shows it. */
function sendTo(url: string, token: string): RedisStoreOptions["send"] {
  return async (...command) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body: JSON.stringify(command),
    });
    const { result, error } = await response.json<{ result?: unknown; error?: string }>();
    if (error) throw new Error(error);
    return result;
  };
}

const connect = () =>
  Promise.resolve({ send: sendTo(upstash?.url ?? "", upstash?.token ?? ""), end: () => {} });
redisContract("RedisStore by Upstash's REST API", connect, ignore);

Deno.test({
  name: "a wrong token of Upstash's is an error, and no empty store",
  ignore,
  fn: async () => {
    const store = new RedisStore({ send: sendTo(upstash?.url ?? "", "another") });
    await assert.rejects(store.get("k"));
    await assert.rejects(store.list());
  },
});
