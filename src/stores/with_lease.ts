import { sleep as defaultSleep } from "../oauth/request/retry.ts";
import type { DenoKvEntry, DenoKvLike } from "./deno_kv_like.ts";
import { isFree, type Lease, leaseIn, leaseKeyOf } from "./lease.ts";
import { retryWhileLocked } from "./retry_while_locked.ts";

/** Options of {@linkcode withLease}. */
export interface LeaseOptions {
  /** How long the lock of a process that died keeps others waiting, ms; they wait a tenth longer, to be sure. */
  readonly leaseMs: number;
  /** Ms since any moment, by a clock that nobody sets. */
  readonly monotonicNow: () => number;
  /**
   * Waits, ms, or until the signal is aborted.
   * @default {a timer}
   */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Runs `run` while it holds the lease on `key`, and gives it back. `run` is given the fence.
 *
 * A holder changes the entry three times in every `leaseMs`, so a slow `run` keeps the lock. Whoever waits takes over only
 * an entry that has not changed for that long while he watched it: its holder died, or sleeps. One that sleeps and wakes
 * up is not told; its fence is old by then, and the store refuses what it writes.
 */
export async function withLease<T>(
  kv: DenoKvLike,
  key: string,
  run: (fence: number) => Promise<T>,
  { leaseMs, monotonicNow, sleep = defaultSleep }: LeaseOptions,
): Promise<T> {
  const leaseKey = leaseKeyOf(key);
  const owner = crypto.randomUUID();
  const read = (): Promise<DenoKvEntry> => retryWhileLocked(() => kv.get(leaseKey));
  /** Writes `lease` if nobody has touched `entry` meanwhile; tells whether it was written. */
  const replace = async ({ versionstamp }: DenoKvEntry, lease: Lease): Promise<boolean> => {
    const { ok } = await retryWhileLocked(() =>
      // It never expires: with it the fence would be lost, and start again.
      kv.atomic().check({ key: leaseKey, versionstamp }).set(leaseKey, lease).commit()
    );
    return ok;
  };

  const acquire = async (): Promise<number> => {
    let watched: string | null | undefined;
    let since = 0;
    for (let pauseMs = 10;; pauseMs = Math.min(60, pauseMs * 1.5)) {
      const entry = await read();
      const lease = leaseIn(entry.value);
      // A commit may take effect and report a failure all the same.
      if (lease.owner === owner) return lease.fence;
      if (watched !== entry.versionstamp) {
        watched = entry.versionstamp;
        since = monotonicNow();
      }
      const fence = lease.fence + 1;
      const canTake = isFree(lease, monotonicNow() - since, leaseMs);
      if (canTake && await replace(entry, { owner, fence, leaseMs })) return fence;
      await sleep(pauseMs * (0.5 + Math.random() / 2));
    }
  };
  /** Writes `lease` if the lock is still ours. What fails is made up for: by the next renewal, or by the lease's end. */
  const replaceOwn = async (lease: Lease): Promise<void> => {
    try {
      const entry = await read();
      if (leaseIn(entry.value).owner === owner) await replace(entry, lease);
    } catch {
      // The result of `run` matters more.
    }
  };
  const renewUntil = async (ended: AbortSignal, fence: number): Promise<void> => {
    while (!ended.aborted) {
      await sleep(leaseMs / 3, ended).catch(() => {}); // the end of `run` ends it
      if (!ended.aborted) await replaceOwn({ owner, fence, leaseMs });
    }
  };

  const fence = await acquire();
  const ended = new AbortController();
  const renewing = renewUntil(ended.signal, fence);
  try {
    return await run(fence);
  } finally {
    ended.abort();
    await renewing; // else its write could come between the release and what that has read
    await replaceOwn({ fence });
  }
}
