import * as v from "valibot";
import { isSite } from "../../oauth/host.ts";
import { fromBase64, sealingKeyBytes } from "../../stores/host.ts";
import { isStandardSecret } from "../../webhooks/host.ts";
import type { WorkerVariables } from "../env.ts";
import { isWanted } from "../events/event_filter.ts";
import { OWN_EVENT_TYPES } from "../events/own_event.ts";
import { JURISDICTIONS } from "../jurisdiction.ts";
import { areAppNames } from "./app_names.ts";
import { isInside } from "./inside_address.ts";
import { NAMED_KEYS_RULE, namedKeysIn } from "./named_keys.ts";
import { partsOf } from "./parts_of.ts";

/** An Ed25519 key as SPKI has it: these bytes, then the 32 of the key (RFC 8410). */
const SPKI_ED25519 = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const SPKI_BYTES = 44;
/** A key shorter than this can be guessed. */
const MIN_KEY_LENGTH = 8;
/** Addresses that events are sent to, at most. */
const MOST_ADDRESSES = 10;

const WITHOUT_BLANKS = "must have no blanks, line ends or characters other than ASCII";
const SITE = "must be an https or loopback URL without user, query and #, up to what is before /oauth";

const text = v.string((issue) => issue.input === undefined ? "is missing" : "must be a text");

const plain = (message: string) => v.pipe(text, v.regex(/^[!-~]+$/, message));
const id = v.pipe(text, v.regex(/^[A-Za-z0-9_-]{1,128}$/, "must be an id of A-Z a-z 0-9 _ -"));
const key = v.pipe(
  plain(WITHOUT_BLANKS),
  v.minLength(MIN_KEY_LENGTH, `must have ${MIN_KEY_LENGTH} characters at least`),
);
const site = v.pipe(text, v.check((url) => isSite(url) && !/\/oauth(\/|$)/.test(url), SITE));
const page = v.pipe(text, v.check(isPage, "must be an https URL without user"));
const flag = v.pipe(
  v.picklist(["true", "false"], "must be true or false"),
  v.transform((told) => told === "true"),
);
const list = v.pipe(text, v.transform(partsOf));

/**
 * Every setting, by the name its owner gives it: what it may be, what is said where it is not, and what it becomes. A message
 * never shows a value. Settings that depend on others are checked in `dependency_problems.ts`.
 */
export const settingSchemas = {
  HIGHLEVEL_APPS: v.optional(
    v.pipe(
      list,
      v.check((names) => areAppNames(names), "must be different names of a-z 0-9 _, with commas between"),
    ),
  ),
  HIGHLEVEL_CLIENT_ID: id,
  HIGHLEVEL_CLIENT_SECRET: plain(WITHOUT_BLANKS),
  HIGHLEVEL_PREVIOUS_CREDENTIALS: v.optional(
    v.pipe(
      list,
      v.transform((pairs) => pairs.map(pairOf)),
      v.check((pairs) => pairs.every(isPair), "must be pairs id:secret, with commas between"),
    ),
  ),
  HIGHLEVEL_REDIRECT_URI: v.optional(
    v.pipe(text, v.check(isEndpoint, "must be the https or loopback URL of the callback, without #")),
  ),
  HIGHLEVEL_SCOPES: v.optional(
    v.pipe(text, v.regex(/^[a-z0-9_./-]+( +[a-z0-9_./-]+)*$/i, "must be scopes with spaces between")),
  ),
  HIGHLEVEL_BASE_URL: v.optional(site),
  HIGHLEVEL_MARKETPLACE_URL: v.optional(site),
  HIGHLEVEL_API_VERSION: v.optional(
    v.picklist(["2021-07-28", "2023-02-21", "v3"], "must be one of 2021-07-28, 2023-02-21, v3"),
  ),
  HIGHLEVEL_VERSION_ID: v.optional(id),
  APP_NAME: v.optional(
    v.pipe(text, v.regex(/^(?=.*\S)[^\p{C}]{1,100}$/u, "must be 1 to 100 characters that can be seen")),
  ),
  APP_LOGO_URL: v.optional(page),
  SUPPORT_URL: v.optional(
    v.pipe(
      text,
      v.check((url) => isPage(url) || isMail(url), "must be an https URL without user, or mailto:"),
    ),
  ),
  AFTER_CONNECT_URL: v.optional(page),
  HIGHLEVEL_WEBHOOK_PUBLIC_KEY: v.optional(
    v.pipe(
      text,
      v.check(isEd25519, "must be an Ed25519 key: SPKI in base64, without the lines BEGIN and END"),
    ),
  ),
  SEALING_KEYS: v.pipe(
    list,
    v.minLength(1, "is missing"),
    v.check(
      (keys) => keys.every(isSealingKey),
      "must be keys of 32 bytes in base64, with commas between",
    ),
  ),
  JURISDICTION: v.optional(v.picklist(JURISDICTIONS, `must be one of ${JURISDICTIONS.join(", ")}`)),
  ADMIN_KEY: v.optional(key),
  SERVICE_KEY: v.optional(key),
  VIEWER_KEY: v.optional(key),
  KEYS: v.optional(
    v.pipe(
      text,
      v.transform(namedKeysIn),
      v.check((keys) => keys.every((one) => one !== undefined), NAMED_KEYS_RULE),
      v.transform((keys) => keys.filter((one) => one !== undefined)),
    ),
  ),
  ALERT_WEBHOOK_URL: v.optional(
    v.pipe(text, v.check(isAddress, "must be an https URL without user and #")),
  ),
  EVENT_URLS: v.optional(
    v.pipe(
      list,
      v.check(
        (urls) => urls.every(isAddress) && new Set(urls.map(hrefOf)).size === urls.length,
        "must be different https URLs without user and #, with commas between",
      ),
      v.check(
        (urls) => urls.length > 0 && urls.length <= MOST_ADDRESSES,
        `must be 1 to ${MOST_ADDRESSES} URLs`,
      ),
    ),
  ),
  EVENT_SECRETS: v.optional(
    v.pipe(
      list,
      v.check(
        (secrets) =>
          [1, 2].includes(secrets.length) && secrets.every(isStandardSecret) &&
          new Set(secrets).size === secrets.length,
        "must be whsec_ and 24 to 64 bytes in base64; two different ones, with a comma between, while they are changed",
      ),
    ),
  ),
  EVENT_TYPES: v.optional(
    v.pipe(
      list,
      v.check(
        (types) => types.length > 0 && types.every((type) => /^[\w.-]*[\w.*-]$/.test(type)),
        "must be names of events, or beginnings such as connection.*, with commas between",
      ),
      v.check(
        (types) => types.every(canBeEvent),
        "must name events that there are: see docs/EVENTS.md",
      ),
    ),
  ),
  ALLOW_LOCAL_ENDPOINTS: v.optional(flag),
  LOG_SAMPLING: v.optional(
    v.pipe(
      text,
      v.regex(/^(0|1|0?\.\d+|[01]\.0+)$/, "must be a number from 0 to 1"),
      v.transform(Number),
    ),
  ),
  READ_ONLY: v.optional(flag),
  PROXY_ALLOW: v.optional(
    v.pipe(
      list,
      v.check(
        (prefixes) => prefixes.every(isPathPrefix),
        "must be beginnings of paths, such as /oauth/, with commas between",
      ),
    ),
  ),
} satisfies Record<Exclude<keyof WorkerVariables, "HIGHLEVEL_APP">, v.GenericSchema>;

/** All settings of an app, checked one by one. */
export const settingsSchema = v.object(settingSchemas);

/** The host of a URL on this machine. */
export function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1])$/.test(URL.parse(url)?.hostname ?? "");
}

function pairOf(pair: string): { readonly clientId: string; readonly clientSecret: string } {
  const [clientId = "", clientSecret = ""] = pair.split(/:([^]*)/).map((part) => part.trim());
  return { clientId, clientSecret };
}

function isPair({ clientId, clientSecret }: ReturnType<typeof pairOf>): boolean {
  return [clientId, clientSecret].every((part) => /^[!-~]+$/.test(part) && !/;.*:/.test(part));
}

/** An address of its owner's, or of this machine: `dependency_problems.ts` says which of them may be that. */
function isEndpoint(text: string): boolean {
  return isPlainUrl(text) && (text.startsWith("https:") || isLoopback(text));
}

/** An address for events: of the inside it may also be http, where `dependency_problems.ts` lets it. */
function isAddress(text: string): boolean {
  return isPlainUrl(text) && (text.startsWith("https:") || isInside(text));
}

/** Whether an entry of `EVENT_TYPES` may be meant for something: which events HighLevel has nobody knows, and ours are known. */
function canBeEvent(type: string): boolean {
  const [area] = type.split(".", 1);
  const isOurs = type.includes(".") &&
    OWN_EVENT_TYPES.some((own) => own.startsWith(`${area?.toLowerCase()}.`));
  return !isOurs || OWN_EVENT_TYPES.some((own) => isWanted(own, [type]));
}

function hrefOf(text: string): string | undefined {
  return URL.parse(text)?.href;
}

/** A `#` never comes to a server, and `fetch` refuses a URL with a user. */
function isPlainUrl(text: string): boolean {
  return isUserless(text) && !text.includes("#");
}

/** A page that a browser is sent to; on this machine only where `dependency_problems.ts` lets it. */
function isPage(text: string): boolean {
  return isUserless(text) && (text.startsWith("https:") || isLoopback(text));
}

function isMail(text: string): boolean {
  return /^mailto:[^\s@"<>]+@[^\s@"<>]+$/.test(text);
}

/** One URL, as it is meant: `URL` would forgive another number of slashes, and take a second URL behind a comma for a path. */
function isUserless(text: string): boolean {
  const url = /^https?:\/\/[^/*][!-~]*$/.test(text) && !/,https?:/.test(text) ? URL.parse(text) : null;
  return url !== null && url.username === "" && url.password === "";
}

function isEd25519(text: string): boolean {
  const bytes = fromBase64(text);
  return bytes?.length === SPKI_BYTES && SPKI_ED25519.every((byte, index) => bytes[index] === byte);
}

function isSealingKey(text: string): boolean {
  return /^[!-~]+$/.test(text) && sealingKeyBytes(text) !== undefined;
}

function isPathPrefix(text: string): boolean {
  return /^(\/[a-z0-9_-]+)+\/?$/i.test(text);
}
