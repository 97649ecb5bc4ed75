import type { Installation } from "./installation.ts";
import type { SandboxRateLimit } from "./options.ts";
import { Refusal } from "./refusal.ts";
import type { CompanyLimits } from "./seeds.ts";

const DAY_MS = 86_400_000;

interface Usage {
  windowFrom: number;
  inWindow: number;
  day: number;
  inDay: number;
}

/** How often one installation may call. */
interface Limit {
  readonly max: number;
  readonly daily: number;
}

/** Counts calls per location and company in fixed windows, as HighLevel's headers describe them. */
export class RateLimiter {
  readonly #limit: Required<SandboxRateLimit>;
  readonly #limitsOf: (place: Installation) => CompanyLimits | null;
  readonly #usage = new Map<Installation, Usage>();

  /** Starts with nothing used; `limitsOf` tells the limits of an installation's own agency, if it has any. */
  constructor(limit: Required<SandboxRateLimit>, limitsOf: (place: Installation) => CompanyLimits | null) {
    this.#limit = limit;
    this.#limitsOf = limitsOf;
  }

  /** Counts one call and returns the headers of its answer; throws the 429 when a limit is used up. */
  charge(place: Installation, now: number): Readonly<Record<string, string>> {
    const { intervalMs, retryAfter } = this.#limit;
    const limit = { max: this.#limit.max, daily: this.#limit.daily, ...this.#limitsOf(place) };
    const usage = this.#usageOf(place, now);
    const isDayUsedUp = usage.inDay >= limit.daily;
    if (isDayUsedUp || usage.inWindow >= limit.max) {
      // HighLevel documents the X- headers only: nothing tells when a used up day is over.
      const wait: Record<string, string> = retryAfter && !isDayUsedUp
        ? { "retry-after": Math.ceil((usage.windowFrom + intervalMs - now) / 1000).toString() }
        : {};
      throw new Refusal(429, "Too Many Requests", {}, { ...this.#headers(usage, limit), ...wait });
    }
    usage.inWindow++;
    usage.inDay++;
    return this.#headers(usage, limit);
  }

  /** Forgets all that was used. */
  clear(): void {
    this.#usage.clear();
  }

  #usageOf(place: Installation, now: number): Usage {
    const day = Math.floor(now / DAY_MS);
    const usage = this.#usage.get(place) ?? { windowFrom: now, inWindow: 0, day, inDay: 0 };
    this.#usage.set(place, usage);
    if (now >= usage.windowFrom + this.#limit.intervalMs) {
      usage.windowFrom = now;
      usage.inWindow = 0;
    }
    if (day !== usage.day) {
      usage.day = day;
      usage.inDay = 0;
    }
    return usage;
  }

  #headers(usage: Usage, { max, daily }: Limit): Readonly<Record<string, string>> {
    return {
      "x-ratelimit-max": max.toString(),
      "x-ratelimit-remaining": Math.max(0, max - usage.inWindow).toString(),
      "x-ratelimit-interval-milliseconds": this.#limit.intervalMs.toString(),
      "x-ratelimit-limit-daily": daily.toString(),
      "x-ratelimit-daily-remaining": Math.max(0, daily - usage.inDay).toString(),
    };
  }
}
