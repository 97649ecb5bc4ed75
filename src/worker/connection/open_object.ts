import { decodeRecord } from "../../connections/codec.ts";
import { keyOf } from "../../connections/connection_key.ts";
import type { ConnectionRecord } from "../../connections/record.ts";
import { Connections } from "../../connections/connections.ts";
import type { ConnectionEvent } from "../../connections/events.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import { CloudflareKvStore } from "../../stores/cloudflare_kv_store.ts";
import { sealed } from "../../stores/sealed.ts";
import type { WorkerEnv } from "../env.ts";
import { type ReconnectApp, reconnectApp } from "../reconnect_app.ts";
import { withSharedNotes } from "../directory/shared_notes.ts";
import { ObjectStore, type ObjectStoreHost } from "./object_store.ts";
import { reviveError } from "../durable/plain_result.ts";

/** What a connection's object works with, once its settings are read. */
export interface OpenObject {
  /** The app whose connection this is. */
  readonly app: ReconnectApp;
  /** The object's own record, as it is stored: sealed. */
  readonly store: ObjectStore;
  /** The core, over that store. */
  readonly connections: Connections;
  /** Where the record of a connection is kept. */
  readonly keyOf: (target: ConnectionTarget) => string;
  /** The record as it is held here, opened, tombstones included. */
  readonly read: (target: ConnectionTarget) => Promise<ConnectionRecord | undefined>;
}

/**
 * Reads the settings and puts the core over an object's store.
 *
 * @throws {MisconfiguredError} naming the settings that do not do.
 */
export function openObject(
  env: WorkerEnv,
  host: Omit<ObjectStoreHost, "kv"> & { readonly onEvent: (event: ConnectionEvent) => void },
): OpenObject {
  const app = reconnectApp(env);
  const { settings } = app;
  const store = new ObjectStore({
    ...host,
    kv: withSharedNotes(new CloudflareKvStore(env.TOKENS), app.directory),
  });
  const records = sealed(store, { keys: settings.sealingKeys });
  const key = (target: ConnectionTarget): string => keyOf(`${app.id}/`, target);
  return {
    app,
    store,
    keyOf: key,
    read: async (target) => {
      const stored = await records.get(key(target));
      return stored && decodeRecord(stored);
    },
    connections: new Connections({
      app: settings.app,
      store: records,
      onEvent: host.onEvent,
      lock: (_key, run) => run(), // the object is the only writer
      coolDownMs: 0, // its agenda says when to try again
      mint: async (companyId, locationId) => {
        const result = await app.connection({ companyId }).mint(locationId);
        if (!result.ok) throw reviveError(result.error);
        return result;
      },
    }),
  };
}
