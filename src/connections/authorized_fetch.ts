import { refusalFrom, retryAfterFrom } from "../oauth/request/refusal.ts";
import { check } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { type HighLevelApp, versionOf } from "../oauth/highlevel_app.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import { readBytes } from "../oauth/request/read_bytes.ts";
import { USER_AGENT } from "../oauth/request/user_agent.ts";
import { LONGEST_WAIT_MS } from "../oauth/request/retry.ts";
import type { Healings } from "./healings.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { Parts } from "./parts.ts";
import type { UsableToken } from "./usable_token.ts";

/** What {@linkcode authorizedFetch} needs of its host. */
export interface TokenSource {
  /** How HighLevel is asked. */
  readonly app: Pick<HighLevelApp, "apiVersion" | "fetch">;
  /** What its tokens may be sent to: URLs that begin with this. */
  readonly base: string;
  /** A living token; `rejected` is one that was refused just now. */
  readonly token: (rejected?: string, signal?: AbortSignal) => Promise<UsableToken>;
  /** Names the connection in `healings`. */
  readonly key: string;
  /** Where healing did not help. */
  readonly healings: Healings;
  /** The clock, ms. */
  readonly now: () => number;
  /** Waits, ms. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A 401 on a token issued seconds ago is asked again after this, ms. */
const YOUNG_PAUSE_MS = 500;
const IDEMPOTENT = /^(GET|HEAD|OPTIONS|PUT|DELETE)$/;

/** Longest wait for the words of a 401, ms. */
const LONGEST_READ_MS = 2_000;

/**
 * Fetches from HighLevel's API with a token, healing once on 401; see `Connections.fetch`. HighLevel says 401 of a living
 * token too that lacks a scope: its words tell. Where they do not, and healing did not help, {@linkcode Healings}
 * remembers it.
 */
export async function authorizedFetch(
  input: string | URL | Request,
  init: RequestInit,
  { app, base, token: tokenFor, key, healings, now, sleep }: TokenSource,
): Promise<Response> {
  const request: Partial<Request> = input instanceof Request ? input : {};
  const path = request.url ?? (input instanceof URL ? input.href : input);
  check(typeof path === "string", "input must be a path, a URL or a Request");
  const url = resolve(base, path);
  const place = url.slice(base.length);
  const method = (init.method ?? request.method ?? "GET").toUpperCase();
  const signal = init.signal ?? request.signal ?? undefined;
  const body = init.body ?? await heldBodyOf(input, init) ?? request.body ?? undefined;
  const isRepeatable = !(body instanceof ReadableStream) && !(Symbol.asyncIterator in Object(body));
  // A plain record: `fetch` takes a long token in it far faster than in `Headers`.
  const given = init.headers ?? request.headers;
  const headers: Record<string, string> = {
    version: versionOf(app),
    "user-agent": USER_AGENT,
    ...given && Object.fromEntries(new Headers(given)),
  };
  const { fetch = globalThis.fetch } = app;
  const options = {
    ...init,
    ...defined({ method, headers, body, signal, duplex: isRepeatable ? undefined : "half" as const }),
    redirect: (init.redirect ?? request.redirect) === "error" ? "error" as const : "manual" as const, // followed, the token would go elsewhere
  };

  const heal = async (rejected: string): Promise<UsableToken> => {
    const token = await tokenFor(rejected, signal);
    healings.noteBrought(key, token.accessToken, now());
    return token;
  };

  let token = await tokenFor(undefined, signal);
  for (let paused = false, healed = false, waited = false;;) {
    const { accessToken, isYoung } = token;
    headers.authorization = `Bearer ${accessToken}`;
    const response = await fetch(url, options);
    const { status } = response;
    const waitMs = retryAfterFrom(status, response.headers, now()) ?? Infinity;
    const isRefused = status === 401 && !await saysForbidden(response);
    if (!isRefused) healings.noteOpened(key, place, accessToken);
    else if (healed) healings.noteRefused(key, place, now());
    const mayHeal = isRefused && !healed && healings.mayHelp(key, place, accessToken, now());
    if (!isRepeatable) {
      // The request cannot be repeated, but the next one shall find a living token; trouble is told to that one.
      if (mayHeal) await heal(accessToken).catch(() => {});
      return response;
    }
    let pauseMs = 0;
    if (mayHeal && isYoung && !paused) {
      paused = true;
      pauseMs = YOUNG_PAUSE_MS;
    } else if (mayHeal) {
      healed = true;
    } else if (status === 429 && IDEMPOTENT.test(method) && waitMs <= LONGEST_WAIT_MS && !waited) {
      waited = true;
      pauseMs = waitMs;
    } else {
      return response;
    }
    await response.body?.cancel().catch(() => {}); // nobody reads it; it may have broken by itself
    if (pauseMs) await sleep(pauseMs, signal);
    token = status === 401 && !pauseMs ? await heal(accessToken) : await tokenFor(undefined, signal);
  }
}

/** Fetches as the connection of `target`; see `Connections.fetch`. */
export async function fetchAs(
  { app, base, requests, keyOf, source, healings }: Parts,
  target: ConnectionTarget,
  input: string | URL | Request,
  init: RequestInit,
): Promise<Response> {
  const { key } = keyOf(target);
  const token = (rejected?: string, signal?: AbortSignal): Promise<UsableToken> =>
    source.token(target, defined({ rejected, signal }));
  return await authorizedFetch(input, init, { ...requests, app, base, token, key, healings });
}

/** Whether a 401 says in words that the token lives. The answer itself stays unread. */
async function saysForbidden(response: Response): Promise<boolean> {
  const bytes = await readBytes(response.clone(), AbortSignal.timeout(LONGEST_READ_MS)).catch(() =>
    undefined
  );
  const body = orUndefined<unknown>(() => JSON.parse(new TextDecoder().decode(bytes)));
  return refusalFrom("", response.status, body).code === "forbidden";
}

/** Bodies of these kinds are texts, and held to be sent again; any other may be a file of any length. */
const TEXT_TYPE = /^(application\/(json|x-www-form-urlencoded|xml|[\w.+-]+\+json)|text\/[\w.+-]+)(;|$)/i;

/**
 * The body of a `Request` whole, where it is a text of 1 MiB at most: typed clients make a `Request` of every call, and its stream
 * could be sent once only.
 */
async function heldBodyOf(
  input: string | URL | Request,
  init: RequestInit,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!(input instanceof Request) || !input.body || input.bodyUsed) return undefined;
  const type = new Headers(init.headers ?? input.headers).get("content-type") ?? "";
  return TEXT_TYPE.test(type) ? await readBytes(input.clone()) : undefined;
}

/** `input` as a URL below `base`. */
function resolve(base: string, input: string): string {
  check(!/^[\\/]{2}/.test(input), "input must be a path, which begins with one slash, or a URL");
  // A path may have a colon in its first part, as in `contacts:search`.
  const isAbsolute = /^([a-z][a-z\d+.-]*:\/|(https?|wss?|data|javascript|blob|file|about|mailto):)/i.test(
    input,
  );
  const { href } = new URL(isAbsolute ? input : base + input.replace(/^\/+/, ""));
  check(href.startsWith(base), `input must be a path or URL below ${base}`);
  return href.replace(/#[^]*/, "");
}
