import type { Context } from "hono";
import * as v from "valibot";
import type { WorkerEnv } from "../env.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import type { Role } from "../settings.ts";
import type { TokenCache } from "./token_cache.ts";
import type { Keyring } from "./keyring.ts";
import type { RefusedCodes } from "../customer/refused_codes.ts";
import type { AnswerCounts } from "../api/answer_counts.ts";
import type { Readiness } from "../api/readiness.ts";
import type { Actor } from "./actor.ts";
import type { Audited } from "../log.ts";
import type { Change, Changing } from "./change.ts";
import { ProblemError } from "./problem.ts";
import { readJson } from "./read_json.ts";

/**
 * Who may call a route: a role's key, a signature of HighLevel, a signed-in browser (the dashboard's routes see to that
 * themselves: signing in is one of them), or anybody.
 */
export type Access = Role | "signature" | "session" | "none";

/** What a request carries besides its parameters. */
export interface RequestScope extends ReconnectApp {
  /** The keys of roles. */
  readonly keys: Keyring;
  /** What is served without waking an object. */
  readonly tokens: TokenCache;
  /** Whether what the worker needs answers. */
  readonly readiness: Readiness;
  /** HighLevel's answers of trouble that were passed on. */
  readonly answers: AnswerCounts;
  /** Codes of visitors that HighLevel refused. */
  readonly refusedCodes: RefusedCodes;
  /** Where the app is mounted: `""` or `/highlevel`. */
  readonly base: string;
  /** Lets work go on after the answer. */
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/** Hono's types of this app. */
export interface AppTypes {
  /** The host's bindings, where they have the names of wrangler.toml; as a type, since Hono 4.0 takes no interface for them. */
  Bindings: { [name in keyof WorkerEnv]: WorkerEnv[name] };
  /** Set by the first middleware; `route` is the one that answers, `actor` whose key or session it was. */
  Variables: {
    scope: RequestScope;
    requestId: string;
    traceparent?: string;
    route?: Route;
    actor?: Actor;
    audited?: Audited;
  };
}

/**
 * One route: what the router, the access check, the validation and the OpenAPI document are made from. What only the
 * document says of it, `tasks/openapi/route_notes.ts` has.
 */
export interface Route {
  /** HTTP method in lower case, or `all`. */
  readonly method: "get" | "put" | "post" | "delete" | "all";
  /** Hono's path. */
  readonly path: string;
  /** Who may call it. */
  readonly access: Access;
  /** What it changes. */
  readonly changes: Change;
  /** Path parameters. */
  readonly params: v.GenericSchema;
  /** Query parameters. */
  readonly query: v.GenericSchema;
  /** JSON body. */
  readonly body: v.GenericSchema;
  /** Whether a request without a body counts as one with `{}`. */
  readonly isBodyOptional?: true;
  /** Bytes of body allowed. */
  readonly maxBodyBytes?: number;
  /** Checks the input of a request that was let through, then answers it. */
  readonly handle: (context: Context<AppTypes>) => Promise<Response>;
}

/** Where an input stands. */
type Place = "path" | "query" | "body" | "header";

/** A field that is wrong, and what it may be. */
interface InputFault {
  readonly field: string;
  readonly message: string;
}

/** The schema of an input that a route does not take. */
const none = v.unknown();

/** For routes that take no input of some kind: `route({ ...noInput, … })`. */
export const noInput = { params: none, query: none, body: none } as const;

/** A route whose handler gets the input as its schemas make it. */
export function route<P extends v.GenericSchema, Q extends v.GenericSchema, B extends v.GenericSchema>(
  definition:
    & Omit<Route, "handle" | "params" | "query" | "body" | "method" | "changes">
    & Changing<Route["method"]>
    & {
      readonly params: P;
      readonly query: Q;
      readonly body: B;
      readonly handle: (
        context: Context<AppTypes>,
        input: {
          readonly params: v.InferOutput<P>;
          readonly query: v.InferOutput<Q>;
          readonly body: v.InferOutput<B>;
        },
      ) => Promise<Response> | Response;
    },
): Route {
  const { params, query, body, isBodyOptional = false, maxBodyBytes = 65_536, handle } = definition;
  return {
    ...definition,
    changes: definition.changes ?? "nothing",
    handle: async (context) => {
      const checkedParams = check("path", params, context.req.param());
      const checkedQuery = check("query", query, context.req.query());
      const isWithout = body === none || isBodyOptional && !hasBody(context.req.raw);
      const json = isWithout ? body === none ? undefined : {} : await readJson(context.req.raw, maxBodyBytes);
      return await handle(context, {
        params: checkedParams,
        query: checkedQuery,
        body: check("body", body, Array.isArray(json) ? null : json), // Valibot takes an array for an object
      });
    },
  };
}

function hasBody({ headers }: Request): boolean {
  return headers.has("content-type") || Number(headers.get("content-length") ?? 0) > 0;
}

/** `input` as `schema` makes it; else a 422 that names each field and what is allowed. */
export function check<S extends v.GenericSchema>(place: Place, schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input, { abortPipeEarly: true });
  if (result.success) return result.output;
  throw invalidInput(place, result.issues.flatMap((issue) => faultsOf(issue)));
}

/** The problem of input with `faults`, of which there is one at least. */
export function invalidInput(place: Place, faults: readonly InputFault[]): ProblemError {
  const [{ field, message } = { field: "", message: "is not valid" }] = faults;
  return new ProblemError({
    status: 422,
    code: "invalid_input",
    detail: `${place}${field && ` ${field}`}: ${message}`,
    extra: { errors: faults.slice(0, 20).map((fault) => ({ in: place, ...fault })) },
  });
}

/** What `issue` says of a field; of a union, what its members say that have the fields of the input. */
function faultsOf(issue: v.BaseIssue<unknown>, parent = ""): InputFault[] {
  const field = [parent, v.getDotPath(issue)].filter(Boolean).join(".");
  const fitting = issue.issues?.filter(({ type }) => type !== "strict_object") ?? [];
  if (fitting.length > 0) return fitting.flatMap((inner) => faultsOf(inner, field));
  return [{ field, message: faultIn(issue) }];
}

function faultIn({ type, message, expected, received }: v.BaseIssue<unknown>): string {
  if (message.startsWith("must ")) return message;
  if (expected === "never") return "is not known";
  if (/_?object$/.test(type) && received === "undefined") return "is missing";
  return expected === "Object" ? "must be a JSON object" : `must be ${expected ?? "valid"}`;
}

/** The routes' usual answer. */
export function noStoreJson(
  body: unknown,
  init: { readonly status?: number; readonly headers?: HeadersInit } = {},
): Response {
  const headers = new Headers(init.headers);
  headers.set("Cache-Control", "no-store");
  return Response.json(body, { ...(init.status !== undefined && { status: init.status }), headers });
}
