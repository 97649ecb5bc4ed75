import type { Random } from "./random.ts";
import { sleep } from "./sleep.ts";
import type { CompanySeed, LocationSeed, SandboxCredentials } from "./world.ts";

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
  /** Whether a 429 says `Retry-After`. @default true */
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
export interface SandboxOptions {
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
  /** Waits this long, in ms, before each answer. @default 0 */
  readonly latencyMs?: number;
  /** `false` for no limit. @default HighLevel's 100 per 10 s and 200,000 per day */
  readonly rateLimit?: SandboxRateLimit | false;
  /** How long an authorization code lives, in ms. @default 60_000 */
  readonly codeLifetimeMs?: number;
  /** How long an access token lives, in seconds: `expires_in`. @default 86_399 */
  readonly expiresIn?: number;
  /** How long an unused refresh token lives, in ms. @default 365 days */
  readonly refreshTokenLifetimeMs?: number;
  /** Whether a location token comes with a refresh token of its own. @default true */
  readonly locationRefreshTokens?: boolean;
  /** Errors of `/oauth/token`: HighLevel's `statusCode` and `message`, or OAuth's `error` and `error_description`. @default "highlevel" */
  readonly errorStyle?: "highlevel" | "oauth";
  /** How many requests `sandbox.requests` keeps. @default 1_000 */
  readonly keepRequests?: number;
  /** How many of those, the newest, keep headers and body. @default 100 */
  readonly keepBodies?: number;
}

/** Options with every default filled in. */
export interface Settings {
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly latencyMs: number;
  readonly rateLimit: Required<SandboxRateLimit> | false;
  readonly codeLifetimeMs: number;
  readonly expiresIn: number;
  readonly refreshTokenLifetimeMs: number;
  readonly locationRefreshTokens: boolean;
  readonly errorStyle: "highlevel" | "oauth";
  readonly keepRequests: number;
  readonly keepBodies: number;
}

/** Fills in the defaults. */
export function settingsOf(options: SandboxOptions): Settings {
  const limit = options.rateLimit ?? {};
  return {
    now: options.now ?? Date.now,
    sleep: options.sleep ?? sleep,
    latencyMs: options.latencyMs ?? 0,
    rateLimit: limit && {
      max: limit.max ?? 100,
      intervalMs: limit.intervalMs ?? 10_000,
      daily: limit.daily ?? 200_000,
      retryAfter: limit.retryAfter ?? true,
      oauth: limit.oauth ?? false,
    },
    codeLifetimeMs: options.codeLifetimeMs ?? 60_000,
    expiresIn: options.expiresIn ?? 86_399,
    refreshTokenLifetimeMs: options.refreshTokenLifetimeMs ?? 365 * 86_400_000,
    locationRefreshTokens: options.locationRefreshTokens ?? true,
    errorStyle: options.errorStyle ?? "highlevel",
    keepRequests: options.keepRequests ?? 1_000,
    keepBodies: options.keepBodies ?? 100,
  };
}

/** The app, generated where the options leave something open. */
export function appOf(options: SandboxOptions, random: Random): SandboxApp {
  return {
    clientId: options.app?.clientId ?? `${random.hex(24)}-${random.id(8)}`,
    clientSecret: options.app?.clientSecret ?? random.uuid(),
    redirectUri: options.app?.redirectUri ?? "https://app.example/oauth/callback",
    scope: options.app?.scope ??
      "contacts.readonly contacts.write locations.readonly oauth.readonly oauth.write",
    previous: options.app?.previous ?? [],
  };
}

/** A seed nobody chose. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
}
