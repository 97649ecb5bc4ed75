import { defined } from "../oauth/defined.ts";
import { isObject, isText } from "../oauth/fields.ts";
import type { DenoKvKey } from "./deno_kv_like.ts";
import { isLeaseMs } from "./lease_length.ts";

/**
 * What the entry of a lock says. Nothing in it is a moment: whether a holder is still there, a waiter finds out by watching
 * the entry for a while on its own clock, and no clocks of two machines are ever compared.
 */
export interface Lease {
  /** Who holds the lock; absent where nobody does. */
  readonly owner?: string;
  /** Number of the newest holder, 0 before the first. It grows with every holder and never starts again. */
  readonly fence: number;
  /** The holder changes the entry more often than this, ms. Absent where nobody holds, and in the first edition's entries. */
  readonly leaseMs?: number;
}

/** How much longer than its lease a silent holder is waited for: clocks do not run at quite the same speed. */
const PATIENCE = 1.1;

/** Where the lease of the lock on `key` is kept. */
export function leaseKeyOf(key: string): DenoKvKey {
  return ["highlevel-lock", key];
}

/** What `value`, the entry's, says. Whatever is no lease counts as one that was never held. */
export function leaseIn(value: unknown): Lease {
  const { owner, fence, leaseMs }: Record<string, unknown> = isObject(value) ? value : {};
  return defined({
    owner: isText(owner) ? owner : undefined,
    fence: typeof fence === "number" && Number.isSafeInteger(fence) ? fence : 0,
    leaseMs: isLeaseMs(leaseMs) ? leaseMs : undefined,
  });
}

/**
 * Whether the lock can be taken: nobody holds it, or its entry has stood unchanged for `watchedMs`, longer than its holder may
 * be silent. An entry that does not say how long that is counts as one of `ownLeaseMs`.
 */
export function isFree({ owner, leaseMs }: Lease, watchedMs: number, ownLeaseMs: number): boolean {
  return owner === undefined || watchedMs >= (leaseMs ?? ownLeaseMs) * PATIENCE;
}
