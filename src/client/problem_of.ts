import { defined } from "../oauth/defined.ts";
import { isObject } from "../oauth/fields.ts";
import type { HighLevelErrorCode } from "../oauth/highlevel_error.ts";
import { askedMs, traceIdFrom } from "../oauth/request/refusal.ts";
import { REDACTED } from "../oauth/request/redact.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import { lineOf, linkOf, textOf } from "./texts.ts";
import { type FieldFault, WorkerError, type WorkerProblem, type WorkerProblemCode } from "./worker_error.ts";

/** An answer as it came. */
export interface RawAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Its headers. */
  readonly headers: Headers;
  /** Its body. */
  readonly text: string;
  /** The JSON object that the body is; `undefined` where it is something else. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

/** Who was asked about what, for messages. */
export interface Asked {
  /** The worker's URL. */
  readonly url: string;
  /** The key it was asked with, which no message shows. */
  readonly key: string;
  /** The connection concerned. */
  readonly target?: ConnectionTarget | undefined;
}

/**
 * The error that an answer without success is: the worker's problem document (RFC 9457) where it is one, else what stands in front
 * of the worker, or in its place. Pure but for the clock `now`, ms.
 */
export function problemOf(answer: RawAnswer, { url, key, target }: Asked, now: number): WorkerError {
  const { status, headers, json } = answer;
  const retryAfterMs = askedMs(headers.get("retry-after"), now);
  if (!json) return pageError(answer, { url, target, retryAfterMs });
  const told = textOf(json.code);
  // A 404 of something else: a proxy's, another service's, or a path where no worker is mounted.
  if (told === undefined && (status < 400 || status === 404 || status === 405)) {
    return strangerError({ url, target }, status);
  }
  const shown = (value: unknown): string | undefined => lineOf(value)?.replaceAll(key, REDACTED);
  const code = errorCodeOf(told);
  const own = Object.values(OWN_CODES).find((known) => known === told);
  const [title, detail] = [shown(json.title), shown(json.detail)];
  const said = detail ?? title ?? "no reason given";
  const errors = Array.isArray(json.errors)
    ? json.errors.slice(0, MOST_FAULTS).flatMap(faultFrom)
    : undefined;
  const problem: WorkerProblem = defined({ code: own ?? code, title, detail, errors });
  return new WorkerError(code ?? codeOf(status), code ? said : `The worker answered ${status}: ${said}`, {
    status,
    reason: told === "read_only" || told === "suspended" ? told : undefined,
    traceId: traceIdFrom(json, [key]),
    retryAfterMs,
    target,
    problem,
    authorizationUrl: linkOf(json.authorizationUrl),
  });
}

/**
 * The error of an answer that no worker gives: a page, another service, a wrong path. `lacking` says what an answer lacks that looks
 * like a worker's otherwise.
 */
export function strangerError(
  { url, target }: Pick<Asked, "url" | "target">,
  status?: number,
  lacking?: string,
): WorkerError {
  const why = lacking === undefined ? "" : ` (${lacking})`;
  const place = status !== undefined && status >= 300 && status < 400
    ? "It leads elsewhere; a key is not sent along."
    : "Is it the worker's URL, with the path where it is mounted?";
  const message = `${url} does not answer as the worker does${why}. ${place}`;
  return new WorkerError("malformed_response", message, { status, target });
}

/**
 * What Cloudflare's own pages mean in front of a worker.
 * Source: Cloudflare's docs, "Cloudflare 1xxx errors" and "Cloudflare 5xx errors".
 */
const HOST_PAGES: readonly (readonly [RegExp, string, HighLevelErrorCode])[] = [
  [/\b1101\b/, "its script threw: see its log", "unavailable"],
  [/\b1102\b/, "it used up the CPU time or memory of a request", "unavailable"],
  [/\b1015\b/, "a rate limit in front of it was reached", "rate_limited"],
  [/\b1027\b/, "its account has used up the requests of this day", "rate_limited"],
  [/\b10(06|07|08|09|10|12|20)\b/, "a rule in front of it refuses this client", "forbidden"],
];

/** The error of a page in the place of the worker's answer. Of the page itself only a code that is known is shown. */
function pageError(
  { status, text, headers }: RawAnswer,
  { url, target, retryAfterMs }: Pick<Asked, "url" | "target"> & {
    readonly retryAfterMs: number | undefined;
  },
): WorkerError {
  const named = /error(?: code)?:? *(1\d{3})\b/i.exec(text)?.[1] ?? "";
  const [, meaning, told] = HOST_PAGES.find(([code]) => code.test(named)) ?? [];
  const code = told ?? codeOf(status);
  if (!told && (status < 400 || status === 404 || status === 405)) {
    return strangerError({ url, target }, status);
  }
  const kind = /^[\w.+/-]{1,60}/.exec(headers.get("content-type") ?? "")?.[0] ?? "no JSON";
  const why = meaning === undefined
    ? `something else than the worker (${kind})`
    : `${meaning} (error ${named})`;
  const message = meaning === undefined
    ? `${why} answered ${status} at ${url}.`.replace(/^s/, "S")
    : `The worker at ${url} answered ${status}: ${why}.`;
  return new WorkerError(code, message, { status, retryAfterMs, target });
}

/** What a status means where no code tells. */
function codeOf(status: number): HighLevelErrorCode {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 429) return "rate_limited";
  if (status >= 500 || status === 408) return "unavailable";
  return status < 400 ? "malformed_response" : "invalid_request";
}

/** A worker names so many fields at most. */
const MOST_FAULTS = 20;

function faultFrom(value: unknown): FieldFault[] {
  if (!isObject(value)) return [];
  const { in: place, field, message } = value;
  return typeof place === "string" && typeof field === "string" && typeof message === "string"
    ? [{ in: place, field, message }]
    : [];
}

/** Every code of a `HighLevelError`: the compiler misses one that is added. */
const HIGHLEVEL_CODES: Readonly<Record<HighLevelErrorCode, HighLevelErrorCode>> = {
  invalid_request: "invalid_request",
  invalid_client: "invalid_client",
  invalid_grant: "invalid_grant",
  endpoint_removed: "endpoint_removed",
  location_inactive: "location_inactive",
  not_installed: "not_installed",
  forbidden: "forbidden",
  unauthorized: "unauthorized",
  rate_limited: "rate_limited",
  unavailable: "unavailable",
  network: "network",
  timeout: "timeout",
  malformed_response: "malformed_response",
  reauthorization_required: "reauthorization_required",
  store_failed: "store_failed",
  invalid_webhook: "invalid_webhook",
  wrong_connection: "wrong_connection",
};

/** Every code of a worker's own. */
const OWN_CODES: Readonly<Record<WorkerProblemCode, WorkerProblemCode>> = {
  not_found: "not_found",
  method_not_allowed: "method_not_allowed",
  content_too_large: "content_too_large",
  unsupported_media_type: "unsupported_media_type",
  invalid_input: "invalid_input",
  missing_key: "missing_key",
  wrong_key: "wrong_key",
  not_allowed: "not_allowed",
  path_not_allowed: "path_not_allowed",
  too_many_wrong_keys: "too_many_wrong_keys",
  too_many_requests: "too_many_requests",
  misconfigured: "misconfigured",
  not_ready: "not_ready",
  read_only: "read_only",
  suspended: "suspended",
  internal: "internal",
};

/** The one of a `HighLevelError`'s codes that `value` is. What a person suspended is as inactive as what HighLevel calls so. */
export function errorCodeOf(value: unknown): HighLevelErrorCode | undefined {
  if (value === "suspended") return "location_inactive";
  return Object.values(HIGHLEVEL_CODES).find((known) => known === value);
}
