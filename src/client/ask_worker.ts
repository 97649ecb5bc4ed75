import { defined } from "../oauth/defined.ts";
import { isObject } from "../oauth/fields.ts";
import { HighLevelError, isCoded } from "../oauth/highlevel_error.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import { readBytes } from "../oauth/request/read_bytes.ts";
import { backoffMs, LONGEST_WAIT_MS, orAborted, retrying } from "../oauth/request/retry.ts";
import { USER_AGENT } from "../oauth/request/user_agent.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { WorkerHost } from "./options.ts";
import { type Asked, problemOf, type RawAnswer, strangerError } from "./problem_of.ts";
import { WorkerError } from "./worker_error.ts";

/** A request to a worker. */
export interface WorkerRequest<T> {
  /** By default GET. */
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in the place of `body`: lines of JSON. */
  readonly lines?: string | undefined;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses besides 2xx that are answers and no errors. */
  readonly expect?: readonly number[];
  /** The connection concerned. */
  readonly target?: ConnectionTarget | undefined;
  /** Whether HighLevel may be asked for new tokens meanwhile: that takes longer. */
  readonly isLong?: boolean;
  /** Whether doing it twice is as good as once. @default that of a GET or DELETE */
  readonly isRepeatable?: boolean;
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined;
  /** Makes of the answer what is wanted. What a `HighLevelError` says of a field makes the answer one of somebody else's. */
  readonly read: (answer: WorkerAnswer) => T;
}

/** An answer that was expected. */
export interface WorkerAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The JSON object; empty where there was none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The body as it came. */
  readonly text: string;
  /** When the request was sent, ms: what the answer says of a time to come counts from then at the latest. */
  readonly sentAt: number;
  /** Its headers. */
  readonly headers: Headers;
}

/** Longest wait for an answer, ms, and for one that HighLevel may be asked for. */
const TIMEOUT_MS = 30_000;
const LONG_TIMEOUT_MS = 120_000;
/** A page of a plan or of an export has a few MiB at most, bytes. */
const MAX_BYTES = 64 * 1_048_576;
/** A request that may be repeated is sent this often. */
const ATTEMPTS = 3;

/**
 * Asks a worker, again where that is safe.
 *
 * @throws {WorkerError} with the code of the worker's problem document, or `network`, `timeout`, `unavailable`; `malformed_response`
 * where something else than a worker answers.
 * @throws the reason of `signal`.
 */
export async function askWorker<T>(host: WorkerHost, path: string, request: WorkerRequest<T>): Promise<T> {
  return await retrying(
    () => askOnce(host, path, request),
    (error, attempt) =>
      attempt < ATTEMPTS ? pauseBeforeRepeat(error, isIdempotent(request), attempt) : undefined,
    (ms) => host.sleep(ms, request.signal),
  );
}

/** Whether doing it twice is as good as once. A PUT is not: the worker may have refreshed meanwhile what it saved. */
function isIdempotent({ method = "GET", isRepeatable }: WorkerRequest<unknown>): boolean {
  return isRepeatable ?? (method === "GET" || method === "DELETE");
}

/**
 * How long to wait before the request that failed with `error` is sent again, ms; `undefined` where it is not. One that was refused
 * for its number was not carried out. Of every other one whose answer failed that is not known: only what changes nothing the second
 * time is repeated. Trouble with HighLevel the worker has met already: it knows best when to ask again.
 */
export function pauseBeforeRepeat(
  error: unknown,
  isRepeatable: boolean,
  attempt: number,
): number | undefined {
  if (!isCoded(error, "network", "unavailable", "rate_limited", "store_failed")) return undefined;
  const told = error instanceof WorkerError ? error.problem?.code : undefined;
  const isRefused = error.code === "rate_limited";
  if (told === "rate_limited" || told === "unavailable" || told === "network") return undefined;
  if (told === "misconfigured" || told === "not_ready" || !isRefused && !isRepeatable) return undefined;
  const { retryAfterMs = 0 } = error;
  return retryAfterMs <= LONGEST_WAIT_MS ? retryAfterMs + backoffMs(attempt) : undefined;
}

async function askOnce<T>(host: WorkerHost, path: string, request: WorkerRequest<T>): Promise<T> {
  const { url, key, now } = host;
  const { expect = [], target, isLong = false, read, signal } = request;
  const timeoutMs = host.timeoutMs ?? (isLong ? LONG_TIMEOUT_MS : TIMEOUT_MS);
  const sentAt = now();
  signal?.throwIfAborted();
  const ended = new AbortController();
  const timer = setTimeout(() => {
    const message = `The worker at ${url} did not answer within ${timeoutMs / 1000} s.`;
    ended.abort(new WorkerError("timeout", message, { target }));
  }, timeoutMs);
  let answer: RawAnswer;
  try {
    // Holds even against a fetch that ignores its signal.
    const init = { ...initOf(key, request), signal: ended.signal };
    const sent = host.fetch(url + path, init).then((response) => rawAnswer(response, ended.signal));
    answer = await orAborted(orAborted(sent, ended.signal), signal);
  } catch (error) {
    ended.abort(); // what is still under way
    signal?.throwIfAborted();
    if (error instanceof WorkerError) throw error;
    // What the runtime says of it may name anything, so it is not passed on.
    const perhaps = isIdempotent(request) ? "" : " The request may have been carried out.";
    throw new WorkerError("network", `The worker at ${url} cannot be reached.${perhaps}`, { target });
  } finally {
    clearTimeout(timer);
  }
  const { status, text, headers, json } = answer;
  const isExpected = status >= 200 && status < 300 || expect.includes(status) && json?.code !== undefined;
  if (!isExpected) throw problemOf(answer, { url, key, target }, now());
  return readOr({ url, target }, () => read({ status, text, headers, sentAt, body: json ?? {} }));
}

/** What `read` makes of an answer. What it misses makes the answer one of somebody else's. */
export function readOr<T>(asked: Pick<Asked, "url" | "target">, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof WorkerError || !isCoded(error, "malformed_response")) throw error;
    throw strangerError(asked, undefined, error.message.replace(/\.$/, ""));
  }
}

/** What every request to a worker carries. */
export function initOf(
  key: string,
  { method = "GET", body, lines, headers }: Pick<
    WorkerRequest<unknown>,
    "method" | "body" | "lines" | "headers"
  >,
): RequestInit {
  const type = lines === undefined
    ? body === undefined ? undefined : "application/json"
    : "application/x-ndjson";
  return defined({
    method,
    headers: defined({
      Accept: "application/json",
      "User-Agent": USER_AGENT,
      Authorization: `Bearer ${key}`,
      "Content-Type": type,
      ...headers,
    }),
    body: lines ?? (body === undefined ? undefined : JSON.stringify(body)),
    redirect: "manual" as const, // followed, the key would go elsewhere
  });
}

/** An answer, read whole; of one that is larger than any page of a worker's, nothing. */
export async function rawAnswer(response: Response, signal: AbortSignal): Promise<RawAnswer> {
  const text = new TextDecoder().decode(await readBytes(response, signal, MAX_BYTES));
  const json = orUndefined<unknown>(() => JSON.parse(text));
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isObject(json) ? json : undefined,
  };
}

/** Reads an answer that says nothing but that it was done. */
export function readDone({ status }: WorkerAnswer): void {
  if (status !== 204) throw lacking(`it answered ${status}`);
}

/** What `read` throws where an answer lacks something. */
export function lacking(what: string): HighLevelError {
  return new HighLevelError("malformed_response", what);
}
