import { inTime } from "../connections/in_time.ts";
import { orAborted } from "../oauth/request/retry.ts";
import { claimsOf } from "../oauth/token_set.ts";
import { WorkerError } from "./worker_error.ts";

/** A token as the worker handed it out. */
export interface HandedToken {
  /** The token. */
  readonly accessToken: string;
  /** How to send it: `Bearer`. */
  readonly tokenType: string;
  /** When it ends. */
  readonly expiresAt: Date;
  /** What it may do. */
  readonly scope: readonly string[];
}

/** A token with what the worker said of the time to ask again. */
export interface Handed {
  /** The token. */
  readonly token: HandedToken;
  /** Of a token that was refused, and that the worker replaced just before: when to tell it so again, ms. */
  readonly retryAfterMs: number | undefined;
}

/** A token as it is held. */
export interface Held {
  /** The token. */
  readonly token: HandedToken;
  /** Until when it is handed out without asking, ms. */
  readonly until: number;
  /** Until when the worker would hand out the same although it is refused, ms. */
  readonly refusedUntil: number;
}

interface Asking {
  readonly rejected: string | undefined;
  readonly answer: Promise<Held>;
}

interface Patience {
  /** For the next token where one is at hand, ms. */
  readonly atHandMs: number;
  /** For another caller's request, ms. */
  readonly joinedMs: number;
}

/** Connections of a kind whose token is held: of some 2 KB each. The one that came first goes first. */
const MOST_HELD = 10_000;
/** The worker refreshes a token this long before its end at the latest, ms: from then on a newer one may be had there. */
const MARGIN_MS = 300_000;
/** One that ends soon although it was asked for just now is the best there is: it serves this long, ms. */
const ENDING_MS = 10_000;
/** The worker's word when to ask again is kept this long at most, and trouble that may pass without one so long, ms. */
const COOL_DOWN_MS = { most: 30_000, usual: 2_000 } as const;
/** Where a token is at hand that lives, nobody waits longer than this for the next one, ms. */
const PATIENCE_MS = 3_000;
/**
 * Who shares another's request asks for himself after this, ms: that one may never end, as in a Worker where the visitor it was made for
 * has left.
 */
const SHARED_PATIENCE_MS = 10_000;
/** A token issued less than this ago may not be known everywhere at HighLevel yet, ms. */
const YOUNG_MS = 10_000;

/** Until when a token that ends at `expiresAt` is handed out without asking for another one, ms. Pure. */
export function servesUntil(expiresAt: number, now: number): number {
  const leftMs = expiresAt - now;
  return leftMs > MARGIN_MS ? expiresAt - MARGIN_MS : now + Math.min(ENDING_MS, Math.max(0, leftMs / 2));
}

/** Whether `accessToken` says that it was issued seconds ago. */
export function isYoung(accessToken: string, now: number): boolean {
  return Math.abs(now - Number(claimsOf(accessToken).iat) * 1000) < YOUNG_MS;
}

/** The tokens that this process holds of connections of one kind, by their ids: each asked for once, whoever wants it, and again shortly before its end. */
export class HeldTokens {
  readonly #now: () => number;
  readonly #patience: Patience;
  readonly #held = new Map<string, Held>();
  readonly #asking = new Map<string, Asking>();
  readonly #failed = new Map<string, { readonly error: WorkerError; readonly until: number }>();

  /** By the clock `now`, ms; `patience` in real time. */
  constructor(
    now: () => number,
    patience: Patience = { atHandMs: PATIENCE_MS, joinedMs: SHARED_PATIENCE_MS },
  ) {
    this.#now = now;
    this.#patience = patience;
  }

  /** The token held of `id` that is not `rejected`, as long as it serves. */
  serving(id: string, rejected: string | undefined): HandedToken | undefined {
    const held = this.#held.get(id);
    return held && held.until > this.#now() && held.token.accessToken !== rejected ? held.token : undefined;
  }

  /**
   * The token of `id`: the one held, else what `ask` brings, which all who want it meanwhile share. Trouble that may pass costs no token
   * that still lives. Where the worker has no other one than `rejected` for now, that one.
   */
  async get(
    id: string,
    ask: (rejected: string | undefined) => Promise<Handed>,
    { rejected, signal }: {
      readonly rejected?: string | undefined;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<Held> {
    for (;;) {
      signal?.throwIfAborted();
      const now = this.#now();
      const held = this.#held.get(id);
      const isRefused = held?.token.accessToken === rejected;
      if (held && held.until > now && (!isRefused || held.refusedUntil > now)) return held;
      const atHand = held && !isRefused && held.token.expiresAt.getTime() > now ? held : undefined;
      const failed = this.#failed.get(id);
      if (failed && failed.until > now) return atHand && failed.error.retryable ? atHand : fail(failed.error);
      const joined = this.#asking.get(id);
      const asking = joined ?? this.#ask(id, ask, rejected);
      const patienceMs = atHand ? this.#patience.atHandMs : joined && this.#patience.joinedMs;
      try {
        const got = await orAborted(
          patienceMs === undefined ? asking.answer : inTime(asking.answer, patienceMs),
          signal,
        );
        // Who was asked without knowing that the token is refused is asked once more.
        if (got && (!joined || got.token.accessToken !== rejected || asking.rejected === rejected)) {
          return got;
        }
        if (!got && joined && this.#asking.get(id) === joined) this.#asking.delete(id);
        if (!got && atHand) return atHand;
      } catch (error) {
        if (atHand && error instanceof WorkerError && error.retryable) return atHand;
        throw error;
      }
    }
  }

  /** Forgets what is held of `id`: what is under way for it is handed out, and not kept. */
  drop(id: string): void {
    this.#held.delete(id);
    this.#asking.delete(id);
    this.#failed.delete(id);
  }

  #ask(
    id: string,
    ask: (rejected: string | undefined) => Promise<Handed>,
    rejected: string | undefined,
  ): Asking {
    const asking: Asking = {
      rejected,
      answer: ask(rejected).then(
        ({ token, retryAfterMs = 0 }) => {
          const now = this.#now();
          const isRefused = token.accessToken === rejected;
          const until = servesUntil(token.expiresAt.getTime(), now);
          const held = { token, until, refusedUntil: isRefused ? now + retryAfterMs : 0 };
          if (this.#ends(id, asking)) keep(this.#held, id, held);
          return held;
        },
        (error: unknown) => {
          const coolDownMs = coolDownOf(error);
          if (this.#ends(id, asking) && error instanceof WorkerError && coolDownMs > 0) {
            keep(this.#failed, id, { error, until: this.#now() + coolDownMs });
          }
          throw error;
        },
      ),
    };
    this.#asking.set(id, asking);
    return asking;
  }

  /** Notes that `asking` has ended; tells whether it still counts. */
  #ends(id: string, asking: Asking): boolean {
    if (this.#asking.get(id) !== asking) return false;
    this.#asking.delete(id);
    this.#failed.delete(id);
    return true;
  }
}

/** Keeps `value` under `key`, in the place of what came first where there are too many. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  const first = map.size >= MOST_HELD ? map.keys().next().value : undefined;
  if (first !== undefined) map.delete(first);
  map.set(key, value);
}

/** How long nobody asks again after `error`, ms. A person's trouble is asked about at once: he may have clicked. */
function coolDownOf(error: unknown): number {
  if (!(error instanceof WorkerError)) return 0;
  const { retryable, retryAfterMs = retryable ? COOL_DOWN_MS.usual : 0 } = error;
  return Math.min(retryAfterMs, COOL_DOWN_MS.most);
}

function fail(error: WorkerError): never {
  throw error;
}
