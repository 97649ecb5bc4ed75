import { Connections } from "../../connections/connections.ts";
import type { HighLevelApp } from "../../oauth/highlevel_app.ts";
import { sealed } from "../../stores/sealed.ts";
import type { TokenStore } from "../../stores/token_store.ts";
import {
  apiVersionFrom,
  appFrom,
  type CommonFlags,
  readSettings,
  required,
  scopeFrom,
  sealingKeysFrom,
} from "../settings.ts";
import type { Output } from "../terminal/output.ts";
import type { Backend } from "./backend.ts";
import { localBackend } from "./local_backend.ts";
import { isStoreThere, openStore } from "./open_store.ts";
import { DEFAULT_STORE } from "./store_address.ts";
import { workerBackend } from "./worker_backend.ts";

/** Opens the worker or local store that `flags` name. */
export async function openBackend(flags: CommonFlags, output: Output): Promise<Backend> {
  const settings = readSettings(flags.envFile);
  if (flags.worker !== undefined) {
    const apiVersion = apiVersionFrom(settings, flags);
    return workerBackend({
      url: flags.worker,
      key: required(settings, "HIGHLEVEL_WORKER_KEY"),
      ...(apiVersion && { apiVersion }),
    });
  }
  const local = await openLocal(flags);
  if (!local.isSealed) output.note(output.words.store.unsealed(local.name));
  return localBackend(local);
}

/** What `flags` name, to be looked at only: no file is made. `undefined` where no app is set, whose connections they would be. */
export async function openToLook(
  flags: CommonFlags,
  output: Output,
): Promise<Pick<Backend, "get" | "close"> | undefined> {
  if (flags.worker !== undefined) return await openBackend(flags, output);
  const settings = readSettings(flags.envFile);
  if (!settings("HIGHLEVEL_CLIENT_ID") || !settings("HIGHLEVEL_CLIENT_SECRET")) return undefined;
  if (isStoreThere(flags.store)) return localBackend(await openLocal(flags));
  return { get: () => Promise.resolve(undefined), close: () => {} };
}

/** A store of this machine, and the app whose connections are in it. */
export interface Local {
  /** The app. */
  readonly app: HighLevelApp;
  /** Where records live, opened by the sealing keys. */
  readonly store: TokenStore;
  /** Its connections. */
  readonly connections: Connections;
  /** What a re-authorisation asks for, space-separated. */
  readonly scope?: string | undefined;
  /** What it is, for messages. */
  readonly name: string;
  /** Whether there are sealing keys. */
  readonly isSealed: boolean;
  /** Closes the store. */
  readonly close: () => void;
}

/** Opens the local store that `flags` name. @throws {UsageError} naming the setting that is missing or malformed. */
export async function openLocal(flags: CommonFlags): Promise<Local> {
  const settings = readSettings(flags.envFile);
  const app = appFrom(settings, flags);
  const keys = sealingKeysFrom(settings);
  const scope = scopeFrom(settings);
  const { name } = flags.store ?? DEFAULT_STORE;
  const { store: plain, close } = await openStore(flags.store);
  const isSealed = keys.length > 0;
  const store = isSealed ? sealed(plain, { keys }) : plain;
  const connections = new Connections({ app, store, ...(scope && { scope }) });
  return { app, store, connections, scope, name, isSealed, close };
}
