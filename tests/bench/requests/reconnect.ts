import {
  Connections,
  type ConnectionTarget,
  DenoKvStore,
  MemoryStore,
  type TokenStore,
} from "../../../mod.ts";
import { tokenSetFrom } from "../../../src/oauth/token_set.ts";
import type { Client, Contender, Target } from "./contender.ts";

const HOUR = 3_600_000;

/** This project. */
export const reconnectContender: Contender = {
  name: "highlevel-reconnect",
  deploy(app, trouble) {
    const memory = new MemoryStore();
    const store: TokenStore = {
      async get(key) {
        const record = await memory.get(key);
        await trouble.afterRead();
        return record;
      },
      async put(key, record, options) {
        await trouble.beforeWrite();
        return await memory.put(key, record, options);
      },
      delete: (key) => memory.delete(key),
      list: (options) => memory.list(options),
    };
    return { client: () => clientOf(app, store) };
  },
  onKv: (app, kv) => clientOf(app, new DenoKvStore(kv)),
};

function clientOf(app: ConstructorParameters<typeof Connections>[0]["app"], store: TokenStore): Client {
  const connections = new Connections({ app, store });
  return {
    async save(target, answer, age) {
      // Put there an hour ago: tokens of this very moment would be given time to become known.
      const before = new Connections({ app, store, now: () => Date.now() - HOUR });
      const receivedAt = Date.now() - (age === "expired" ? 24 * HOUR : HOUR);
      await before.save(targetOf(target), tokenSetFrom(answer, receivedAt, answer.userType));
    },
    async call(locationId) {
      const response = await connections.fetch({ locationId }, `/locations/${locationId}`);
      await response.body?.cancel();
      if (!response.ok) throw new Error(`answered ${response.status}`);
    },
  };
}

function targetOf(target: Target): ConnectionTarget {
  return "locationId" in target ? { locationId: target.locationId } : { companyId: target.companyId };
}
