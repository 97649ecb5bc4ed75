import { Redis } from "ioredis";
import { RedisStore } from "../../../src/stores/redis_store.ts";
import type { OpenedStore } from "./opened_store.ts";

/** A RedisStore in the Redis `at`. */
export function open(at: string, leaseMs: number): Promise<OpenedStore> {
  const redis = new Redis(at);
  redis.on("error", () => {}); // it connects again
  const send = (command: string, ...args: string[]) => redis.call(command, ...args);
  return Promise.resolve({ store: new RedisStore({ send, leaseMs }), close: () => redis.quit() });
}
