import { retryAfterFrom } from "../oauth/answer.ts";
import { check } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { DEFAULT_BASE_URL, type HighLevelApp, versionOf } from "../oauth/highlevel_app.ts";
import { LONGEST_WAIT_MS } from "../oauth/retry.ts";
import type { CompanyToken } from "./rungs/rung.ts";

/** What {@linkcode authorizedFetch} needs of its host. */
export interface TokenSource {
  /** The app. */
  readonly app: HighLevelApp;
  /** What its tokens may be sent to: URLs that begin with this. See {@linkcode baseOf}. */
  readonly base: string;
  /** A living token; `rejected` is one that was refused just now. */
  readonly token: (rejected?: string, signal?: AbortSignal) => Promise<CompanyToken>;
  /** Tokens that came by healing and have opened nothing yet, with when they may be healed themselves, ms. */
  readonly unproven: Map<string, number>;
  /** The clock, ms. */
  readonly now: () => number;
  /** Waits, ms. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A 401 on a token issued seconds ago is asked again after this, ms. */
const YOUNG_PAUSE_MS = 500;
const IDEMPOTENT = /^(GET|HEAD|OPTIONS|PUT|DELETE)$/;

/** A healing that did not help is not repeated for this long, ms. */
const FUTILE_MS = 60_000;
/** Unproven tokens remembered. */
const MAX_UNPROVEN = 1_000;

/**
 * Fetches from HighLevel's API with a token, healing once on 401; see `Connections.fetch`. Where healing did not help it
 * is not done again for a minute: what refuses the new token, such as a missing scope, would refuse the next one too.
 */
export async function authorizedFetch(
  input: string | URL | Request,
  init: RequestInit,
  { app, base, token: tokenFor, unproven, now, sleep }: TokenSource,
): Promise<Response> {
  const request: Partial<Request> = input instanceof Request ? input : {};
  const path = request.url ?? (input instanceof URL ? input.href : input);
  check(typeof path === "string", "input must be a path, a URL or a Request");
  const url = resolve(base, path);
  const method = (init.method ?? request.method ?? "GET").toUpperCase();
  const signal = init.signal ?? request.signal ?? undefined;
  const body = init.body ?? request.body ?? undefined;
  const isRepeatable = !(body instanceof ReadableStream) && !(Symbol.asyncIterator in Object(body));
  // A plain record: `fetch` takes a long token in it far faster than in `Headers`.
  const given = init.headers ?? request.headers;
  const headers: Record<string, string> = {
    version: versionOf(app),
    ...given && Object.fromEntries(new Headers(given)),
  };
  const { fetch = globalThis.fetch } = app;
  const options = {
    ...init,
    ...defined({ method, headers, body, signal, duplex: isRepeatable ? undefined : "half" as const }),
    redirect: (init.redirect ?? request.redirect) === "error" ? "error" as const : "manual" as const, // followed, the token would go elsewhere
  };

  const heal = async (rejected: string): Promise<CompanyToken> => {
    const token = await tokenFor(rejected, signal);
    if (unproven.size >= MAX_UNPROVEN) unproven.clear();
    unproven.set(token.accessToken, now() + FUTILE_MS);
    return token;
  };

  let token = await tokenFor(undefined, signal);
  for (let paused = false, healed = false, waited = false;;) {
    const { accessToken, isYoung } = token;
    headers.authorization = `Bearer ${accessToken}`;
    const response = await fetch(url, options);
    const { status } = response;
    const waitMs = retryAfterFrom(status, response.headers, now()) ?? Infinity;
    if (status !== 401) unproven.delete(accessToken);
    const mayHeal = status === 401 && !healed && !((unproven.get(accessToken) ?? 0) > now());
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

/** The app's base URL as `URL` writes it, with a slash at its end. */
export function baseOf({ baseUrl = DEFAULT_BASE_URL }: HighLevelApp): string {
  return new URL(baseUrl.replace(/\/*$/, "/")).href;
}

/** `input` as a URL below `base`. */
function resolve(base: string, input: string): string {
  const isAbsolute = /^[a-z][a-z\d+.-]*:/i.test(input);
  const { href } = new URL(isAbsolute ? input : base + input.replace(/^\/+/, ""));
  check(href.startsWith(base), `input must be a path or URL below ${base}`);
  return href.replace(/#[^]*/, "");
}
