import type { RateLimitBinding } from "../env.ts";

/** Codes that HighLevel may refuse in a minute, and calls of the token endpoint that they may cost. */
const MAX_REFUSED = 10;
const MAX_CALLS = 30;
const MINUTE_MS = 60_000;
/** Where as many are under way as may be refused, the next one waits this long, ms. */
const MOMENT_MS = 2_000;
/** Visitors remembered. */
const MAX_VISITORS = 1_000;

/** The codes of one visitor in a minute. */
interface Minute {
  endsAt: number;
  underWay: number;
  refused: number;
}

/** One code that is being exchanged. */
export interface CodeAttempt {
  /** HighLevel took the code: it does not count. */
  granted(): void;
  /** HighLevel gave nothing for it. */
  refused(): Promise<void>;
}

/**
 * Codes that visitors bring and HighLevel refuses. Each costs calls with the app's secret, and anybody can make one up, so who
 * brings ten in a minute waits until it is over, without a call. Counted in this isolate, and by the binding, where there is
 * one, over all isolates nearby.
 */
export class RefusedCodes {
  readonly #binding: RateLimitBinding | undefined;
  readonly #allowed: number;
  readonly #minutes: Map<string, Minute> = new Map();

  /** For an app with so many `pairs`: a refused code is shown to each, and one of them may be asked for both kinds of user. */
  constructor(binding: RateLimitBinding | undefined, pairs: number) {
    this.#binding = binding;
    this.#allowed = Math.max(1, Math.min(MAX_REFUSED, Math.floor(MAX_CALLS / (pairs + 1))));
  }

  /** How long whoever counts under `keys` must wait before the next code, ms; 0 where it may come. */
  waitMs(keys: readonly string[], now: number): number {
    return Math.max(...keys.map((key) => {
      const { endsAt, underWay, refused } = this.#minuteOf(key, now);
      if (refused >= this.#allowed) return endsAt - now;
      return refused + underWay >= this.#allowed ? MOMENT_MS : 0;
    }));
  }

  /** Begins with a code of whoever counts under `keys`. */
  begin(keys: readonly string[], now: number): CodeAttempt {
    const minutes = keys.map((key) => this.#minuteOf(key, now));
    for (const minute of minutes) minute.underWay++;
    const end = (): void => minutes.forEach((minute) => minute.underWay--);
    return {
      granted: end,
      refused: async () => {
        end();
        for (const minute of minutes) minute.refused++;
        await Promise.all(keys.map(async (key, index) => {
          // A limit that cannot be asked limits nothing: this isolate still counts.
          const limit = await this.#binding?.limit({ key }).catch(() => undefined);
          const minute = minutes[index];
          if (minute && limit?.success === false) minute.refused = Infinity;
        }));
      },
    };
  }

  #minuteOf(key: string, now: number): Minute {
    const minute = this.#minutes.get(key) ?? { endsAt: 0, underWay: 0, refused: 0 };
    if (minute.endsAt > now) return minute;
    // A new minute, with what is still under way. The newest stand last.
    Object.assign(minute, { endsAt: now + MINUTE_MS, refused: 0 });
    this.#minutes.delete(key);
    const [oldest] = this.#minutes.keys();
    if (this.#minutes.size >= MAX_VISITORS && oldest !== undefined) this.#minutes.delete(oldest);
    this.#minutes.set(key, minute);
    return minute;
  }
}
