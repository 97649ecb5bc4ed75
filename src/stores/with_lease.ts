import { isObject } from "../oauth/fields.ts";
import type { DenoKvEntry, DenoKvLike } from "./deno_kv_like.ts";
import { retryWhileLocked, sleep } from "./retry_while_locked.ts";

/** Options of {@linkcode withLease}. */
export interface LeaseOptions {
  /** How long a lease lasts without renewal, ms. */
  readonly leaseMs: number;
  /** The clock, ms since the epoch; the same for all processes. */
  readonly now: () => number;
}

interface Lease {
  readonly owner: string;
  readonly until: number;
}

/**
 * Runs `run` while it holds the lease on `key`, and gives it back.
 * The lease is renewed three times in its life, so a slow `run` keeps it; a crashed process stops renewing, and the
 * next one takes over. A lease is only ever changed by its owner, or by whoever finds it over.
 */
export async function withLease<T>(
  kv: DenoKvLike,
  key: string,
  run: () => Promise<T>,
  { leaseMs, now }: LeaseOptions,
): Promise<T> {
  const leaseKey = ["highlevel-lock", key];
  const owner = crypto.randomUUID();
  await acquire();
  let renewal = Promise.resolve();
  const timer = setInterval(() => {
    // A renewal that fails is made up for by the next: the lease outlives two of them.
    renewal = renewal.then(renew).catch(() => {});
  }, leaseMs / 3);
  try {
    return await run();
  } finally {
    clearInterval(timer);
    await renewal; // else its write could come between the release and what that has read
    // The result of `run` matters more than a lease that cannot be given back: that one ends by itself.
    await release().catch(() => {});
  }

  async function acquire(): Promise<void> {
    for (let pauseMs = 10;; pauseMs = Math.min(60, pauseMs * 1.5)) {
      const entry = await read();
      const lease = leaseOf(entry);
      if (lease?.owner === owner) return; // a commit took effect although it reported a failure
      if ((!lease || lease.until <= now()) && await write(entry)) return;
      await sleep(pauseMs * (0.5 + Math.random() / 2));
    }
  }

  async function renew(): Promise<void> {
    const entry = await read();
    if (leaseOf(entry)?.owner === owner) await write(entry);
  }

  async function release(): Promise<void> {
    const entry = await read();
    if (leaseOf(entry)?.owner !== owner) return;
    await retryWhileLocked(() => kv.atomic().check(checkOf(entry)).delete(leaseKey).commit());
  }

  function read(): Promise<DenoKvEntry> {
    return retryWhileLocked(() => kv.get(leaseKey));
  }

  /** Whether the lease is ours: nobody has touched `entry` meanwhile. */
  async function write(entry: DenoKvEntry): Promise<boolean> {
    const { ok } = await retryWhileLocked(() => {
      const lease: Lease = { owner, until: now() + leaseMs };
      return kv.atomic().check(checkOf(entry)).set(leaseKey, lease, { expireIn: leaseMs }).commit();
    });
    return ok;
  }

  function checkOf({ versionstamp }: DenoKvEntry): { key: string[]; versionstamp: string | null } {
    return { key: leaseKey, versionstamp };
  }
}

function leaseOf({ value }: DenoKvEntry): Lease | undefined {
  return isLease(value) ? value : undefined;
}

function isLease(value: unknown): value is Lease {
  return isObject(value) && typeof value.owner === "string" && typeof value.until === "number";
}
