import type { ReadRequest } from "./answer_call.ts";
import { brokenBody, ConnectionBroken, drip, duplicated, wronglyTyped } from "./broken_body.ts";
import type { Answer } from "./call.ts";
import { CLOUDFLARE_1010 } from "./firewall.ts";
import { textOfBody, toResponse } from "./response.ts";
import { untilAborted } from "./sleep.ts";
import type { Endpoint } from "./traffic.ts";

/** What a fault has to do with. */
export interface FaultSituation {
  /** The fault as it was asked for. */
  readonly fault: Fault;
  /** The request it happens to. */
  readonly request: ReadRequest;
  /** The request's signal. */
  readonly signal: AbortSignal;
  /** Does the request's work and gives the answer it deserves; at most once. */
  readonly work: () => Answer;
  /** Waits for some milliseconds, or until the signal aborts. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** Trouble to make. */
export interface Fault {
  /** Which requests: an endpoint, a grant of the token endpoint, all, or those a function picks. */
  readonly on: Endpoint | "exchange" | "refresh" | "any" | ((request: ReadRequest) => boolean);
  /** Which trouble; see `faultTable`. */
  readonly kind: FaultKind;
  /** To how many requests. @default 1 */
  readonly times?: number;
  /** How many matching requests pass first. @default 0 */
  readonly skip?: number;
  /** For `status` and `status_after`. @default 503 */
  readonly status?: number;
  /** For `status` and `status_after`: text, or a value to send as JSON. @default HighLevel's error body */
  readonly body?: unknown;
  /** For `status` and `status_after`. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** For `delay` and `delay_after`: ms to wait, @default 1_000; for `slow_drip`: ms between pieces, @default 100. */
  readonly ms?: number;
  /** For `redirect`: where to. @default https://elsewhere.example/ */
  readonly to?: string;
  /** For `altered`: gets the answer's JSON object, gives what is sent in its place. @default changes nothing */
  readonly alter?: (body: Record<string, unknown>) => unknown;
}

/** A name in the table of faults. */
export type FaultKind = keyof typeof faultTable;

/** A fault set by `sandbox.fault`. */
export interface FaultHandle {
  /** How many requests it has met. */
  readonly hits: number;
  /** Takes it away. */
  remove(): void;
}

/** Every fault there is. Adding one is adding an entry: `work()` decides whether the request is carried out. */
export const faultTable = {
  /** The connection is refused: nothing is done. */
  refuse: (_: FaultSituation): Promise<Response> =>
    Promise.reject(new ConnectionBroken("connection refused")),
  /** The connection is reset before the work. */
  reset_before: (_: FaultSituation): Promise<Response> =>
    Promise.reject(new ConnectionBroken("connection reset")),
  /** The work is done, then the connection is reset: the answer is lost. */
  reset_after: ({ work }: FaultSituation): Promise<Response> => {
    work();
    return Promise.reject(new ConnectionBroken("connection reset"));
  },
  /** The work is done; the answer's text stops halfway, as if it were whole. */
  cut_body: ({ work }: FaultSituation): Promise<Response> => {
    const answer = work();
    const text = textOfBody(answer);
    return Promise.resolve(toResponse(answer, text.slice(0, Math.floor(text.length / 2))));
  },
  /** The work is done; the body's stream breaks halfway. */
  stream_error: ({ work }: FaultSituation): Promise<Response> => {
    const answer = work();
    const text = textOfBody(answer);
    const half = text.slice(0, Math.floor(text.length / 2));
    return Promise.resolve(toResponse(answer, brokenBody(half)));
  },
  /** The work is done; the answer has no body. */
  empty: ({ work }: FaultSituation): Promise<Response> =>
    Promise.resolve(toResponse({ ...work(), body: "" })),
  /** A gateway's HTML page; nothing is done. */
  html_502: (_: FaultSituation): Promise<Response> => Promise.resolve(toResponse(BAD_GATEWAY)),
  /** The work is done; a gateway's HTML page comes back. */
  html_502_after: ({ work }: FaultSituation): Promise<Response> => {
    work();
    return Promise.resolve(toResponse(BAD_GATEWAY));
  },
  /** The status, body and headers of the fault; nothing is done. */
  status: ({ fault }: FaultSituation): Promise<Response> => Promise.resolve(toResponse(answerOf(fault))),
  /** The work is done; the status, body and headers of the fault come back. */
  status_after: ({ fault, work }: FaultSituation): Promise<Response> => {
    work();
    return Promise.resolve(toResponse(answerOf(fault)));
  },
  /** Waits, then does the work and answers; a request given up in the meantime is not carried out. */
  delay: async ({ fault, work, sleep }: FaultSituation): Promise<Response> => {
    await sleep(fault.ms ?? 1_000);
    return toResponse(work());
  },
  /** Does the work, then waits: a client that gives up loses the answer. */
  delay_after: async ({ fault, work, sleep }: FaultSituation): Promise<Response> => {
    const answer = work();
    await sleep(fault.ms ?? 1_000);
    return toResponse(answer);
  },
  /** Never answers and does nothing. */
  hang: ({ signal }: FaultSituation): Promise<Response> => untilAborted(signal),
  /** Does the work and never answers. */
  hang_after: ({ work, signal }: FaultSituation): Promise<Response> => {
    work();
    return untilAborted(signal);
  },
  /** The work is done; the body comes in pieces of 16 characters with a pause before each. */
  slow_drip: ({ fault, work, sleep }: FaultSituation): Promise<Response> => {
    const answer = work();
    return Promise.resolve(toResponse(answer, drip(textOfBody(answer), () => sleep(fault.ms ?? 100))));
  },
  /** The work is done; the answer is whole, valid, and more than 1 MiB long. */
  huge: ({ work }: FaultSituation): Promise<Response> => {
    const answer = work();
    const text = textOfBody(answer).replace(/^\{/, `{"padding":"${"x".repeat(1_100_000)}",`);
    return Promise.resolve(toResponse(answer, text));
  },
  /** The work is done; strings have become numbers, numbers strings, lists objects. */
  wrong_types: ({ work }: FaultSituation): Promise<Response> => {
    const answer = work();
    return Promise.resolve(toResponse({ ...answer, body: wronglyTyped(answer.body) }));
  },
  /** The work is done; every member stands twice, a decoy first and the true one last. */
  duplicate_fields: ({ work }: FaultSituation): Promise<Response> => {
    const answer = work();
    return Promise.resolve(toResponse(answer, duplicated(answer.body)));
  },
  /** The work is done; its JSON has gone through the fault's `alter`: odd types, ids in another case, missing fields. */
  altered: ({ fault, work }: FaultSituation): Promise<Response> => {
    const answer = work();
    if (fault.alter === undefined || typeof answer.body !== "object") {
      return Promise.resolve(toResponse(answer));
    }
    return Promise.resolve(toResponse({ ...answer, body: fault.alter(JSON.parse(textOfBody(answer))) }));
  },
  /** A gateway's HTML page for a path it does not know; nothing is done. */
  html_404: (_: FaultSituation): Promise<Response> => Promise.resolve(toResponse(PAGE_NOT_FOUND)),
  /** A 404 in JSON; nothing is done. */
  json_404: (_: FaultSituation): Promise<Response> =>
    Promise.resolve(toResponse({ status: 404, body: { statusCode: 404, message: "Not Found" } })),
  /** Cloudflare's firewall; nothing is done. */
  cloudflare_1010: (_: FaultSituation): Promise<Response> => Promise.resolve(toResponse(CLOUDFLARE_1010)),
  /** Sends the client to another host; nothing is done. */
  redirect: ({ fault }: FaultSituation): Promise<Response> =>
    Promise.resolve(
      toResponse({ status: 302, headers: { location: fault.to ?? "https://elsewhere.example/" } }),
    ),
  /** A 400 that repeats the request's authorization header and whole body; nothing is done. */
  echo_secrets: ({ fault, request }: FaultSituation): Promise<Response> => {
    const status = fault.status ?? 400;
    const message = `Cannot read request: ${request.headers.get("authorization") ?? ""} ${request.body}`;
    return Promise.resolve(toResponse({ status, body: { statusCode: status, message } }));
  },
};

const BAD_GATEWAY = gatewayPage(502, "502 Bad Gateway");
const PAGE_NOT_FOUND = gatewayPage(404, "404 Not Found");

function gatewayPage(status: number, title: string): Answer {
  const body = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { status, headers: { "content-type": "text/html" }, body };
}

function answerOf(fault: Fault): Answer {
  const status = fault.status ?? 503;
  const body = fault.body ?? { statusCode: status, message: "Trouble made by the sandbox" };
  return { status, body, headers: fault.headers ?? {} };
}
