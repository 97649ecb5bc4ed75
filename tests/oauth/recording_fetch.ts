import type { HighLevelApp } from "../../src/oauth/highlevel_app.ts";

/** The app of these tests. */
export const APP = {
  clientId: "66a1b2c3d4e5f6a7b8c9d0e1-lz1abcde",
  clientSecret: "5f0c3a52-9d1e-4b7a-8c66-0b7d0f3e9a11",
} satisfies HighLevelApp;

export const LOCATION_ID = "l1C08ntBrFjLS0elLIYU";
export const COMPANY_ID = "c0mP4nyXk29dQpLzR7Tb";

/** One request, as it was handed to `fetch`. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly redirect: string | undefined;
  readonly signal: AbortSignal;
}

/** Makes one answer, or fails as `fetch` does. */
export type Reply = (request: SeenRequest) => Response | Promise<Response>;

/** A `fetch` that answers the n-th request with the n-th reply, and the rest with the last. */
export function recordingFetch(...replies: [Reply, ...Reply[]]) {
  const requests: SeenRequest[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { method = "GET", body, redirect, signal } = init;
    if (body !== undefined && typeof body !== "string") throw new Error("only texts are sent");
    if (!signal) throw new Error("every request has a signal");
    const headers = Object.fromEntries(new Headers(init.headers));
    const request = { method, url, headers, body, redirect, signal };
    requests.push(request);
    const reply = replies[requests.length - 1] ?? replies.at(-1);
    return await (reply ?? replies[0])(request);
  };
  return { fetch, requests };
}

/** Replies with JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return text(status, JSON.stringify(body), { "Content-Type": "application/json", ...headers });
}

/** Replies with a text as it is. */
export function text(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return () => new Response(body, { status, headers });
}

/** Fails as `fetch` does when the connection breaks. */
export function broken(message = "error sending request"): Reply {
  return () => Promise.reject(new TypeError(message));
}

/** Never answers, whatever becomes of the signal. */
export const deaf: Reply = () => new Promise(() => {});

/** A token answer in HighLevel's legacy spelling. */
export const TOKEN_ANSWER = {
  access_token: "eyJhbGciOiJSUzI1NiJ9.access-of-a-test.signature",
  token_type: "Bearer",
  expires_in: 86_399,
  refresh_token: "eyJhbGciOiJSUzI1NiJ9.refresh-of-a-test.signature",
  scope: "contacts.readonly contacts.write",
  userType: "Location",
  locationId: LOCATION_ID,
};

/** A Reconnect answer. */
export const GRANT_ANSWER = {
  authorizationCode: "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
  expiresAt: "2026-11-24T12:01:00.000Z",
  traceId: "trace-of-a-test",
};

/** Options with a clock that stands still and a sleep that only notes. */
export function stillTime(now = Date.UTC(2026, 10, 24, 12)) {
  const slept: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    slept.push(ms);
    return Promise.resolve();
  };
  return { now: () => now, sleep, slept };
}
