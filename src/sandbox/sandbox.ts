import type { DeprecationOptions } from "./deprecation.ts";
import type { Fault, FaultHandle } from "./faults.ts";
import type { InstallOptions } from "./install.ts";
import type { SandboxApp } from "./options.ts";
import type { CompanySeed, LocationSeed, SandboxTarget } from "./seeds.ts";
import type { SandboxState } from "./snapshot.ts";
import type { SandboxSwitches } from "./switches.ts";
import type { TokenAnswer } from "./token_answer.ts";
import type { SandboxCounts, SandboxRequest } from "./traffic.ts";
import type { TransferOptions } from "./transfer.ts";
import type { WebhookBody, WebhookOptions, WebhookType } from "./webhook_body.ts";
import type { WebhookDelivery, WebhookSend, WebhookSubscription } from "./webhook_courier.ts";
import type { SignedWebhook } from "./webhook_signer.ts";

/** HighLevel in miniature. All functions can be passed around without their object. */
export interface Sandbox {
  /**
   * HighLevel's answer to a request, whatever its host. Takes what the global `fetch` takes, so it can stand in
   * for it; rejects with a `TypeError` where a fault breaks the connection.
   */
  readonly fetch: (input: Request | URL | string, init?: RequestInit) => Promise<Response>;
  /**
   * The same for a real server (`Deno.serve(sandbox.handler)`). A broken connection cannot be thrown there (it
   * would become a 500), so it is a response whose body breaks at once: on the wire the client sees a reset.
   */
  readonly handler: (request: Request) => Promise<Response>;
  /** The app HighLevel knows. */
  readonly app: SandboxApp;
  /** What made this world: pass it as `seed` to run the same again. */
  readonly seed: number;
  /** Changes switches while the sandbox runs. */
  readonly set: (switches: SandboxSwitches) => void;

  /** Adds a company and returns its id. */
  readonly addCompany: (company?: CompanySeed) => { readonly companyId: string };
  /** Adds a location and returns its id. */
  readonly addLocation: (location?: LocationSeed) => { readonly locationId: string };
  /** Every company's id, in the order they were added. */
  readonly companyIds: () => string[];
  /** Every location's id, in the order they were added. */
  readonly locationIds: () => string[];
  /** Installs the app, adding the target if the world has none, and returns tokens as a fresh install does. */
  readonly install: (target: SandboxTarget, options?: InstallOptions) => TokenAnswer;
  /** Agrees on the authorisation page, adding the target if the world has none, and returns the redirect's code. */
  readonly authorize: (target: SandboxTarget) => string;
  /**
   * The code of an installation that began in HighLevel's own marketplace: its redirect carries the code alone, no
   * state. Adds the target if the world has none. `GET /marketplace/install` redirects so.
   */
  readonly marketplaceCode: (target: SandboxTarget) => string;
  /** Ends the installation and all its tokens and codes; a company's uninstall ends its locations' too. */
  readonly uninstall: (target: SandboxTarget) => void;
  /**
   * Moves a location to another agency, adding the agency if the world has none. The old agency's token no longer
   * reaches it, its own tokens end, the app stays installed (HighLevel's help article 155000004570).
   */
  readonly transfer: (locationId: string, companyId: string, options?: TransferOptions) => void;
  /** Gives notice to a version of the app: once it is over by the sandbox's clock, its installations end. */
  readonly deprecateVersion: (versionId: string, options?: DeprecationOptions) => void;
  /** Does what time has brought: ends deprecated versions and sends webhooks that are due. Tells how many it sent. */
  readonly tick: () => Promise<number>;
  /** Makes a location inactive: `Location is not active`. */
  readonly pause: (locationId: string) => void;
  /** Makes it active again; its tokens work as before. */
  readonly resume: (locationId: string) => void;

  /** Makes access tokens issued so far expire, of one target or of all. */
  readonly expireAccessTokens: (target?: SandboxTarget) => void;
  /** The incident: access and refresh tokens issued so far are void, of one target or of all. */
  readonly loseTokens: (target?: SandboxTarget) => void;
  /** From now on all tokens may do this and no more, whatever they were issued for; space-separated. */
  readonly setScope: (scope: string) => void;
  /** Deletes a pair of the app at HighLevel: 401 invalid client, and nobody can refresh what was issued to it. */
  readonly deletePair: (clientId: string) => void;
  /** From now on `/oauth/reconnect` answers 400 `API endpoint has been removed`. */
  readonly removeReconnect: () => void;
  /** Brings `/oauth/reconnect` back. */
  readonly restoreReconnect: () => void;

  /** Whether an access or refresh token works now. */
  readonly isLiving: (token: string) => boolean;
  /** Whether a token or code was ever issued. */
  readonly knows: (secret: string) => boolean;
  /** Every token and code ever issued: what no log, error or page may contain. */
  readonly issuedSecrets: () => string[];

  /** Makes trouble. */
  readonly fault: (fault: Fault) => FaultHandle;
  /** Ends all trouble. */
  readonly clearFaults: () => void;

  /** How often what was called, since the start or `resetCounts`. */
  readonly counts: Readonly<SandboxCounts>;
  /** The newest requests, oldest first. */
  readonly requests: readonly SandboxRequest[];
  /** Forgets counts and requests, and what was used of the rate limits. */
  readonly resetCounts: () => void;

  /** The body of an INSTALL or UNINSTALL webhook about a target, to be signed. */
  readonly webhook: (type: WebhookType, target: SandboxTarget, options?: WebhookOptions) => WebhookBody;
  /** Signs a webhook's body: a text as it is, a value as JSON. */
  readonly signWebhook: (body: string | object) => Promise<SignedWebhook>;
  /** The key that checks those signatures: SPKI in base64. */
  readonly webhookPublicKey: () => Promise<string>;
  /**
   * Signs a webhook, sends it once and remembers it: only the answer 429 makes it due again, six times, ten minutes
   * apart (HighLevel's help article "Automated Webhook Retries"). `url` is `https://app.example/webhooks` by default.
   */
  readonly sendWebhook: (
    body: string | object,
    send: WebhookSend,
    url?: string,
  ) => Promise<WebhookDelivery>;
  /**
   * From now on every install, uninstall, transfer and deprecation sends its webhook to `url`: in the background,
   * and at the latest when `tick` or `redeliver` has resolved.
   */
  readonly subscribe: (url: string, send: WebhookSend) => WebhookSubscription;
  /** Sends every webhook that is due by the sandbox's clock, and tells how many that were. */
  readonly redeliver: () => Promise<number>;

  /** A snapshot of the world as plain JSON. Faults, counts, rate limits, webhooks and their keys are no part of it. */
  readonly state: () => SandboxState;
  /** Makes this world what a snapshot says; options stay. */
  readonly load: (state: SandboxState) => void;
}
