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
      redirect: init.redirect ?? "manual",
    };
    if (body !== null) options.body = body;
    if (!isRepeatable) options.duplex = "half";
    if (signal) options.signal = signal;
    return fetch(url, options);
  };

  let { accessToken, isYoung } = await source.token(undefined, signal);
  let response = await send(accessToken);
  if (response.status === 401 && isYoung && isRepeatable) {
    await response.body?.cancel();
    await sleep(YOUNG_PAUSE_MS, signal);
    response = await send(accessToken);
  }
  if (response.status === 401) {
    // Also where the request cannot be repeated: the next one shall find a living token.
    const healed = source.token(accessToken, signal);
    if (!isRepeatable) {
      await healed.catch(() => {}); // the caller gets the 401, and the trouble with the next call
      return response;
    }
    ({ accessToken, isYoung } = await healed);
    await response.body?.cancel();
    response = await send(accessToken);
  }
  if (response.status === 429 && isRepeatable && IDEMPOTENT.has(method)) {
    const waitMs = retryAfterFrom(429, response.headers, Date.now());
    if (waitMs !== undefined && waitMs <= LONGEST_WAIT_MS) {
      await response.body?.cancel();
      await sleep(waitMs, signal);
      response = await send(accessToken);
    }
  }
  return response;
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
