import { appIdOf } from "../../oauth/highlevel_app.ts";
import { openStore } from "../backend/open_store.ts";
import { type CommonFlags, exportKeyFrom, readSettings, required, sealingKeysFrom } from "../settings.ts";
import { DEFAULT_STORE } from "../backend/store_address.ts";
import type { Mover } from "./mover.ts";
import { storeMover } from "./store_mover.ts";
import { workerMover } from "./worker_mover.ts";

/** Opens the worker or store that `flags` name, to move what is there. HighLevel is not asked, so its secret is not needed. */
export async function openMover(flags: CommonFlags): Promise<Mover> {
  const settings = readSettings(flags.envFile);
  const exportKey = exportKeyFrom(settings);
  if (flags.worker !== undefined) {
    return workerMover({ url: flags.worker, key: required(settings, "HIGHLEVEL_WORKER_KEY"), exportKey });
  }
  const clientId = required(settings, "HIGHLEVEL_CLIENT_ID");
  const sealingKeys = sealingKeysFrom(settings);
  const { name } = flags.store ?? DEFAULT_STORE;
  const { store, close } = await openStore(flags.store);
  const appId = appIdOf({ clientId, clientSecret: "" });
  return storeMover({ appId, store, sealingKeys, exportKey, name, close });
}
