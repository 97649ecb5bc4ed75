import { createClient } from "redis";
import { startRedis } from "../servers/redis.ts";
import { redisContract } from "./redis_contract.ts";

const server = await startRedis();
Deno.test.afterAll(() => server?.stop());

const connect = async () => {
  const client = createClient({ url: server?.url ?? "" });
  await client.connect();
  return {
    send: (command: string, ...args: string[]) => client.sendCommand([command, ...args]),
    end: () => client.close(),
  };
};
redisContract("RedisStore by redis", connect, server === undefined);
