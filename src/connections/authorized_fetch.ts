import { DEFAULT_BASE_URL, type HighLevelApp } from "../oauth/highlevel_app.ts";
import { retryAfterFrom } from "../oauth/answer.ts";
import { versionOf } from "../oauth/token_endpoint.ts";

/** What {@linkcode authorizedFetch} needs of its host. */
export interface TokenSource {
  /** The app whose base URL tokens may be sent to. */
  readonly app: HighLevelApp;
  /** A living token; `rejected` is one that was refused just now. */
  readonly token: (rejected: string | undefined, signal: AbortSignal | undefined) => Promise<{
    readonly accessToken: string;
    readonly isYoung: boolean;
  }>;
  /** The clock, ms. */
  readonly now: () => number;
  /** Waits, ms. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A 401 on a token issued seconds ago is asked again after this, ms. */
const YOUNG_PAUSE_MS = 500;
/** A 429 that asks for more than this is the caller's, ms. */
const LONGEST_WAIT_MS = 10_000;
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/** Fetches from HighLevel's API with a token, healing once on 401; see `Connections.fetch`. */
export async function authorizedFetch(
  input: string | URL | Request,
  init: RequestInit,
  source: TokenSource,
): Promise<Response> {
  const { app, sleep } = source;
  const request = input instanceof Request ? input : undefined;
  const url = resolve(app, request ? request.url : String(input));
  const method = (init.method ?? request?.method ?? "GET").toUpperCase();
  const signal = init.signal ?? request?.signal;
  const body = init.body ?? request?.body ?? null;
  const isRepeatable = !(body instanceof ReadableStream);
  const headers = new Headers(init.headers ?? request?.headers);
  if (!headers.has("Version")) headers.set("Version", versionOf(app));
  const { fetch = globalThis.fetch } = app;

  const send = (accessToken: string): Promise<Response> => {
    headers.set("Authorization", `Bearer ${accessToken}`);
    const options: RequestInit & { duplex?: "half" } = {
      ...init,
      method,
      headers,
      redirect: init.redirect === "error" ? "error" : "manual", // followed, the token would go elsewhere
    };
    if (body !== null) options.body = body;
    if (!isRepeatable) options.duplex = "half";
    if (signal) options.signal = signal;
    return fetch(url, options);
  };

  let token = await source.token(undefined, signal);
  for (let paused = false, healed = false, waited = false;;) {
    const response = await send(token.accessToken);
    const waitMs = retryAfterFrom(429, response.headers, source.now()) ?? Infinity;
    if (response.status === 401 && token.isYoung && isRepeatable && !paused) {
      paused = true;
      await discard(response);
      await sleep(YOUNG_PAUSE_MS, signal);
    } else if (response.status === 401 && isRepeatable && !healed) {
      healed = paused = true;
      await discard(response);
      token = await source.token(token.accessToken, signal);
    } else if (response.status === 401 && !isRepeatable) {
      // The request cannot be repeated, but the next one shall find a living token; trouble is told to that one.
      await source.token(token.accessToken, signal).catch(() => {});
      return response;
    } else if (
      response.status === 429 && isRepeatable && IDEMPOTENT.has(method) && waitMs <= LONGEST_WAIT_MS &&
      !waited
    ) {
      waited = true;
      await discard(response);
      await sleep(waitMs, signal);
    } else {
      return response;
    }
  }
}

/** Frees the connection of an answer that nobody reads. */
async function discard({ body }: Response): Promise<void> {
  await body?.cancel().catch(() => {}); // it may have broken by itself
}

/** `input` as a URL below the app's base URL. */
function resolve(app: HighLevelApp, input: string): string {
  const base = new URL((app.baseUrl ?? DEFAULT_BASE_URL).replace(/\/*$/, "/"));
  const isAbsolute = /^[a-z][a-z\d+.-]*:/i.test(input);
  const url = new URL(isAbsolute ? input : base.href + input.replace(/^\/+/, ""));
  const isBelow = url.origin === base.origin && url.pathname.startsWith(base.pathname);
  if (!isBelow || url.username || url.password) {
    throw new TypeError(`input must be a path or URL below ${base.href}`);
  }
  url.hash = "";
  return url.href;
}
