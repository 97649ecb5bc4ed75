import type { TokenStore } from "../stores/token_store.ts";
import { storeFailed, withDeadline } from "./deadline.ts";

/** Nobody waits longer than this for a lock to be given back, ms: what was done under it is done. */
const LONGEST_RELEASE_MS = 3_000;

/** Runs `run` alone among all work of `key`, in this process and in all that share the lock. */
export type RunAlone = <T>(key: string, run: (fence?: number) => Promise<T>) => Promise<T>;

/**
 * Runs work of one key one after another: in this process by turns, across processes by `lock`. A lock that is not given
 * within `timeoutMs` is not waited for longer. How the work ended counts, not whether the lock could be given back; but that is
 * waited for: a process that ends at once would keep all others waiting for the end of its lease.
 */
export function createRunAlone(lock: TokenStore["lock"], timeoutMs: number): RunAlone {
  const turns = new Map<string, Promise<void>>();

  const underLock: RunAlone = async (key, run) => {
    if (!lock) return await run();
    const started = Promise.withResolvers<{ readonly work: ReturnType<typeof run> }>();
    let isGivenUp = false;
    const start = async (fence?: number): Promise<void> => {
      if (isGivenUp) return; // the lock came too late: somebody else may be at work
      const work = run(fence);
      started.resolve({ work });
      await work;
    };
    const locking = (async () => await lock(key, start))();
    locking.then(
      () => started.reject(storeFailed("locked", undefined)), // it ended without running: nothing where it has run
      (error) => started.reject(storeFailed("locked", error)),
    );
    const { work } = await withDeadline(started.promise, timeoutMs, "locked").catch((error: unknown) => {
      isGivenUp = true;
      throw error;
    });
    try {
      return await work;
    } finally {
      await withDeadline(locking, Math.min(timeoutMs, LONGEST_RELEASE_MS), "unlocked").catch(() => {});
    }
  };

  return async (key, run) => {
    const before = turns.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    turns.set(key, promise);
    try {
      await before;
      return await underLock(key, run);
    } finally {
      if (turns.get(key) === promise) turns.delete(key);
      resolve();
    }
  };
}
