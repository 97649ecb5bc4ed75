import { createClient } from "npm:redis@6.3.1";
import { RedisStore } from "../../stores/redis_store.ts";
import type { OpenedStore } from "./sqlite_file.ts";

/** Opens the store in the Redis at `url`. */
export async function openRedis(url: string, leaseMs: number): Promise<OpenedStore> {
  const client = createClient({ url, socket: { reconnectStrategy: (tries) => tries < 5 && tries * 200 } });
  client.on("error", () => {}); // calls tell it
  await client.connect();
  const send = (command: string, ...args: string[]) => client.sendCommand([command, ...args]);
  return { store: new RedisStore({ send, leaseMs }), close: () => void client.close() };
}
