import { defined } from "../oauth/host.ts";
import { HighLevelError } from "../oauth/mod.ts";
import { framesOf } from "./frames_of.ts";
import type { AuditedChange } from "./http/change.ts";
import { ProblemError } from "./http/problem.ts";
import { MisconfiguredError } from "./settings/misconfigured_error.ts";
import type { Role } from "./settings/roles.ts";

/** What became of what failed: its caller was told, it is tried again, or the rest went on without it. */
export type LogOutcome = "answered" | "retried" | "passed_over";

/** What a line says besides its error: names, numbers and ids. Never a token, a code, a key, a message or a path of the proxy. */
export type LogDetails =
  & { readonly outcome?: LogOutcome }
  & Readonly<Record<string, string | number | boolean | undefined>>;

/** One request, as its line tells it. */
export interface RequestLine {
  /** HTTP method. */
  readonly method: string;
  /** The route's pattern. Not the path: paths of the proxy may carry people's data. */
  readonly route: string;
  /** HTTP status. */
  readonly status: number;
  /** How long it took, ms. */
  readonly ms: number;
  /** The request's id, which a problem's `detail` tells as well. */
  readonly requestId: string;
  /** The caller's trace (W3C Trace Context), where it has told a right one. */
  readonly traceparent?: string | undefined;
  /** Whose key it was: its name, or its role. */
  readonly actor?: string;
  /** What that key may do. */
  readonly role?: Role;
}

/** Who changed what, as an audit line tells it. Never a token. */
export interface AuditLine {
  /** HighLevel's id of the app. */
  readonly app: string;
  /** Whose key or session it was: the key's name, or its role. */
  readonly actor: string;
  /** What that key may do. */
  readonly role: Role;
  /** By a key, or by a signed-in browser. */
  readonly via: "api" | "dashboard";
  /** What was to be changed. */
  readonly what: AuditedChange;
  /** Which connection: `location/<id>` or `company/<id>`. */
  readonly connection?: string;
  /** Which job. */
  readonly job?: string;
  /** How many were meant, where it is about many. */
  readonly count?: number;
  /** HTTP status. */
  readonly status: number;
  /** How that ended: `done`, `refused` or `failed`; of a recovery its own outcome. */
  readonly outcome: string;
  /** Why it was not done. */
  readonly code?: string;
  /** The request's id, as in its own line. */
  readonly requestId: string;
  /** The caller's trace, as in its own line. */
  readonly traceparent?: string | undefined;
}

/** What a problem's JSON says that its line repeats. */
const TOLD = ["code", "traceId", "outcome"] as const;

/**
 * Logs one line of JSON a request: all that failed, and of the others the share `sampling`. A problem's code, HighLevel's trace
 * id and the outcome of a recovery stand in the line.
 */
export async function logRequest(line: RequestLine, response: Response, sampling: number): Promise<void> {
  if (line.status < 400 && !isProblem(response) && Math.random() >= sampling) return;
  const told = await toldIn(response);
  console.log(JSON.stringify({ level: "info", ...line, outcome: outcomeOf(line.status), ...told }));
}

/** What a handler adds to its audit line, which the path does not tell. Ids, numbers and codes: never a token. */
export type Audited = Partial<Pick<AuditLine, "what" | "connection" | "job" | "count" | "outcome" | "code">>;

/** Logs one line for a change, whatever the sampling. A problem's code, trace id and outcome stand in it too. */
export async function logAudit(line: AuditLine, response: Response): Promise<void> {
  console.log(JSON.stringify({ level: "audit", ...line, ...await toldIn(response) }));
}

/**
 * Logs `error` by its name, code, trace id and frames, with what it is `about`. Never its message: nobody has checked what it
 * carries.
 */
export function logError(error: unknown, about: LogDetails): void {
  console.error(JSON.stringify({ level: "error", ...about, ...errorDetails(error) }));
}

/** What may be told of `error`. */
export function errorDetails(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: "thrown" };
  return defined({
    error: error.name,
    ...codesOf(error),
    cause: error.cause instanceof Error ? error.cause.name : undefined,
    frames: framesOf(error),
  });
}

function codesOf(error: Error): Record<string, unknown> {
  if (error instanceof HighLevelError) {
    const { code, reason, status, traceId } = error;
    return { code, reason, status, traceId };
  }
  if (error instanceof ProblemError) {
    const { code, status, traceId } = error.problem;
    return { code, status, traceId };
  }
  // Names of settings, never their values.
  if (error instanceof MisconfiguredError) return { code: "misconfigured", problems: error.problems };
  // What workerd says of an object that was reset, or has too much to do.
  const isSet = (flag: string): true | undefined => Reflect.get(error, flag) === true || undefined;
  return {
    retryable: isSet("retryable"),
    overloaded: isSet("overloaded"),
    reset: isSet("durableObjectReset"),
    remote: isSet("remote"),
  };
}

function outcomeOf(status: number): string {
  return status < 400 ? "ok" : status < 500 ? "refused" : "failed";
}

function isProblem(response: Response): boolean {
  return response.headers.get("content-type") === "application/problem+json";
}

/** The members of a problem that its line repeats; nothing of another answer. */
async function toldIn(response: Response): Promise<Record<string, unknown>> {
  if (!isProblem(response)) return {};
  const problem: unknown = await response.clone().json();
  const entries = TOLD.map((name) => [name, Reflect.get(Object(problem), name)] as const);
  return Object.fromEntries(entries.filter(([, value]) => typeof value === "string"));
}
