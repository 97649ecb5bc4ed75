import { Redis } from "ioredis";
import { startRedis } from "../servers/redis.ts";
import { redisContract } from "./redis_contract.ts";

const server = await startRedis();
Deno.test.afterAll(() => server?.stop());

const connect = () => {
  const redis = new Redis(server?.url ?? "");
  return Promise.resolve({
    send: (command: string, ...args: string[]) => redis.call(command, ...args),
    end: () => redis.quit(),
  });
};
redisContract("RedisStore by ioredis", connect, server === undefined);
