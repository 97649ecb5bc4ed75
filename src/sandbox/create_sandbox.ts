import { brokenBody, ConnectionBroken } from "./broken_body.ts";
import type { Simulation } from "./call.ts";
import { deprecateVersion, endDeprecatedVersions } from "./deprecation.ts";
import { FaultQueue } from "./fault_queue.ts";
import { install } from "./install.ts";
import type { Installation } from "./installation.ts";
import { deletePair } from "./key_pairs.ts";
import { Ledger } from "./ledger.ts";
import { marketplaceCode } from "./marketplace_install.ts";
import { appOf, randomSeed, type SandboxOptions } from "./options.ts";
import { populate } from "./populate.ts";
import { Random } from "./random.ts";
import { RateLimiter } from "./rate_limit.ts";
import type { Sandbox } from "./sandbox.ts";
import { sandboxFetch } from "./sandbox_fetch.ts";
import type { SandboxTarget } from "./seeds.ts";
import { settingsOf } from "./settings.ts";
import { loadSnapshot, takeSnapshot } from "./snapshot.ts";
import { noCounts, RequestLog } from "./traffic.ts";
import { transfer } from "./transfer.ts";
import { uninstall } from "./uninstall.ts";
import { webhookBody } from "./webhook_body.ts";
import { WebhookCourier } from "./webhook_courier.ts";
import { WebhookSigner } from "./webhook_signer.ts";
import { World } from "./world.ts";

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
  const settings = settingsOf(options);
  const signer = new WebhookSigner();
  const courier = new WebhookCourier(signer, settings.now);
  const random = new Random(seed);
  const simulation: Simulation = {
    app: appOf(options, random),
    random,
    deletedPairs: new Set(),
    world: new World(),
    ledger: new Ledger(),
    settings,
    counts: noCounts(),
    announce(type, place) {
      if (courier.hasSubscribers) courier.publish(webhookBody(simulation, type, place));
    },
  };
  const { world, ledger, counts } = simulation;
  const faults = new FaultQueue();
  const log = new RequestLog(settings.keepRequests, settings.keepBodies);
  const limiter = settings.rateLimit === false
    ? undefined
    : new RateLimiter(settings.rateLimit, (place) => world.companyOf(place)?.limits ?? null);
  populate(simulation, options);

  const fetch: Sandbox["fetch"] = (input, init) =>
    sandboxFetch({ simulation, faults, log, limiter }, input, init);

  async function handler(request: Request): Promise<Response> {
    try {
      return await fetch(request);
    } catch (error) {
      if (error instanceof ConnectionBroken || request.signal.aborted) return new Response(brokenBody(""));
      throw error;
    }
  }

  function ensured(target: SandboxTarget): Installation {
    return world.ensure(target, simulation.random, settings.now());
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
    set: (switches) => void Object.assign(settings, switches),

    addCompany: (company = {}) => ({
      companyId: world.addCompany(company, simulation.random, settings.now()).id,
    }),
    addLocation: (location = {}) => ({
      locationId: world.addLocation(location, simulation.random, settings.now()).id,
    }),
    companyIds: () => [...world.companies.keys()],
    locationIds: () => [...world.locations.keys()],
    install: (target, options) => install(simulation, ensured(target), options),
    authorize(target) {
      const expiresAt = settings.now() + settings.codeLifetimeMs;
      return ledger.issueCode(ensured(target), simulation.random, expiresAt).code;
    },
    marketplaceCode: (target) => marketplaceCode(simulation, ensured(target)),
    uninstall: (target) => uninstall(simulation, world.get(target)),
    transfer: (locationId, companyId, options) => transfer(simulation, locationId, companyId, options),
    deprecateVersion: (versionId, options) => deprecateVersion(simulation, versionId, options),
    tick() {
      endDeprecatedVersions(simulation);
      return courier.redeliver();
    },
    pause(locationId) {
      world.get({ locationId }).active = false;
    },
    resume(locationId) {
      world.get({ locationId }).active = true;
    },

    expireAccessTokens: (target) => forEach(target, (place) => place.accessFrom = ledger.nextSerial),
    loseTokens: (target) => forEach(target, (place) => place.tokensFrom = ledger.nextSerial),
    setScope(scope) {
      simulation.app = { ...simulation.app, scope };
    },
    deletePair: (clientId) => deletePair(simulation, clientId),
    removeReconnect() {
      world.reconnectRemoved = true;
    },
    restoreReconnect() {
      world.reconnectRemoved = false;
    },

    isLiving(token) {
      endDeprecatedVersions(simulation);
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

    webhook: (type, target, options) => webhookBody(simulation, type, world.get(target), options),
    signWebhook: (body) => signer.sign(body),
    webhookPublicKey: () => signer.publicKey(),
    sendWebhook: (body, send, url = "https://app.example/webhooks") => courier.send(body, send, url),
    subscribe: (url, send) => courier.subscribe(url, send),
    redeliver: () => courier.redeliver(),

    state() {
      endDeprecatedVersions(simulation);
      return takeSnapshot(simulation);
    },
    load(state) {
      loadSnapshot(simulation, state);
      limiter?.clear();
    },
  };
}
