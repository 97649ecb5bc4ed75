import { RedisStore, type RedisStoreOptions } from "../../../src/stores/redis_store.ts";
import type { ContractClient, ContractStore } from "../../../src/testing/mod.ts";
import { contractTests } from "../contract_tests.ts";

/** One process's way to a Redis. */
export interface RedisClient {
  /** Sends a command. */
  readonly send: RedisStoreOptions["send"];
  /** Lets go of it. */
  end(): Promise<unknown> | void;
}

/** The contract of a RedisStore over one client. */
export function redisContract(name: string, connect: () => Promise<RedisClient>, ignore: boolean): void {
  const open = async (now: () => number): Promise<ContractStore> => {
    const clients: RedisClient[] = [];
    const another = async (): Promise<ContractClient> => {
      const client = await connect();
      clients.push(client);
      let isCut = false;
      const send: RedisStoreOptions["send"] = async (command, ...args) => {
        if (isCut) throw new Error("the connection is cut");
        return await client.send(command, ...args);
      };
      return { store: new RedisStore({ send, now, leaseMs: 2_000 }), kill: () => void (isCut = true) };
    };
    const { store } = await another();
    await clients[0]?.send("FLUSHALL");
    return {
      store,
      another,
      close: async () => {
        for (const client of clients) await client.end();
      },
    };
  };
  const promises = { hasVersions: true, hasLock: true, sortsByDue: true, keepsNotes: true, isShared: true };
  contractTests(name, open, promises, { ignore, isSealedToo: false });
}
