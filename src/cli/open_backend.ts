import { DenoKvStore } from "../stores/deno_kv_store.ts";
import { sealed } from "../stores/sealed.ts";
import type { Backend } from "./backend.ts";
import { localBackend } from "./local_backend.ts";
import type { Output } from "./output.ts";
import {
  apiVersionFrom,
  appFrom,
  type CommonFlags,
  listFrom,
  readSettings,
  reasonOf,
  required,
} from "./settings.ts";
import { UsageError } from "./usage_error.ts";
import { workerBackend } from "./worker_backend.ts";

/** The local store where nothing else is said: a file in the current folder. */
export const DEFAULT_STORE = "highlevel-connections.sqlite3";

/** How long the locks of a killed run hold up the next one, ms. A run renews its own. */
const LEASE_MS = 5_000;

/** Opens the worker or local store that `flags` name. */
export async function openBackend(flags: CommonFlags, output: Output): Promise<Backend> {
  const settings = readSettings(flags.envFile);
  if (flags.worker !== undefined) {
    const clientId = settings("HIGHLEVEL_CLIENT_ID");
    const apiVersion = apiVersionFrom(settings, flags);
    return workerBackend({
      url: flags.worker,
      key: required(settings, "HIGHLEVEL_WORKER_KEY"),
      ...(clientId && { clientId }),
      ...(apiVersion && { apiVersion }),
    });
  }
  const app = appFrom(settings, flags);
  const keys = listFrom(settings("SEALING_KEYS"));
  const path = flags.store ?? DEFAULT_STORE;
  const kv = await openFile(path);
  const plain = new DenoKvStore(kv, { leaseMs: LEASE_MS });
  if (keys.length === 0) {
    output.note(
      `Tokens are kept unencrypted in ${path}. Set SEALING_KEYS to seal them (a key: openssl rand -base64 32).`,
    );
  }
  try {
    return localBackend({
      app,
      store: keys.length > 0 ? sealed(plain, { keys }) : plain,
      scope: settings("HIGHLEVEL_SCOPES"),
      name: path,
      close: () => kv.close(),
    });
  } catch (error) {
    kv.close();
    throw error instanceof TypeError ? new UsageError(settingNamed(error.message)) : error;
  }
}

/** Opens the database, readable by its owner only. */
async function openFile(path: string): Promise<Deno.Kv> {
  if (typeof Deno.openKv !== "function") {
    throw new UsageError("Deno KV is switched off. Run Deno with --unstable-kv, or use --worker URL.");
  }
  try {
    if (path !== ":memory:") (await Deno.open(path, { create: true, append: true, mode: 0o600 })).close();
    return await Deno.openKv(path);
  } catch (error) {
    throw new UsageError(`--store: ${path} cannot be opened: ${reasonOf(error)}`);
  }
}

const SETTINGS: readonly (readonly [string, string])[] = [
  ["app.clientId", "HIGHLEVEL_CLIENT_ID"],
  ["app.clientSecret", "HIGHLEVEL_CLIENT_SECRET"],
  ["app.previousCredentials", "HIGHLEVEL_PREVIOUS_CREDENTIALS"],
  ["app.baseUrl", "--base-url (HIGHLEVEL_BASE_URL)"],
  ["keys", "SEALING_KEYS"],
];

/** The core's complaint about an option, in the words of this program. */
function settingNamed(message: string): string {
  for (const [option, setting] of SETTINGS) {
    if (message.startsWith(option)) return message.replace(option, setting);
  }
  return message;
}
