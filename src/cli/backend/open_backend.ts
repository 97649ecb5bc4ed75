import { sealed } from "../../stores/sealed.ts";
import type { Backend } from "./backend.ts";
import { localBackend } from "./local_backend.ts";
import { openStore } from "./open_store.ts";
import type { Output } from "../terminal/output.ts";
import { apiVersionFrom, appFrom, type CommonFlags, listFrom, readSettings, required } from "../settings.ts";
import { DEFAULT_STORE } from "./store_address.ts";
import { UsageError } from "../usage_error.ts";
import { workerBackend } from "./worker_backend.ts";

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
  const { name } = flags.store ?? DEFAULT_STORE;
  const { store, close } = await openStore(flags.store);
  if (keys.length === 0) {
    output.note(
      `Tokens are kept unencrypted in ${name}. Set SEALING_KEYS to seal them (a key: openssl rand -base64 32).`,
    );
  }
  try {
    return localBackend({
      app,
      store: keys.length > 0 ? sealed(store, { keys }) : store,
      scope: settings("HIGHLEVEL_SCOPES"),
      name,
      close,
    });
  } catch (error) {
    close();
    throw error instanceof TypeError ? new UsageError(settingNamed(error.message)) : error;
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
