import { createClient } from "redis";
import { RedisStore } from "../../../src/stores/redis_store.ts";
import type { OpenedStore } from "./opened_store.ts";

/** A RedisStore in the Redis `at`. */
export async function open(at: string, leaseMs: number): Promise<OpenedStore> {
  const client = createClient({ url: at });
  client.on("error", () => {}); // it connects again
  await client.connect();
  const send = (command: string, ...args: string[]) => client.sendCommand([command, ...args]);
  return { store: new RedisStore({ send, leaseMs }), close: () => client.close() };
}
