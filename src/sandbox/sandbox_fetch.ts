import { answerCall, type ReadRequest } from "./answer_call.ts";
import type { Answer, Simulation } from "./call.ts";
import type { FaultQueue } from "./fault_queue.ts";
import { faultTable } from "./faults.ts";
import { CLOUDFLARE_1010, isFirewalled } from "./firewall.ts";
import type { RateLimiter } from "./rate_limit.ts";
import { toResponse } from "./response.ts";
import { routeOf } from "./routes.ts";
import { grantIn } from "./token_request.ts";
import { redirectModeOf, type RequestLog, type SandboxRequest } from "./traffic.ts";

/** What a request passes on its way. */
export interface Passage {
  readonly simulation: Simulation;
  readonly faults: FaultQueue;
  readonly log: RequestLog;
  readonly limiter: RateLimiter | undefined;
}

/** One request's way through the sandbox: log, firewall, wait, trouble or work, and the answer. */
export async function sandboxFetch(
  { simulation, faults, log, limiter }: Passage,
  input: Request | URL | string,
  init?: RequestInit,
): Promise<Response> {
  const { settings, counts } = simulation;
  const request = input instanceof Request && init === undefined ? input : new Request(input, init);
  request.signal.throwIfAborted();
  const read: ReadRequest = {
    method: request.method,
    url: new URL(request.url),
    headers: request.headers,
    body: await request.text(),
  };
  const route = routeOf(read.method, read.url.pathname);
  const entry: SandboxRequest = {
    endpoint: route?.endpoint ?? "unknown",
    method: read.method,
    path: read.url.pathname + read.url.search,
    at: settings.now(),
    status: 0,
    redirect: redirectModeOf(request),
    headers: Object.fromEntries(read.headers),
    body: read.body,
  };
  log.add(entry);
  counts.total++;
  counts[entry.endpoint]++;
  const grant = entry.endpoint === "token" ? grantIn(read.body) : undefined;
  if (grant !== undefined) counts[grant]++;
  const wait = (ms: number): Promise<void> => settings.sleep(ms, request.signal);

  if (settings.firewall && isFirewalled(read.headers)) {
    entry.status = CLOUDFLARE_1010.status;
    return toResponse(CLOUDFLARE_1010);
  }
  const fault = faults.isEmpty ? undefined : faults.take(read, entry.endpoint, grant);
  if (settings.latencyMs > 0) await wait(settings.latencyMs);

  const work = (): Answer => answerCall(read, route, simulation, limiter);
  let response: Response;
  if (fault === undefined) {
    response = toResponse(work());
  } else {
    counts.faults++;
    const situation = { fault, request: read, signal: request.signal, work, sleep: wait };
    response = await faultTable[fault.kind](situation);
  }
  entry.status = response.status;
  if (entry.endpoint === "token" && settings.tokenLatencyMs > 0) await wait(settings.tokenLatencyMs);
  return response;
}
