import { sleep as defaultSleep } from "../oauth/request/retry.ts";

/** Leases that a server keeps, each by its own clock. Every method is one step there. */
export interface ServerLeases {
  /**
   * Takes the lock on `key` for `leaseMs` where nobody holds it, or its lease has ended. Gives its fence, greater than all before
   * it; `undefined` where somebody holds it.
   */
  take(key: string, owner: string, leaseMs: number): Promise<number | undefined>;
  /** Lets the lease last `leaseMs` from now on, where `owner` still has it. */
  renew(key: string, owner: string, leaseMs: number): Promise<unknown>;
  /** Ends the lease where `owner` still has it. */
  release(key: string, owner: string): Promise<unknown>;
}

/** Options of {@linkcode withServerLease}. */
export interface ServerLeaseOptions {
  /** How long a holder may be silent, ms. */
  readonly leaseMs: number;
  /**
   * Waits, ms, or until the signal is aborted.
   * @default {a timer}
   */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;

/**
 * Runs `run` while it holds the lock on `key`, and gives it back. `run` is given the fence.
 *
 * A holder renews its lease three times in every `leaseMs`, so a slow `run` keeps the lock. Who waits takes over once the server
 * says that the lease has ended: its holder died, or sleeps. One that sleeps and wakes up is not told; its fence is old by then, and
 * the store refuses what it writes.
 */
export async function withServerLease<T>(
  leases: ServerLeases,
  key: string,
  run: (fence: number) => Promise<T>,
  { leaseMs, sleep = defaultSleep }: ServerLeaseOptions,
): Promise<T> {
  const owner = crypto.randomUUID();
  const acquire = async (): Promise<number> => {
    for (let pauseMs = FIRST_PAUSE_MS;; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)) {
      const fence = await leases.take(key, owner, leaseMs);
      if (fence !== undefined) return fence;
      await sleep(pauseMs * (0.5 + Math.random() / 2));
    }
  };
  const renewUntil = async (ended: AbortSignal): Promise<void> => {
    while (!ended.aborted) {
      await sleep(leaseMs / 3, ended).catch(() => {}); // the end of `run` ends it
      // What fails is made up for by the next renewal, or by the lease's end.
      if (!ended.aborted) await leases.renew(key, owner, leaseMs).catch(() => {});
    }
  };

  const fence = await acquire();
  const ended = new AbortController();
  const renewing = renewUntil(ended.signal);
  try {
    return await run(fence);
  } finally {
    ended.abort();
    await renewing; // else it could come after the release
    await leases.release(key, owner).catch(() => {}); // the result of `run` matters more
  }
}
