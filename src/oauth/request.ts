import { type Endpoint, type Refusal, refusalFrom, retryAfterFrom, traceIdOf } from "./answer.ts";
import { isObject, isText, malformed } from "./fields.ts";
import { checkApp, DEFAULT_BASE_URL, type HighLevelApp, type RequestOptions } from "./highlevel_app.ts";
import { HighLevelError, type HighLevelErrorCode, type HighLevelErrorDetails } from "./highlevel_error.ts";
import { redact, withoutSecrets } from "./redact.ts";
import { retryDelayMs, type RetryRule, sleep } from "./retry.ts";
import { type ConnectionTarget, describeTarget } from "./target.ts";

/** One call to HighLevel, ready to be sent. */
export interface Call<T> {
  /** Decides what an error answer means. */
  readonly endpoint: Endpoint;
  /** Which attempts may be repeated. */
  readonly retry: RetryRule;
  /** Path and query below the base URL. */
  readonly path: string;
  /** Sent with POST; without a body the call is a GET. */
  readonly body?: string;
  /** Headers besides `Accept`. */
  readonly headers: Record<string, string>;
  /** Texts that must not show anywhere. */
  readonly secrets: readonly string[];
  /** The connection concerned, where it is known already. */
  readonly target?: ConnectionTarget | undefined;
  /** Reads the JSON of a success that arrived at `receivedAt`, ms. */
  readonly read: (body: unknown, receivedAt: number) => T;
}

/** An answer larger than this is refused, bytes. */
const MAX_ANSWER_BYTES = 1_048_576;

/** What a timer can wait, ms; a longer one fires at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Sends `call` and reads its answer, repeating it as its retry rule allows.
 *
 * @throws {TypeError} when `app` or `options` is malformed; nothing was sent.
 * @throws {HighLevelError} for every answer that is no success, and for none.
 * @throws the reason of `options.signal` once it is aborted.
 */
export async function send<T>(app: HighLevelApp, call: Call<T>, options: RequestOptions = {}): Promise<T> {
  checkApp(app);
  const { timeoutMs = 1 } = options;
  if (!(timeoutMs >= 1 && timeoutMs <= LONGEST_TIMEOUT_MS)) {
    throw new TypeError(`timeoutMs must be from 1 to ${LONGEST_TIMEOUT_MS}`);
  }
  for (let attempt = 1;; attempt++) {
    try {
      return await sendOnce(app, call, options);
    } catch (error) {
      const delayMs = error instanceof HighLevelError ? retryDelayMs(call.retry, error, attempt) : undefined;
      if (delayMs === undefined) throw error;
      await (options.sleep ?? sleep)(delayMs, options.signal);
    }
  }
}

async function sendOnce<T>(app: HighLevelApp, call: Call<T>, options: RequestOptions): Promise<T> {
  const { now = Date.now } = options;
  const { status, headers, text } = await exchange(app, call, options);
  const receivedAt = now();
  const body = parseJson(text ?? "");
  const traceId = traceIdOf(body);

  if (status < 200 || status > 299) {
    const refusal = refusalFrom(call.endpoint, status, body);
    const retryAfterMs = retryAfterFrom(status, headers, receivedAt);
    throw failure(call, refusal.code, explain(refusal, status), { status, traceId, retryAfterMs });
  }
  try {
    if (text === undefined) throw malformed("HighLevel's answer is larger than 1 MiB.");
    return call.read(body, receivedAt);
  } catch (error) {
    throw error instanceof HighLevelError
      ? failure(call, error.code, error.message, { status, traceId })
      : error;
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** `undefined` where it was larger than 1 MiB. */
  readonly text: string | undefined;
}

/** Sends the request once and receives the whole answer within the time limit. */
async function exchange(app: HighLevelApp, call: Call<unknown>, options: RequestOptions): Promise<Answer> {
  const { signal, timeoutMs = 15_000 } = options;
  signal?.throwIfAborted();
  const { fetch = globalThis.fetch, baseUrl = DEFAULT_BASE_URL } = app;
  const attempt = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (reason: unknown): void => {
    reject(reason);
    attempt.abort();
  };
  const onAbort = (): void => end(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  const timer = setTimeout(
    () => end(failure(call, "timeout", `HighLevel did not answer within ${timeoutMs} ms.`)),
    timeoutMs,
  );
  const receive = async (): Promise<Answer> => {
    const response = await fetch(baseUrl.replace(/\/+$/, "") + call.path, {
      method: call.body === undefined ? "GET" : "POST",
      headers: { Accept: "application/json", ...call.headers },
      ...(call.body !== undefined && { body: call.body }),
      redirect: "manual",
      signal: attempt.signal,
    });
    const { status, headers } = response;
    return { status, headers, text: await readText(response, attempt.signal) };
  };
  try {
    // The race holds even against a fetch that ignores its signal.
    return await Promise.race([receive(), ended]);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof HighLevelError) throw error;
    throw failure(call, "network", "HighLevel could not be reached, or its answer broke off.", {
      cause: harmlessCause(error, call.secrets),
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** The body as text; `undefined` once it is too large. Cancelled when nobody waits for it any more. */
async function readText({ body }: Response, signal: AbortSignal): Promise<string | undefined> {
  if (!body) return "";
  const reader = body.getReader();
  // Refused or given up already: how the cancelled stream ends says nothing more.
  const stop = (): undefined => {
    reader.cancel().catch(() => {});
  };
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > MAX_ANSWER_BYTES) return stop();
    text += decoder.decode(value, { stream: true });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // callers tell what that means for this status
  }
}

function failure(
  call: Pick<Call<unknown>, "target" | "secrets">,
  code: HighLevelErrorCode,
  text: string,
  details: HighLevelErrorDetails = {},
): HighLevelError {
  const { secrets, target } = call;
  const traceId = withoutSecrets(details.traceId ?? "", secrets).slice(0, 128) || undefined;
  const message = redact(text, secrets);
  return new HighLevelError(code, target ? `${describeTarget(target)}: ${message}` : message, {
    ...details,
    traceId,
    target,
  });
}

/** What helps, where HighLevel's own words do not tell. */
const ADVICE: { readonly [code in HighLevelErrorCode]?: string } = {
  location_inactive: " The refresh token still works once the location is active.",
  invalid_client: " Check the client id and secret.",
  endpoint_removed: " The Reconnect endpoint is gone; another way back is needed.",
};

function explain({ code, text }: Refusal, status: number): string {
  return `HighLevel answered ${status}${text && `: "${text}"`}.${ADVICE[code] ?? ""}`;
}

/** The text of a thrown value as an error of its own, so that nothing it carries travels along. */
function harmlessCause(thrown: unknown, secrets: readonly string[]): Error {
  const { message, cause } = isObject(thrown) ? thrown : { message: thrown };
  // Node says "fetch failed", and why in the cause.
  return new Error(redact([message, isObject(cause) && cause.message].filter(isText).join(": "), secrets));
}
