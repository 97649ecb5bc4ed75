import { amount, isObject, isText, moment } from "../fields.ts";
import type { HighLevelErrorCode, HighLevelErrorReason } from "../highlevel_error.ts";

/** What an answer that is no success says. */
export interface Refusal {
  /** What went wrong. */
  readonly code: HighLevelErrorCode;
  /** What HighLevel's words add to that. */
  readonly reason?: HighLevelErrorReason | undefined;
  /** HighLevel's own words, unredacted; empty where it gave none. */
  readonly text: string;
  /** Of a removed endpoint: how long that can be relied on, ms. */
  readonly holdsMs?: number | undefined;
}

/**
 * Words that say: the token lives, but may not do this. HighLevel says so with 401, as it does of a dead token.
 * Source: answers seen in many public code bases; HighLevel's docs name none of them.
 */
const LIMITS: readonly (readonly [RegExp, HighLevelErrorReason])[] = [
  [
    /(not authorized|unauthorized|required|missing|insufficient|invalid)[^.]*\bscopes?\b|insufficient_scope/i,
    "scope",
  ],
  [/auth ?class|user ?type mismatch/i, "token_kind"],
  [/not accessible|(does not|doesn't|do not|don't) have (access|permission)/i, "access"],
  [/version header/i, "version"],
];

/** What every call of Reconnect answers since July 2026. */
const REMOVED = /endpoint has been removed/i;
/** That is certain for a day, ms. */
const REMOVED_MS = 86_400_000;
/** A bare 404 or 410 may be a deployment's: for some minutes, ms. */
const PERHAPS_REMOVED_MS = 300_000;
/** HighLevel does not say when its day ends; asking again sooner than this is of no use, ms. */
const DAILY_PAUSE_MS = 3_600_000;

/**
 * HighLevel's trace id in the answer `body`. One that is no plain id, or that repeats a secret, is none: in plain
 * characters nothing can hide.
 */
export function traceIdFrom(body: unknown, secrets: readonly string[]): string | undefined {
  const { traceId }: Record<string, unknown> = isObject(body) ? body : {};
  const isPlain = isText(traceId) && /^(?!.*eyJ)[\w=:;.-]{1,128}$/.test(traceId);
  return isPlain && !secrets.some((secret) => traceId.includes(secret)) ? traceId : undefined;
}

/**
 * Tells what an answer without success to a call of `path` means: the table of HighLevel's errors, in one place. Pure.
 * HighLevel's words decide where its status misleads. `body` is the answer's JSON, or its text where it is none.
 */
export function refusalFrom(path: string, status: number, body: unknown, headers?: Headers): Refusal {
  const text = wordsOf(body);
  const firewall = isText(body) && status === 403 && /error(?: code)?:? *1\d{3}\b/i.exec(body)?.[0];
  if (firewall) return { code: "forbidden", reason: "firewall", text: firewall };
  if (status === 429) {
    return { code: "rate_limited", reason: isDayUsedUp(status, headers) ? "daily_limit" : undefined, text };
  }
  const limit = LIMITS.find(([words]) => words.test(text))?.[1];
  const isLimit = limit !== undefined && (status === 401 || status === 403) && path !== "/oauth/reconnect";
  if (isLimit) return { code: "forbidden", reason: limit, text };
  const code = codeOf(path, status, text, isObject(body));
  const isOtherClient = code === "invalid_grant" && /(another|different|other) client/i.test(text);
  const holdsMs = REMOVED.test(text) ? REMOVED_MS : PERHAPS_REMOVED_MS;
  return {
    code,
    reason: isOtherClient ? "other_client" : undefined,
    text,
    holdsMs: code === "endpoint_removed" ? holdsMs : undefined,
  };
}

function codeOf(path: string, status: number, text: string, isReadable: boolean): HighLevelErrorCode {
  const isReconnect = path === "/oauth/reconnect";
  if (status >= 500 || status === 408) return "unavailable";
  if (status < 400) return "malformed_response"; // a redirect, which is never followed with credentials
  // A gateway's page or a cut answer says nothing, neither about tokens nor about the endpoint.
  if (!isReadable) return "malformed_response";
  // Names an old path asked with `Version: v3`; the endpoint lives.
  if (/not available in API version/i.test(text)) return "invalid_request";
  if (REMOVED.test(text)) return isReconnect ? "endpoint_removed" : "invalid_request";
  if (/location is not active/i.test(text)) return "location_inactive";
  if (/invalid[ _]client/i.test(text)) return "invalid_client";
  if (isReconnect) {
    // Nothing at this path; one that tells what was not found is about that.
    const isGone = status === 404 || status === 410;
    if (isGone && !/location|company|\bapp\b|install/i.test(text)) return "endpoint_removed";
    return /not (be )?(found|installed)/i.test(text) ? "not_installed" : "invalid_request";
  }
  // A dead code or refresh token is told with 401 too.
  const isDeadGrant = /authorization code (was )?not found|invalid refresh token/i.test(text);
  if (/invalid[ _]grant/i.test(text) || path === "/oauth/token" && isDeadGrant) return "invalid_grant";
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  return /not installed/i.test(text) ? "not_installed" : "invalid_request";
}

/**
 * How long an answer asks to wait, ms: `Retry-After` (seconds or a date), else HighLevel's rate limit interval. Where the
 * calls of a day are used up: an hour at least. Source: HighLevel's docs, "Rate limits".
 */
export function retryAfterFrom(status: number, headers: Headers, now: number): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const ms = askedMs(headers.get("retry-after"), now) ??
    (status === 429 ? amount(headers.get("x-ratelimit-interval-milliseconds")) : undefined);
  return isDayUsedUp(status, headers) ? Math.max(ms ?? 0, DAILY_PAUSE_MS) : ms;
}

/** How long the header `Retry-After` asks to wait from `now`, ms: seconds, or a date. */
export function askedMs(after: string | null, now: number): number | undefined {
  const seconds = amount(after ?? "");
  if (seconds !== undefined) return Math.ceil(seconds * 1000);
  const date = after?.includes(":") ? moment(after) : undefined; // without a colon `Date` would read "-5" as a month
  return date && Math.max(0, date.getTime() - now);
}

/** Whether the calls of this day are used up. */
function isDayUsedUp(status: number, headers: Headers | undefined): boolean {
  return status === 429 && amount(headers?.get("x-ratelimit-daily-remaining")) === 0;
}

/** HighLevel's words in any of the shapes it uses: `message` (text or array), OAuth's fields, v3's nested `error`. */
function wordsOf(body: unknown): string {
  const { message, error, error_description }: Record<string, unknown> = isObject(body) ? body : {};
  const nested = isObject(error) ? [error.code, error.message, error.details, error.resolution] : [error];
  return [message, error_description, ...nested].flat().filter((part) => isText(part) && part)
    .join("; ");
}
