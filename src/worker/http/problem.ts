import type { WorkerProblemCode } from "../../client/mod.ts";
import { defined } from "../../oauth/host.ts";
import type { HighLevelErrorCode } from "../../oauth/mod.ts";
import type { PlainError, PlainRecovery } from "../durable/plain_result.ts";

/** An RFC 9457 problem. */
export interface Problem {
  /** HTTP status. */
  readonly status: number;
  /** What went wrong, in a closed set. */
  readonly code: WorkerProblemCode | HighLevelErrorCode;
  /** In words, for this occurrence. */
  readonly detail: string;
  /** HighLevel's trace id. */
  readonly traceId?: string | undefined;
  /** Seconds to wait. */
  readonly retryAfterSeconds?: number | undefined;
  /** Further members: `errors`, `authorizationUrl`, a recovery's `attempts`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  424: "Failed Dependency",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
};

/** The response that tells `problem`, as `application/problem+json`. */
export function problemResponse(
  { status, code, detail, traceId, retryAfterSeconds, extra, headers }: Problem,
): Response {
  const body = {
    type: "about:blank",
    title: TITLES[status] ?? "Error",
    status,
    detail,
    code,
    traceId,
    ...extra,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      ...(retryAfterSeconds !== undefined && { "Retry-After": `${Math.ceil(retryAfterSeconds)}` }),
      ...headers,
    },
  });
}

/** Ends a request with a problem. */
export class ProblemError extends Error {
  /** What is answered. */
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** The problem that an error of the core is to a caller of the worker. */
export function problemOf(error: PlainError, extra: Readonly<Record<string, unknown>> = {}): Problem {
  const { message, reason, traceId, retryable, retryAfterMs, authorizationUrl } = error;
  const code = reason === "read_only" || reason === "suspended" ? reason : error.code;
  const retryAfterSeconds = retryAfterMs === undefined ? retryable ? 5 : undefined : retryAfterMs / 1000;
  const members = { ...defined({ authorizationUrl }), ...extra };
  return { status: statusOf(error), code, detail: message, traceId, retryAfterSeconds, extra: members };
}

/** The response that tells a recovery: 200, or a problem with the same members. */
export function recoveryResponse(recovery: PlainRecovery): Response {
  const { error, ...members } = recovery;
  if (recovery.outcome === "recovered" || !error) {
    return Response.json(recovery, { headers: { "Cache-Control": "no-store" } });
  }
  const problem = problemOf(error, members);
  const status =
    { paused: 409, reauthorization_required: 424, failed: error.retryable ? 503 : 502 }[recovery.outcome];
  return problemResponse({ ...problem, status, traceId: recovery.traceId ?? error.traceId });
}

function statusOf({ code, retryable }: PlainError): number {
  switch (code) {
    case "not_installed":
      return 404;
    case "location_inactive":
      return 409;
    case "reauthorization_required":
      return 424;
    default:
      return retryable ? 503 : 502;
  }
}
