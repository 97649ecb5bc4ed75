import { answerCall, type ReadRequest, toResponse } from "./answer_call.ts";
import type { Answer, Simulation } from "./call.ts";
import { FaultQueue } from "./fault_queue.ts";
import { brokenBody, ConnectionBroken, faultTable } from "./faults.ts";
import { Ledger } from "./ledger.ts";
import { appOf, randomSeed, type SandboxOptions, settingsOf } from "./options.ts";
import { Random } from "./random.ts";
import { RateLimiter } from "./rate_limit.ts";
import { routeOf } from "./routes.ts";
import type { Sandbox } from "./sandbox.ts";
import { loadSnapshot, takeSnapshot } from "./snapshot.ts";
import { grantIn } from "./token.ts";
import { issueTokens } from "./token_answer.ts";
import { noCounts, RequestLog, type SandboxRequest } from "./traffic.ts";
import { webhookBody } from "./webhook_body.ts";
import { WebhookSigner } from "./webhook_signer.ts";
import { type Installation, type SandboxTarget, World } from "./world.ts";

/**
 * Creates a HighLevel in miniature: its OAuth endpoints, a little of its API, its incidents and its bad days.
 *
 * @example
 * ```ts
 * import { createSandbox } from "@reconnect/highlevel/sandbox";
 *
 * const sandbox = createSandbox({ companies: [{ locations: 3 }] });
 * const [locationId = ""] = sandbox.locationIds();
 * sandbox.install({ locationId });
 * sandbox.loseTokens();
 *
 * const response = await sandbox.fetch("https://services.leadconnectorhq.com/oauth/reconnect", {
 *   method: "POST",
 *   headers: { "content-type": "application/json" },
 *   body: JSON.stringify({
 *     clientKey: sandbox.app.clientId,
 *     clientSecret: sandbox.app.clientSecret,
 *     locationId,
 *   }),
 * });
 * if (!(await response.text()).includes("authorizationCode")) throw new Error("no code");
 * ```
 */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const seed = options.seed ?? randomSeed();
  const random = new Random(seed);
  const settings = settingsOf(options);
  const counts = noCounts();
  const simulation: Simulation = {
    app: appOf(options, random),
    random,
    world: new World(),
    ledger: new Ledger(),
    settings,
    counts,
  };
  const { world, ledger } = simulation;
  const limiter = settings.rateLimit === false ? undefined : new RateLimiter(settings.rateLimit);
  const faults = new FaultQueue();
  const log = new RequestLog(settings.keepRequests, settings.keepBodies);
  const signer = new WebhookSigner();
  populate(simulation, options);

  async function fetch(input: Request | URL | string, init?: RequestInit): Promise<Response> {
    const request = input instanceof Request && init === undefined ? input : new Request(input, init);
    request.signal.throwIfAborted();
    const read: ReadRequest = {
      method: request.method,
      url: new URL(request.url),
      headers: request.headers,
      body: await request.text(),
    };
    const route = routeOf(read.method, read.url.pathname);
    const entry = note(read, route?.endpoint ?? "unknown", request.redirect);
    const grant = entry.endpoint === "token" ? grantIn(read.body) : undefined;
    if (grant !== undefined) counts[grant]++;
    const fault = faults.isEmpty ? undefined : faults.take(read, entry.endpoint, grant);
    if (settings.latencyMs > 0) await settings.sleep(settings.latencyMs, request.signal);

    const work = (): Answer => answerCall(read, route, simulation, limiter);
    if (fault === undefined) {
      const answer = work();
      entry.status = answer.status;
      return toResponse(answer);
    }
    counts.faults++;
    const response = await faultTable[fault.kind]({
      fault,
      request: read,
      signal: request.signal,
      work,
      sleep: (ms) => settings.sleep(ms, request.signal),
    });
    entry.status = response.status;
    return response;
  }

  async function handler(request: Request): Promise<Response> {
    try {
      return await fetch(request);
    } catch (error) {
      if (error instanceof ConnectionBroken || request.signal.aborted) return new Response(brokenBody(""));
      throw error;
    }
  }

  function note(
    read: ReadRequest,
    endpoint: SandboxRequest["endpoint"],
    redirect: RequestRedirect,
  ): SandboxRequest {
    counts.total++;
    counts[endpoint]++;
    const entry: SandboxRequest = {
      endpoint,
      method: read.method,
      path: read.url.pathname + read.url.search,
      at: settings.now(),
      status: 0,
      redirect,
      headers: Object.fromEntries(read.headers),
      body: read.body,
    };
    log.add(entry);
    return entry;
  }

  function ensured(target: SandboxTarget): Installation {
    const found = world.find(target);
    if (found !== undefined) return found;
    return "locationId" in target
      ? world.addLocation(target, simulation.random, settings.now())
      : world.addCompany(target, simulation.random, settings.now());
  }

  function forEach(target: SandboxTarget | undefined, change: (place: Installation) => void): void {
    for (const place of target === undefined ? world.all() : [world.get(target)]) change(place);
  }

  return {
    fetch,
    handler,
    seed,
    get app() {
      return simulation.app;
    },
    addCompany: (company = {}) => ({
      companyId: world.addCompany(company, simulation.random, settings.now()).id,
    }),
    addLocation: (location = {}) => ({
      locationId: world.addLocation(location, simulation.random, settings.now()).id,
    }),
    companyIds: () => [...world.companies.keys()],
    locationIds: () => [...world.locations.keys()],
    install(target) {
      const place = ensured(target);
      if (!place.installed) place.installedAt = settings.now();
      place.installed = true;
      return issueTokens(simulation, place);
    },
    authorize(target) {
      const expiresAt = settings.now() + settings.codeLifetimeMs;
      return ledger.issueCode(ensured(target), simulation.random, expiresAt, null, null).code;
    },
    uninstall(target) {
      const place = world.get(target);
      for (const ended of place.kind === "company" ? [place, ...world.members(place.id)] : [place]) {
        ended.installed = false;
        ended.tokensFrom = ledger.nextSerial;
        ended.codesFrom = ledger.nextSerial;
      }
    },
    pause(locationId) {
      world.get({ locationId }).active = false;
    },
    resume(locationId) {
      world.get({ locationId }).active = true;
    },
    expireAccessTokens: (target) => forEach(target, (place) => place.accessFrom = ledger.nextSerial),
    loseTokens: (target) => forEach(target, (place) => place.tokensFrom = ledger.nextSerial),
    removeReconnect() {
      world.reconnectRemoved = true;
    },
    restoreReconnect() {
      world.reconnectRemoved = false;
    },
    isLiving(token) {
      const record = ledger.findToken(token);
      return record !== undefined && ledger.isLivingToken(record, settings.now());
    },
    knows: (secret) => ledger.codes.has(secret) || ledger.findToken(secret) !== undefined,
    issuedSecrets: () => ledger.secrets(),
    fault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    counts,
    get requests() {
      return log.newest();
    },
    resetCounts() {
      Object.assign(counts, noCounts());
      log.clear();
      limiter?.clear();
    },
    webhook: (type, target) => webhookBody(simulation, type, world.get(target)),
    signWebhook: (body) => signer.sign(body),
    webhookPublicKey: () => signer.publicKey(),
    state: () => takeSnapshot(simulation),
    load: (state) => {
      loadSnapshot(simulation, state);
      limiter?.clear();
    },
  };
}

function populate(simulation: Simulation, options: SandboxOptions): void {
  const { world, random, settings } = simulation;
  const now = settings.now();
  const listed = (seeds: NonNullable<SandboxOptions["locations"]>): Iterable<object> =>
    typeof seeds === "number" ? Array.from({ length: seeds }, () => ({})) : seeds;
  for (const company of options.companies ?? []) {
    const { id } = world.addCompany(company, random, now);
    for (const location of listed(company.locations ?? [])) {
      world.addLocation({ ...location, companyId: id }, random, now);
    }
  }
  for (const location of listed(options.locations ?? [])) world.addLocation(location, random, now);
}
