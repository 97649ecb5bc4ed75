import { createClient } from "../../src/client/mod.ts";
import type { ClientOptions, WorkerClient } from "../../src/client/mod.ts";

/** The key of every stub. */
export const KEY = "service-key-0123456789";
/** Where a stub is mounted. */
export const URL_OF_STUB = "https://app.example/highlevel";

/** A request as a stub got it. */
export interface StubRequest {
  /** `GET /connections?status=broken`, below the mount. */
  readonly line: string;
  /** Its headers. */
  readonly headers: Headers;
  /** Its body. */
  readonly body: string;
}

/** A worker that a test answers for, a clock that only waiting moves, and a client of it. */
export interface Stub {
  /** The client. */
  readonly client: WorkerClient;
  /** All requests so far. */
  readonly requests: StubRequest[];
  /** What was waited, ms. */
  readonly waits: number[];
  /** Moves the clock, ms. */
  readonly pass: (ms: number) => void;
  /** Now, ms. */
  readonly now: () => number;
}

/** A stub that answers each request by `answer`, which is told how many came before. */
export function stub(
  answer: (request: StubRequest, before: number) => Response | Promise<Response>,
  options: Partial<ClientOptions> = {},
): Stub {
  let at = Date.UTC(2026, 10, 27);
  const requests: StubRequest[] = [];
  const waits: number[] = [];
  const now = (): number => at;
  const client = createClient({
    url: `${URL_OF_STUB}/`,
    key: KEY,
    now,
    sleep: (ms, signal) => {
      signal?.throwIfAborted();
      waits.push(ms);
      at += ms;
      return Promise.resolve();
    },
    fetch: async (input, init) => {
      if (!input.startsWith(`${URL_OF_STUB}/`)) throw new Error(`asked ${input}`);
      const line = `${init.method} ${input.slice(URL_OF_STUB.length)}`;
      const request = { line, headers: new Headers(init.headers), body: String(init.body ?? "") };
      requests.push(request);
      return await answer(request, requests.length - 1);
    },
    ...options,
  });
  return {
    client,
    requests,
    waits,
    now,
    pass: (ms) => {
      at += ms;
    },
  };
}

/** A token answer. */
export function tokenAnswer(token: string, seconds = 86_400, headers: Record<string, string> = {}): Response {
  const body = {
    access_token: token,
    token_type: "Bearer",
    expires_in: seconds,
    scope: "a.readonly b.write",
  };
  return Response.json(body, { headers });
}

/** A problem document. */
export function problem(status: number, code: string, more: Record<string, unknown> = {}): Response {
  const { retryAfter, ...members } = more;
  const body = { type: "about:blank", title: "Title", status, detail: `Told ${code}.`, code, ...members };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "Content-Type": "application/problem+json",
      ...retryAfter !== undefined && { "Retry-After": String(retryAfter) },
    },
  });
}

/** What `work` rejects with. */
export async function rejectionOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(() => new Error("it does not reject"), (error: unknown) => error);
}
