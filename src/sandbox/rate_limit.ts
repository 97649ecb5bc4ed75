import type { SandboxRateLimit } from "./options.ts";
import { Refusal } from "./refusal.ts";
import type { Installation } from "./world.ts";

const DAY_MS = 86_400_000;

interface Usage {
  windowFrom: number;
  inWindow: number;
  day: number;
  inDay: number;
}

/** Counts calls per location and company in fixed windows, as HighLevel's headers describe them. */
export class RateLimiter {
  readonly #limit: Required<SandboxRateLimit>;
  readonly #usage = new Map<Installation, Usage>();

  /** Starts with nothing used. */
  constructor(limit: Required<SandboxRateLimit>) {
    this.#limit = limit;
  }

  /** Counts one call and returns the headers of its answer; throws the 429 when a limit is used up. */
  charge(place: Installation, now: number): Readonly<Record<string, string>> {
    const { max, intervalMs, daily, retryAfter } = this.#limit;
    const usage = this.#usageOf(place, now);
    const waitMs = usage.inDay >= daily
      ? (usage.day + 1) * DAY_MS - now
      : usage.inWindow >= max
      ? usage.windowFrom + intervalMs - now
      : 0;
    if (waitMs > 0) {
      const wait: Record<string, string> = retryAfter
        ? { "retry-after": Math.ceil(waitMs / 1000).toString() }
        : {};
      throw new Refusal(429, "Too Many Requests", {}, { ...this.#headers(usage), ...wait });
    }
    usage.inWindow++;
    usage.inDay++;
    return this.#headers(usage);
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

  #headers(usage: Usage): Readonly<Record<string, string>> {
    const { max, intervalMs, daily } = this.#limit;
    return {
      "x-ratelimit-max": max.toString(),
      "x-ratelimit-remaining": (max - usage.inWindow).toString(),
      "x-ratelimit-interval-milliseconds": intervalMs.toString(),
      "x-ratelimit-limit-daily": daily.toString(),
      "x-ratelimit-daily-remaining": (daily - usage.inDay).toString(),
    };
  }
}
