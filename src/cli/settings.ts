import { readFileSync } from "node:fs";
import process from "node:process";
import { parseEnv } from "node:util";
import type { ApiVersion, ClientCredentials, HighLevelApp } from "../oauth/highlevel_app.ts";
import type { StoreAddress } from "./backend/store_address.ts";
import { isSite } from "../oauth/highlevel_app.ts";
import { sealingKeyBytes } from "../stores/sealing_key.ts";
import { UsageError } from "./usage_error.ts";
import { printable } from "./terminal/texts.ts";

/** Flags that every command takes. */
export interface CommonFlags {
  /** The local store. */
  readonly store?: StoreAddress;
  /** URL of a deployed worker, instead of a local store. */
  readonly worker?: string;
  /** One JSON object per line on stdout. */
  readonly json?: boolean;
  /** A file with settings; the environment goes before it. */
  readonly envFile?: string;
  /** HighLevel's API. */
  readonly baseUrl?: string;
  /** Which spelling of HighLevel's API to use. */
  readonly apiVersion?: ApiVersion;
}

/** The spellings of HighLevel's API that there are. */
export const API_VERSIONS: readonly ApiVersion[] = ["2021-07-28", "2023-02-21", "v3"];

/** Looks a setting up by its name; an empty one counts as none. */
export type Settings = (name: string) => string | undefined;

/**
 * The settings of the environment, then of `envFile`.
 *
 * @throws {UsageError} when `envFile` cannot be read.
 */
export function readSettings(envFile: string | undefined): Settings {
  const file = envFile === undefined ? {} : readEnvFile(envFile);
  return (name) => process.env[name] || file[name] || undefined;
}

/**
 * The app as the settings describe it. Secrets come from settings only, never from flags.
 *
 * @throws {UsageError} naming the setting that is missing or malformed.
 */
export function appFrom(settings: Settings, flags: CommonFlags): HighLevelApp {
  const redirectUri = settings("HIGHLEVEL_REDIRECT_URI");
  if (redirectUri !== undefined && !isCallback(redirectUri)) {
    throw new UsageError(({ usage }) => usage.callback);
  }
  const baseUrl = flags.baseUrl ?? settings("HIGHLEVEL_BASE_URL");
  if (baseUrl !== undefined && !isSite(baseUrl)) throw new UsageError(({ usage }) => usage.baseUrl);
  const apiVersion = apiVersionFrom(settings, flags);
  const previousCredentials = previousFrom(settings);
  return {
    clientId: required(settings, "HIGHLEVEL_CLIENT_ID"),
    clientSecret: required(settings, "HIGHLEVEL_CLIENT_SECRET"),
    ...(redirectUri && { redirectUri }),
    ...(baseUrl && { baseUrl }),
    ...(apiVersion && { apiVersion }),
    ...(previousCredentials.length > 0 && { previousCredentials }),
  };
}

/** An https or loopback URL without user and `#`, as HighLevel sends people back to. */
function isCallback(text: string): boolean {
  return PLAIN.test(text) && isSite(text.replace(/\?[^#]*$/, ""));
}

/** What a header, a form and a link carry as it is. */
const PLAIN = /^[!-~]+$/;
const SCOPES = /^[\w./-]+( +[\w./-]+)*$/;

/** What a re-authorisation asks for, where that is said. @throws {UsageError} where it is no list of scopes. */
export function scopeFrom(settings: Settings): string | undefined {
  const scope = settings("HIGHLEVEL_SCOPES");
  if (scope === undefined || SCOPES.test(scope)) return scope;
  throw new UsageError(({ usage }) => usage.scopes);
}

/**
 * The setting called `name`: an id or a secret.
 *
 * @throws {UsageError} when there is none, or it has spaces or line ends.
 */
export function required(settings: Settings, name: string): string {
  const value = settings(name);
  if (value !== undefined && PLAIN.test(value)) return value;
  throw new UsageError(({ usage }) => value === undefined ? usage.notSet(name) : usage.mustBePlain(name));
}

/** The parts of a list with commas. */
function listFrom(text: string | undefined): string[] {
  return (text ?? "").split(",").map((part) => part.trim()).filter(Boolean);
}

/**
 * The keys in `SEALING_KEYS`; none where it is not set.
 *
 * @throws {UsageError} where one of them is no key.
 */
export function sealingKeysFrom(settings: Settings): string[] {
  const text = settings("SEALING_KEYS");
  const keys = listFrom(text);
  if (text !== undefined && keys.length === 0) throw noKey("SEALING_KEYS");
  const wrong = keys.findIndex((key) => !sealingKeyBytes(key));
  if (wrong >= 0) throw noKey(`SEALING_KEYS[${wrong}]`);
  return keys;
}

/** The key of exports, where they have their own. @throws {UsageError} where it is no key. */
export function exportKeyFrom(settings: Settings): string | undefined {
  const key = settings("EXPORT_KEY")?.trim();
  if (key === undefined || sealingKeyBytes(key)) return key;
  throw noKey("EXPORT_KEY");
}

function noKey(name: string): UsageError {
  return new UsageError(({ usage }) => usage.mustBeKey(name));
}

function readEnvFile(path: string): Readonly<Record<string, string | undefined>> {
  try {
    const bytes = readFileSync(path);
    return parseEnv(new TextDecoder(encodingOf(bytes)).decode(bytes));
  } catch (error) {
    throw new UsageError(({ usage }) => usage.envFile(path, reasonOf(error)));
  }
}

/** Windows writes UTF-16, and tells its order in the first two bytes. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

/**
 * Which spelling of HighLevel's API to use, where that is said.
 *
 * @throws {UsageError} when it is none that there is.
 */
export function apiVersionFrom(settings: Settings, flags: CommonFlags): CommonFlags["apiVersion"] {
  const text = flags.apiVersion ?? settings("HIGHLEVEL_API_VERSION");
  const version = API_VERSIONS.find((known) => known === text);
  if (version || text === undefined) return version;
  throw new UsageError(({ usage }) => usage.apiVersion(API_VERSIONS.join(", ")));
}

/** The client ids of the app, the present one first; none where none is set. */
export function clientIdsFrom(settings: Settings): string[] {
  const name = "HIGHLEVEL_CLIENT_ID";
  if (settings(name) === undefined) return [];
  return [required(settings, name), ...previousFrom(settings).map(({ clientId }) => clientId)];
}

function previousFrom(settings: Settings): ClientCredentials[] {
  return listFrom(settings("HIGHLEVEL_PREVIOUS_CREDENTIALS")).map((pair, index) => {
    const colon = pair.indexOf(":");
    const [clientId, clientSecret] = [pair.slice(0, colon).trim(), pair.slice(colon + 1).trim()];
    if (colon > 0 && PLAIN.test(clientId) && PLAIN.test(clientSecret)) return { clientId, clientSecret };
    throw new UsageError(({ usage }) => usage.previousPair(index + 1));
  });
}

/** Why something failed, for people: an error's message up to the first line's end, printable. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.split("\n", 1)[0] ?? message;
  // The system's own, `ENOENT: no such file or directory, open 'ids.csv'`: who tells the reason has named the file.
  return printable(line.replace(/^E[A-Z]+: ([^,]+), .*$/, "$1").replace(/ \(os error \d+\)$/, ""));
}
