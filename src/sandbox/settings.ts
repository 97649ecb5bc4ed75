import type { SandboxOptions, SandboxRateLimit } from "./options.ts";
import { sleep } from "./sleep.ts";
import type { AnswerExpiresIn } from "./switches.ts";

/** Options with every default filled in; `sandbox.set` changes those that are not readonly. */
export interface Settings {
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly rateLimit: Required<SandboxRateLimit> | false;
  readonly codeLifetimeMs: number;
  readonly refreshTokenLifetimeMs: number;
  readonly locationRefreshTokens: boolean;
  readonly errorStyle: "highlevel" | "oauth";
  readonly codeNotFoundStyle: boolean;
  readonly choosePage: boolean;
  readonly emptyWebhookFields: boolean;
  readonly bareWebhooks: boolean;
  readonly keepRequests: number;
  readonly keepBodies: number;
  latencyMs: number;
  tokenLatencyMs: number;
  expiresIn: number;
  answerExpiresIn: AnswerExpiresIn | undefined;
  refreshWindowMs: number;
  requireVersionId: boolean;
  firewall: boolean;
}

/** Fills in the defaults. */
export function settingsOf(options: SandboxOptions): Settings {
  const limit = options.rateLimit ?? {};
  return {
    now: options.now ?? Date.now,
    sleep: options.sleep ?? sleep,
    rateLimit: limit && {
      max: limit.max ?? 100,
      intervalMs: limit.intervalMs ?? 10_000,
      daily: limit.daily ?? 200_000,
      retryAfter: limit.retryAfter ?? true,
      oauth: limit.oauth ?? false,
    },
    codeLifetimeMs: options.codeLifetimeMs ?? 60_000,
    refreshTokenLifetimeMs: options.refreshTokenLifetimeMs ?? 365 * 86_400_000,
    locationRefreshTokens: options.locationRefreshTokens ?? true,
    errorStyle: options.errorStyle ?? "highlevel",
    codeNotFoundStyle: options.codeNotFoundStyle ?? false,
    choosePage: options.choosePage ?? false,
    emptyWebhookFields: options.emptyWebhookFields ?? false,
    bareWebhooks: options.bareWebhooks ?? false,
    keepRequests: options.keepRequests ?? 1_000,
    keepBodies: options.keepBodies ?? 100,
    latencyMs: options.latencyMs ?? 0,
    tokenLatencyMs: options.tokenLatencyMs ?? 0,
    expiresIn: options.expiresIn ?? 86_399,
    answerExpiresIn: options.answerExpiresIn,
    refreshWindowMs: options.refreshWindowMs ?? 30_000,
    requireVersionId: options.requireVersionId ?? false,
    firewall: options.firewall ?? false,
  };
}
