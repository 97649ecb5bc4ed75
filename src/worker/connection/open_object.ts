import { type ConnectionRecord, decodeRecord, encodeRecord } from "../../connections/host.ts";
import { type ConnectionEvent, Connections } from "../../connections/mod.ts";
import {
  CloudflareKvStore,
  MemoryStore,
  sealed,
  type StoredRecord,
  type TokenStore,
} from "../../stores/mod.ts";
import { resultOrError } from "../durable/plain_result.ts";
import { withSharedNotes } from "../directory/shared_notes.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import { ObjectStore, type ObjectStoreHost } from "./object_store.ts";
import { suspendedCopy } from "./suspension.ts";

/** The core over an object's own store. */
export interface OpenObject {
  /** The object's own record, as it is stored: sealed. */
  readonly store: ObjectStore;
  /** The same, opened. */
  readonly records: TokenStore;
  /** The core, over that store. */
  readonly connections: Connections;
  /** The record under `key` as it is held here, opened, tombstones included. */
  readonly read: (key: string) => Promise<ConnectionRecord | undefined>;
}

/** What {@linkcode openObject} needs of an object. */
export interface OpenObjectHost extends Omit<ObjectStoreHost, "kv" | "copyOf"> {
  /** Whether the connection is suspended. */
  readonly isSuspended: () => boolean;
  /** Told by the core. Must not throw. */
  readonly onEvent: (event: ConnectionEvent) => void;
  /** The object of this agency has minted tokens for this location, and knows of it by that. */
  readonly onMinted: (companyId: string) => void;
}

/** Puts the core over the store of an object of `app`. */
export function openObject(app: ReconnectApp, host: OpenObjectHost): OpenObject {
  const { env, settings } = app;
  const store = new ObjectStore({
    ...host,
    kv: withSharedNotes(new CloudflareKvStore(env.TOKENS), app.directory),
    copyOf: async (key, record) =>
      host.isSuspended() ? await resealed(settings.sealingKeys, key, record, suspendedCopy) : record,
  });
  const records = sealed(store, { keys: settings.sealingKeys });
  return {
    store,
    records,
    read: async (key) => {
      const stored = await records.get(key);
      return stored && decodeRecord(stored);
    },
    connections: new Connections({
      app: settings.app,
      store: records,
      onEvent: host.onEvent,
      lock: (_key, run) => run(), // the object is the only writer
      coolDownMs: 0, // its schedule says when to try again
      mint: async (companyId, locationId) => {
        const minted = resultOrError(await app.connection({ companyId }).mint(locationId, { heals: true }));
        host.onMinted(companyId);
        return minted;
      },
    }),
  };
}

/** The sealed `record` after `change`, sealed again. */
async function resealed(
  keys: readonly string[],
  key: string,
  record: StoredRecord,
  change: (record: ConnectionRecord) => ConnectionRecord,
): Promise<StoredRecord> {
  const closed = new MemoryStore();
  const opened = sealed(closed, { keys });
  await closed.put(key, record);
  const held = await opened.get(key);
  if (held) await opened.put(key, encodeRecord(change(decodeRecord(held))));
  const { version: _, ...copy } = await closed.get(key) ?? record;
  return copy;
}
