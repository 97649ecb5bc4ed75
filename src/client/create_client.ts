import { check, checkText } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { isObject, moment } from "../oauth/fields.ts";
import { checkId, checkTarget, type ConnectionTarget, USER_TYPES } from "../oauth/target.ts";
import type { TokenSet } from "../oauth/token_set.ts";
import { inspectAs, REDACTED } from "../oauth/request/redact.ts";
import { STATUSES } from "../stores/status.ts";
import { connectionIn, listIn, oneOf, partOf, recoveryIn } from "./answers.ts";
import { askWorker, lacking, readDone, type WorkerRequest } from "./ask_worker.ts";
import type { WorkerClient } from "./client.ts";
import { workerJobs } from "./jobs.ts";
import { describedIn, listedIn, plannedIn } from "./listed.ts";
import { type ClientOptions, workerHost } from "./options.ts";
import { pagesOf } from "./pages_of.ts";
import { linkOf } from "./texts.ts";
import { pathOf, tokenSource } from "./token_source.ts";
import { workerEvents } from "./undelivered.ts";

/** Statuses of a recovery that did not end well: an answer too. */
const UNRECOVERED: readonly number[] = [409, 424, 502, 503];

/**
 * A client of a deployed worker, for another service. One for a process: it holds the tokens. It sends nothing until it is asked.
 *
 * The key belongs on a server. A browser that has it can act for every customer.
 *
 * @throws {TypeError} naming the option that is missing or malformed.
 * @example
 * ```ts
 * import { createClient } from "@reconnect/highlevel/client";
 *
 * const client = createClient({ url: "https://reconnect.example", key: "a-key-of-the-role-service" });
 *
 * async function contacts(locationId: string): Promise<unknown> {
 *   const response = await client.fetch({ locationId }, `/contacts/?locationId=${locationId}&limit=20`);
 *   return await response.json();
 * }
 *
 * if (typeof contacts !== "function") throw new Error("it is there for the routes of the service");
 * ```
 */
export function createClient(options: ClientOptions): WorkerClient {
  const host = workerHost(options);
  const tokens = tokenSource(host, { ...options.highlevel });
  const jobs = workerJobs(host);

  /** Asks about one connection. */
  const about = async <T>(target: ConnectionTarget, what: string, request: WorkerRequest<T>): Promise<T> => {
    const own = checkTarget(target);
    return await askWorker(host, pathOf(own) + what, { ...request, target: own });
  };
  /** Asks for what may leave another token behind than the one held. */
  const change = async <T>(target: ConnectionTarget, what: string, request: WorkerRequest<T>): Promise<T> => {
    try {
      return await about(target, what, request);
    } finally {
      if (target) tokens.drop(target);
    }
  };

  const client: WorkerClient = {
    accessToken: async (target, options = {}) => {
      const serving = target && tokens.serving(target, options);
      return (serving ?? await tokens.token(target, options)).accessToken;
    },
    token: async (target, options = {}) => {
      const token = await tokens.token(target, options);
      const { expiresAt, scope } = token;
      const own = { ...token, expiresAt: new Date(expiresAt), scope: [...scope] };
      return inspectAs(own, { ...own, accessToken: REDACTED });
    },
    fetch: async (target, input, init = {}) => await tokens.fetch(target, input, init),
    fetcher: (target) => {
      const own = checkTarget(target);
      return async (input, init = {}) => await tokens.fetch(own, input, init);
    },
    health: async (target, { signal } = {}) =>
      await about(target, "/health", {
        signal,
        expect: [404],
        read: ({ status, body }) => {
          if (status === 404) return undefined;
          const field = partOf(body);
          const action = oneOf(["none", "wait", "relink"] as const, body.action);
          return defined({
            action: field.required("action", action),
            isSuspended: body.suspended === true || undefined,
            since: moment(body.since),
            url: linkOf(body.url),
          });
        },
      }),
    check: async (target, { signal } = {}) =>
      await about(target, "/check", {
        method: "POST",
        isRepeatable: true,
        signal,
        read: ({ body }) =>
          partOf(body).required("token", oneOf(["living", "dead", "unknown"] as const, body.token)),
      }),
    get: async (target, { signal } = {}) =>
      await about(target, "", {
        signal,
        expect: [404],
        read: ({ status, body }) => status === 404 ? undefined : describedIn(body),
      }),
    list: ({ signal, ...query } = {}) => {
      checkQuery(query);
      return pagesOf(
        host,
        "/connections",
        defined(query),
        (body) => listIn(body, "connections").map(listedIn),
        { signal },
      );
    },
    plan: ({ signal, ...query } = {}) => {
      checkQuery(query);
      return pagesOf(host, "/plan", defined(query), plannedIn, { signal });
    },
    recover: async (target, { details: { companyId } = {}, signal } = {}) =>
      await change(
        target,
        `/recover${companyId === undefined ? "" : `?companyId=${checkId("companyId", companyId)}`}`,
        {
          method: "POST",
          expect: UNRECOVERED,
          isLong: true,
          signal,
          read: ({ body }) => recoveryIn(body, checkTarget(target)),
        },
      ),
    recoverMany: async function* (selection, { signal } = {}) {
      if (signal?.aborted) return;
      const job = await jobs.start(selection);
      yield { type: "progress", job };
      yield* jobs.follow(job.id, defined({ signal }));
    },
    save: async (target, tokens, { name } = {}, { signal } = {}) => {
      const body = defined({ ...wireForm(tokens, host.now()), name });
      await change(target, "", { method: "PUT", body, signal, read: readDone });
    },
    authorize: async ({ code, userType, expected }, { signal } = {}) => {
      checkText("code", code, /^[!-~]{1,4096}$/, "a code of 1 to 4096 characters");
      check(
        userType === undefined || USER_TYPES.includes(userType),
        `userType must be one of ${USER_TYPES.join(", ")}`,
      );
      const body = defined({ code, userType, expected: expected && checkTarget(expected) });
      const connection = await askWorker(host, "/oauth/code", {
        method: "POST",
        body,
        isLong: true,
        signal,
        target: expected,
        read: ({ body }) => connectionIn(body),
      });
      tokens.drop(connection.target);
      return connection;
    },
    link: async (target, { expiresInSeconds, signal } = {}) => {
      if (expiresInSeconds !== undefined) checkSeconds(expiresInSeconds);
      return await about(target, "/link", {
        method: "POST",
        body: defined({ expiresInSeconds }),
        signal,
        read: ({ body }) => {
          const field = partOf(body);
          const expiresAt = field.required("expiresAt", moment(body.expiresAt));
          return { url: field.required("url", linkOf(body.url)), expiresAt };
        },
      });
    },
    suspend: async (target, { reason, signal } = {}) => {
      if (reason !== undefined) checkText("reason", reason, /^[^]{1,200}$/u, "a text of 1 to 200 characters");
      const body = defined({ reason });
      await change(target, "/suspend", { method: "POST", body, isRepeatable: true, signal, read: readDone });
    },
    resume: async (target, { signal } = {}) => {
      await change(target, "/resume", { method: "POST", isRepeatable: true, signal, read: readDone });
    },
    forget: async (target, { signal } = {}) => {
      await change(target, "", { method: "DELETE", signal, read: readDone });
    },
    erase: async (target, { signal } = {}) =>
      await change(target, "?erase=true", {
        method: "DELETE",
        signal,
        read: ({ body: { erased, remains } }) => {
          if (!isObject(erased) || !isObject(remains)) throw lacking("its answer is no receipt");
          return { erased, remains };
        },
      }),
    jobs,
    events: workerEvents(host),
  };
  return client;
}

/** How long a link can be good, seconds: a minute to 90 days. */
const LINK_SECONDS = { least: 60, most: 7_776_000 } as const;

function checkSeconds(seconds: number): void {
  const { least, most } = LINK_SECONDS;
  check(
    Number.isInteger(seconds) && seconds >= least && seconds <= most,
    `expiresInSeconds must be a whole number from ${least} to ${most}`,
  );
}

/** What a list may be asked for. */
const QUERY: Readonly<Record<string, readonly string[]>> = {
  status: STATUSES,
  kind: ["location", "company"],
  order: ["known", "status", "name", "since"],
};

function checkQuery(query: Readonly<Record<string, unknown>>): void {
  for (const [name, allowed] of Object.entries(QUERY)) {
    const value = query[name];
    check(
      value === undefined || allowed.some((known) => known === value),
      `${name} must be one of ${allowed.join(", ")}`,
    );
  }
  const { companyId, q, cause } = query;
  if (companyId !== undefined) checkId("companyId", companyId);
  if (q !== undefined) checkText("q", q, /^[^]{1,200}$/, "a text of 1 to 200 characters");
  if (cause !== undefined) checkText("cause", cause, /^[a-z_/]{1,100}$/, "a code, or a code/reason");
}

/** Tokens as HighLevel's token endpoint spells them. */
function wireForm(tokens: TokenSet, now: number): Record<string, unknown> {
  check(isObject(tokens), "tokens must be a TokenSet");
  const { accessToken, tokenType, expiresAt, refreshToken, scope, ...rest } = tokens;
  checkText("tokens.accessToken", accessToken);
  check(expiresAt instanceof Date && !isNaN(expiresAt.getTime()), "tokens.expiresAt must be a valid Date");
  check(Array.isArray(scope), "tokens.scope must be an array of texts");
  return defined({
    access_token: accessToken,
    token_type: tokenType,
    expires_in: Math.max(0, Math.floor((expiresAt.getTime() - now) / 1000)),
    refresh_token: refreshToken,
    scope: scope.join(" "),
    ...rest,
  });
}
