import { checkBearer } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { amount } from "../oauth/fields.ts";
import type { HighLevelApp } from "../oauth/highlevel_app.ts";
import { baseOf } from "../oauth/highlevel_app.ts";
import { inspectAs, REDACTED } from "../oauth/request/redact.ts";
import { askedMs } from "../oauth/request/refusal.ts";
import { checkTarget, type ConnectionTarget, describeTarget } from "../oauth/target.ts";
import { authorizedFetch } from "../connections/authorized_fetch.ts";
import { Healings } from "../connections/healings.ts";
import { partOf } from "./answers.ts";
import { askWorker, lacking } from "./ask_worker.ts";
import { type Handed, type HandedToken, type Held, HeldTokens, isYoung } from "./held_tokens.ts";
import type { WorkerHost } from "./options.ts";
import { WorkerError } from "./worker_error.ts";

/** Options of `token` and `accessToken`. */
export interface TokenOptions {
  /** A token that HighLevel refused (401): never returned again, the worker replaces it. */
  readonly rejected?: string;
  /** Ends this caller's wait only. */
  readonly signal?: AbortSignal;
}

/** Tokens of a worker's connections, held here as long as they serve, and HighLevel's API asked with them. */
export interface TokenSource {
  /** The token held, where that serves; it is asked for often, so nothing else is done. */
  readonly serving: (target: ConnectionTarget, options: TokenOptions) => HandedToken | undefined;
  /** A token that can be used. */
  readonly token: (target: ConnectionTarget, options: TokenOptions) => Promise<HandedToken>;
  /** HighLevel's API with it. */
  readonly fetch: (
    target: ConnectionTarget,
    input: string | URL | Request,
    init: RequestInit,
  ) => Promise<Response>;
  /** Forgets the token held: another one may be there. */
  readonly drop: (target: ConnectionTarget) => void;
}

/** The tokens of `host`'s connections. */
export function tokenSource(
  host: WorkerHost,
  app: Pick<HighLevelApp, "apiVersion" | "baseUrl" | "fetch">,
): TokenSource {
  const { now, sleep } = host;
  const locations = new HeldTokens(now);
  const companies = new HeldTokens(now);
  const healings = new Healings();
  const base = baseOf(app);

  const ask = (target: ConnectionTarget) => async (rejected: string | undefined): Promise<Handed> => {
    const query = rejected === undefined ? "" : `?rejected=${await sha256Hex(rejected)}`;
    return await askWorker(host, `${pathOf(target)}/token${query}`, {
      target,
      read: ({ body, sentAt, headers }) => {
        const field = partOf(body);
        const seconds = field.required("expires_in", amount(field.value("expiresIn")));
        const accessToken = field.string("accessToken");
        if (!/^[!-~]+$/.test(accessToken)) throw lacking("what it gives is no token");
        const token = {
          accessToken,
          tokenType: field.text("tokenType") ?? "Bearer",
          expiresAt: new Date(sentAt + seconds * 1000),
          scope: (field.text("scope") ?? "").split(" ").filter(Boolean),
        };
        const shown = { ...token, accessToken: REDACTED };
        return { token: inspectAs(token, shown), retryAfterMs: askedMs(headers.get("retry-after"), now()) };
      },
    });
  };

  const get = async ({ locationId, companyId }: ConnectionTarget, options: TokenOptions): Promise<Held> =>
    locationId === undefined
      ? await companies.get(companyId, ask({ companyId }), options)
      : await locations.get(locationId, ask({ locationId }), options);

  return {
    serving: ({ locationId, companyId }, { rejected, signal }) => {
      if (signal?.aborted || locationId !== undefined && companyId !== undefined) return undefined;
      return locationId === undefined
        ? companies.serving(companyId, rejected)
        : locations.serving(locationId, rejected);
    },
    token: async (given, options) => {
      const target = checkTarget(given);
      if (options.rejected !== undefined) checkBearer("rejected", options.rejected);
      const { token, refusedUntil } = await get(target, options);
      if (token.accessToken === options.rejected) throw refusedAgain(target, refusedUntil - now());
      return token;
    },
    fetch: async (given, input, init) => {
      const target = checkTarget(given);
      return await authorizedFetch(input, init, {
        app,
        base,
        key: pathOf(target),
        healings,
        now,
        sleep,
        // Where the worker has no other token for now, the same one: HighLevel's answer to it is handed on.
        token: async (rejected, signal) => {
          const { token: { accessToken } } = await get(target, defined({ rejected, signal }));
          return { accessToken, isYoung: isYoung(accessToken, now()) };
        },
      });
    },
    drop: ({ locationId, companyId }) => {
      if (locationId === undefined) companies.drop(companyId);
      else locations.drop(locationId);
    },
  };
}

/** The path of a connection's routes. */
export function pathOf({ locationId, companyId }: ConnectionTarget): string {
  return locationId === undefined
    ? `/connections/company/${companyId}`
    : `/connections/location/${locationId}`;
}

function refusedAgain(target: ConnectionTarget, retryAfterMs: number): WorkerError {
  const seconds = Math.ceil(Math.max(0, retryAfterMs) / 1000);
  const message =
    `${
      describeTarget(target)
    }: HighLevel refuses its token, and the worker replaced it less than a minute ago. ` +
    `It is replaced again in ${seconds} s at the earliest.`;
  return new WorkerError("rate_limited", message, { target, retryAfterMs });
}

async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
