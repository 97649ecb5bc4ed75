import { isObject, isText } from "../oauth/fields.ts";
import { sleep } from "../oauth/request/retry.ts";
import type { DenoKvEntry, DenoKvLike } from "./deno_kv_like.ts";
import { retryWhileLocked } from "./retry_while_locked.ts";

/** A lease is taken for less, ms. */
const LONGEST_MS = 3_600_000;

/**
 * Runs `run` while it holds the lease on `key`, and gives it back. A lease lasts `leaseMs` without renewal, by `now`, the same
 * clock for all processes. It is renewed three times in its life, so a slow `run` keeps it; a crashed process stops
 * renewing, and the next one takes over. A lease is only ever changed by its owner, or by whoever finds it over.
 */
export async function withLease<T>(
  kv: DenoKvLike,
  key: string,
  run: () => Promise<T>,
  leaseMs: number,
  now: () => number,
): Promise<T> {
  const leaseKey = ["highlevel-lock", key];
  const owner = crypto.randomUUID();
  const read = (): Promise<DenoKvEntry> => retryWhileLocked(() => kv.get(leaseKey));
  const isOwn = ({ value }: DenoKvEntry): boolean => isObject(value) && value.owner === owner;
  /** Also where it would hold longer than any lease may: a clock was ahead when it was taken. */
  const isFree = ({ value }: DenoKvEntry): boolean => {
    const leftMs = isObject(value) && isText(value.owner) ? Number(value.until) - now() : 0;
    return !(leftMs > 0 && leftMs <= LONGEST_MS);
  };
  const change = ({ versionstamp }: DenoKvEntry) => kv.atomic().check({ key: leaseKey, versionstamp });
  /** Whether the lease is ours: nobody has touched `entry` meanwhile. */
  const take = async (entry: DenoKvEntry): Promise<boolean> => {
    const { ok } = await retryWhileLocked(() =>
      change(entry).set(leaseKey, { owner, until: now() + leaseMs }, { expireIn: leaseMs }).commit()
    );
    return ok;
  };
  /** Does `act` with the lease if it is still ours. What fails is made up for: by the next renewal, or by its end. */
  const whileOwn = async (act: (entry: DenoKvEntry) => Promise<unknown>): Promise<void> => {
    try {
      const entry = await read();
      if (isOwn(entry)) await act(entry);
    } catch {
      // The result of `run` matters more.
    }
  };

  for (let pauseMs = 10;; pauseMs = Math.min(60, pauseMs * 1.5)) {
    const entry = await read();
    // Own already where a commit took effect although it reported a failure.
    if (isOwn(entry) || isFree(entry) && await take(entry)) break;
    await sleep(pauseMs * (0.5 + Math.random() / 2));
  }
  let renewal = Promise.resolve();
  const timer = setInterval(() => renewal = renewal.then(() => whileOwn(take)), leaseMs / 3);
  try {
    return await run();
  } finally {
    clearInterval(timer);
    await renewal; // else its write could come between the release and what that has read
    await whileOwn((entry) => retryWhileLocked(() => change(entry).delete(leaseKey).commit()));
  }
}
