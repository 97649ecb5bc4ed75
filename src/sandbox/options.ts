import type { Random } from "./random.ts";
import type { CompanySeed, LocationSeed, SandboxCredentials } from "./seeds.ts";
import type { SandboxSwitches } from "./switches.ts";

/** The marketplace app the sandbox knows. */
export interface SandboxApp extends SandboxCredentials {
  /** Where the authorisation page redirects to. */
  readonly redirectUri: string;
  /** What its tokens may do, space-separated. */
  readonly scope: string;
  /** Older pairs of the same app that HighLevel still accepts. */
  readonly previous: readonly SandboxCredentials[];
}

/** How often a location or company may call. */
export interface SandboxRateLimit {
  /** Requests per interval. @default 100 */
  readonly max?: number;
  /** Length of the interval in ms. @default 10_000 */
  readonly intervalMs?: number;
  /** Requests per day. @default 200_000 */
  readonly daily?: number;
  /** Whether a 429 of the interval says `Retry-After`; a 429 of the day never does. @default true */
  readonly retryAfter?: boolean;
  /** Whether `/oauth/*` counts too; HighLevel does not say. @default false */
  readonly oauth?: boolean;
}

/** A company to start with, and its locations: how many, or which. */
export interface CompanyWithLocations extends CompanySeed {
  /** Its locations: how many, or which. @default none */
  readonly locations?: number | readonly LocationSeed[];
}

/** Options of `createSandbox`. */
export interface SandboxOptions extends SandboxSwitches {
  /** The app. @default a generated pair, `https://app.example/oauth/callback`, scopes for every endpoint here */
  readonly app?: Partial<SandboxApp>;
  /** Companies to start with. @default none */
  readonly companies?: readonly CompanyWithLocations[];
  /** Locations without a known company to start with: how many, or which. @default none */
  readonly locations?: number | readonly LocationSeed[];
  /**
   * Makes runs repeatable. Needed where a sandbox is made at a Workers module's top level: no randomness there.
   * @default random, to be read from `sandbox.seed`
   */
  readonly seed?: number;
  /** The clock, ms since the epoch. @default Date.now */
  readonly now?: () => number;
  /** How the sandbox waits. @default a timer that ends when the signal aborts */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** `false` for no limit. @default HighLevel's 100 per 10 s and 200,000 per day */
  readonly rateLimit?: SandboxRateLimit | false;
  /** How long an authorization code lives, in ms. @default 60_000 */
  readonly codeLifetimeMs?: number;
  /** How long an unused refresh token lives, in ms. @default 365 days */
  readonly refreshTokenLifetimeMs?: number;
  /** Whether a location token comes with a refresh token of its own. @default true */
  readonly locationRefreshTokens?: boolean;
  /** Errors of `/oauth/token`: HighLevel's `statusCode` and `message`, or OAuth's `error` and `error_description`. @default "highlevel" */
  readonly errorStyle?: "highlevel" | "oauth";
  /**
   * Whether a code that is unknown, used or expired answers 401 `{ "error": "UnAuthorized!", "error_description":
   * "Authorization code not found" }`, which public code bases report; it is then checked before the client's
   * credentials. @default false: 400 `Invalid grant: authorization code is invalid`
   */
  readonly codeNotFoundStyle?: boolean;
  /**
   * Whether the authorisation page is a page with links, for a browser; `sandbox_page=1` in its query asks for it
   * once. @default false: it redirects at once
   */
  readonly choosePage?: boolean;
  /** Whether webhooks write absent fields as `""`, as HighLevel does at times. @default false: they are left out */
  readonly emptyWebhookFields?: boolean;
  /** Whether webhooks lack `timestamp` and `webhookId`, as HighLevel's documented examples do. @default false */
  readonly bareWebhooks?: boolean;
  /** How many requests `sandbox.requests` keeps. @default 1_000 */
  readonly keepRequests?: number;
  /** How many of those, the newest, keep headers and body. @default 100 */
  readonly keepBodies?: number;
}

/** The app, generated where the options leave something open. */
export function appOf(options: SandboxOptions, random: Random): SandboxApp {
  return {
    clientId: options.app?.clientId ?? `${random.hex(24)}-${random.id(8)}`,
    clientSecret: options.app?.clientSecret ?? random.uuid(),
    redirectUri: options.app?.redirectUri ?? "https://app.example/oauth/callback",
    scope: options.app?.scope ??
      "contacts.readonly contacts.write locations.readonly marketplace-installer-details.readonly " +
        "oauth.readonly oauth.write",
    previous: options.app?.previous ?? [],
  };
}

/** A seed nobody chose. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
}
