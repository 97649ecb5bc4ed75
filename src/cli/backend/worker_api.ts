import { isObject } from "../../oauth/fields.ts";
import { HighLevelError, type HighLevelErrorCode } from "../../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";

/** How to reach a deployed worker. */
export interface WorkerAddress {
  /** Where its routes are mounted. */
  readonly url: string;
  /** A key of the role that the command needs. */
  readonly key: string;
}

/** A request to a worker. */
export interface WorkerRequest {
  /** By default GET. */
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Statuses besides 2xx that are answers and no errors. */
  readonly expect?: readonly number[];
  /** The connection concerned. */
  readonly target?: ConnectionTarget;
  /** Ends the request. */
  readonly signal?: AbortSignal;
}

/** A worker's answer: its JSON, read. */
export interface WorkerAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The JSON object; empty where there was none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Longer than the worker's own attempts at one connection may take, ms. */
const TIMEOUT_MS = 120_000;
/** Requests that only ask, or that may be repeated, are tried this often when the worker cannot be reached. */
const ATTEMPTS = 3;

/**
 * Asks a worker.
 *
 * @throws {HighLevelError} with the code of the worker's problem document, or `network`, `timeout`, `unavailable`;
 * `malformed_response` where something else than a worker answers.
 */
export async function askWorker(
  { url, key }: WorkerAddress,
  path: string,
  request: WorkerRequest = {},
): Promise<WorkerAnswer> {
  for (let attempt = 1;; attempt++) {
    try {
      return await askOnce(url, key, path, request);
    } catch (error) {
      const isSafe = request.method !== "POST" && error instanceof HighLevelError && error.code === "network";
      if (!isSafe || attempt >= ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 500));
    }
  }
}

/** What {@linkcode askWorkerText} sends, each time alike: doing it again must change nothing. */
export interface WorkerTextRequest {
  /** By default GET. */
  readonly method?: "GET" | "POST";
  /** Sent as it is. */
  readonly body?: string;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses besides 2xx that are answers and no errors. */
  readonly expect?: readonly number[];
}

/** As {@linkcode askWorker}, with texts; asked again where the worker cannot be reached, or cannot answer now. */
export async function askWorkerText(
  { url, key }: WorkerAddress,
  path: string,
  { method = "GET", body, headers = {}, expect = [] }: WorkerTextRequest = {},
): Promise<string> {
  const type = body === undefined ? {} : { "Content-Type": "application/x-ndjson" };
  for (let attempt = 1;; attempt++) {
    try {
      const init = { method, headers: { ...type, ...headers }, ...body !== undefined && { body } };
      return (await send(url, key, path, init, { expect })).text;
    } catch (error) {
      const mayWork = error instanceof HighLevelError && error.retryable &&
        error.code !== "malformed_response";
      if (!mayWork || attempt >= ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 1_000));
    }
  }
}

async function askOnce(
  url: string,
  key: string,
  path: string,
  { method = "GET", body, ...rest }: WorkerRequest,
): Promise<WorkerAnswer> {
  const json = body === undefined
    ? {}
    : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const { status, answer } = await send(url, key, path, { method, ...json }, rest);
  return { status, body: answer };
}

async function send(
  url: string,
  key: string,
  path: string,
  init: { readonly method: string; readonly headers?: Record<string, string>; readonly body?: string },
  { expect = [], target, signal }: Pick<WorkerRequest, "expect" | "target" | "signal">,
): Promise<{ readonly status: number; readonly text: string; readonly answer: WorkerAnswer["body"] }> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url.replace(/\/+$/, "")}${path}`, {
      ...init,
      headers: { Accept: "application/json", Authorization: `Bearer ${key}`, ...init.headers },
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    if (timeout.aborted) {
      throw new HighLevelError("timeout", `The worker did not answer within ${TIMEOUT_MS / 1000} s.`, {
        target,
      });
    }
    throw new HighLevelError("network", `The worker at ${url} cannot be reached.`, { target });
  }
  const { status } = response;
  const answer = objectIn(text);
  const isNowhere = (status === 404 || status === 405) && textOf(answer.code) === undefined;
  if (isNowhere) throw strangerError(url, target);
  if (!response.ok && !expect.includes(status)) throw problemOf(status, answer, target);
  return { status, text, answer };
}

/** The error of an answer that no worker gives: a page, another service, a wrong path. */
export function strangerError(url: string, target?: ConnectionTarget): HighLevelError {
  return new HighLevelError(
    "malformed_response",
    `${url} does not answer as the worker does. Is it the worker's URL, with the path where it is mounted?`,
    { target },
  );
}

/** The error that a problem document (RFC 9457) describes. */
export function problemOf(
  status: number,
  body: Readonly<Record<string, unknown>>,
  target?: ConnectionTarget,
): HighLevelError {
  const { code, detail, title, traceId } = body;
  const said = textOf(detail) ?? textOf(title) ?? "no reason given";
  const isCoded = isErrorCode(code);
  return new HighLevelError(
    isCoded ? code : codeOf(status),
    isCoded ? said : `The worker answered ${status}: ${said}`,
    {
      status,
      traceId: textOf(traceId),
      target,
    },
  );
}

/** `value`, if it is a text with something in it. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The path of a connection's routes. */
export function pathOf(target: ConnectionTarget): string {
  return target.locationId === undefined
    ? `/connections/company/${target.companyId}`
    : `/connections/location/${target.locationId}`;
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {}; // a proxy's page: the status tells
  }
}

const CODES: Readonly<Record<HighLevelErrorCode, true>> = {
  invalid_request: true,
  invalid_client: true,
  invalid_grant: true,
  endpoint_removed: true,
  location_inactive: true,
  not_installed: true,
  forbidden: true,
  unauthorized: true,
  rate_limited: true,
  unavailable: true,
  network: true,
  timeout: true,
  malformed_response: true,
  reauthorization_required: true,
  store_failed: true,
  invalid_webhook: true,
  wrong_connection: true,
};

/** Whether `value` is one of the closed set of error codes. */
export function isErrorCode(value: unknown): value is HighLevelErrorCode {
  return typeof value === "string" && Object.hasOwn(CODES, value);
}

function codeOf(status: number): HighLevelErrorCode {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 429) return "rate_limited";
  return status >= 500 ? "unavailable" : "invalid_request";
}
