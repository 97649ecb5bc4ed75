import { amount, isObject, isText, moment } from "./fields.ts";
import type { HighLevelErrorCode } from "./highlevel_error.ts";

/** What an answer that is no success says. */
export interface Refusal {
  /** What went wrong. */
  readonly code: HighLevelErrorCode;
  /** HighLevel's own words, unredacted; empty where it gave none. */
  readonly text: string;
}

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
 * Tells what an answer without success to a call of `path` means. Pure: the table of HighLevel's errors in one place.
 */
export function refusalFrom(path: string, status: number, body: unknown): Refusal {
  const text = wordsOf(body);
  return { code: codeOf(path === "/oauth/reconnect", status, text, isObject(body)), text };
}

function codeOf(
  reconnecting: boolean,
  status: number,
  text: string,
  readable: boolean,
): HighLevelErrorCode {
  if (status >= 500 || status === 408) return "unavailable";
  if (status < 400) return "malformed_response"; // a redirect, which is never followed with credentials
  if (status === 429) return "rate_limited";
  // Names an old path asked with `Version: v3`; the endpoint lives.
  if (/not available in API version/i.test(text)) return "invalid_request";
  if (/endpoint has been removed/i.test(text)) return reconnecting ? "endpoint_removed" : "invalid_request";
  if (/location is not active/i.test(text)) return "location_inactive";
  if (/invalid[ _]client/i.test(text)) return "invalid_client";
  if (reconnecting) {
    // Nothing at this path; one that tells what was not found is about that.
    const isGone = status === 404 || status === 410;
    if (isGone && !/location|company|\bapp\b|installation/i.test(text)) {
      return "endpoint_removed";
    }
    if (/not (installed|(be )?found)|no installation/i.test(text)) return "not_installed";
  }
  // A proxy's page or a cut answer says nothing about tokens.
  if (!readable) return "malformed_response";
  if (!reconnecting) {
    if (/invalid[ _]grant/i.test(text)) return "invalid_grant";
    if (status === 401) return "unauthorized";
    if (status === 403) return "forbidden";
  }
  return "invalid_request";
}

/**
 * How long an answer asks to wait, ms: `Retry-After` (seconds or a date), else HighLevel's rate limit interval.
 * Source: HighLevel's docs, "Rate limits".
 */
export function retryAfterFrom(status: number, headers: Headers, now: number): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const after = headers.get("retry-after") ?? "";
  const seconds = amount(after);
  if (seconds !== undefined) return Math.ceil(seconds * 1000);
  const date = after.includes(":") ? moment(after) : undefined; // without a colon `Date` would read "-5" as a month
  if (date) return Math.max(0, date.getTime() - now);
  return status === 429 ? amount(headers.get("x-ratelimit-interval-milliseconds")) : undefined;
}

/** HighLevel's words in any of the shapes it uses: `message` (text or array), OAuth's fields, v3's nested `error`. */
function wordsOf(body: unknown): string {
  const { message, error, error_description }: Record<string, unknown> = isObject(body) ? body : {};
  const nested = isObject(error) ? [error.code, error.message, error.details] : [error];
  return [message, error_description, ...nested].flat().filter((part) => isText(part) && part)
    .join("; ");
}
