import { Redis } from "ioredis";
import { RedisStore } from "../../../src/stores/redis_store.ts";
import { startRedis } from "../../stores/servers/redis.ts";
import { unmeasured } from "../row.ts";
import type { Row } from "../section.ts";
import { askedBy, type Sent } from "./asked_by.ts";
import { livingOn } from "./living_on.ts";

/** What the store reads of a record. */
const FIELDS: readonly string[] = ["version", "summary", "body", "dropAt"];

/** RedisStore by ioredis. */
export async function redisStore(): Promise<Row[]> {
  const what = "RedisStore";
  const server = await startRedis();
  if (!server) return [unmeasured(what, "there is no Redis on this machine")];
  const redis = new Redis(server.url);
  try {
    const sent: Sent = { asked: 0, given: 0 };
    const send = (command: string, ...args: string[]): Promise<unknown> => redis.call(command, ...args);
    const counted = new RedisStore({
      send: async (command, ...args) => {
        sent.asked++;
        const reply = await send(command, ...args);
        sent.given += Array.isArray(reply) ? 1 : 0;
        return reply;
      },
    });
    return [
      await livingOn({
        what,
        store: new RedisStore({ send }),
        against: "the bare HMGET by ioredis",
        again: (key) => send("HMGET", `{highlevel}:record:${key}`, ...FIELDS),
      }),
      ...await askedBy(what, { store: counted, sent, each: "commands" }),
    ];
  } finally {
    await redis.quit();
    await server.stop();
  }
}
