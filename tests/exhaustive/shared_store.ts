// The store that both processes of a run share: versions, fences, leases; every call is done at once.
import type { PutOptions, StoredRecord } from "../../src/stores/token_store.ts";
import { hashOf } from "./hash.ts";

/** What a store can be told to be without, one at a time: for planted faults. */
export interface StoreTraits {
  /** Records have versions. @default true */
  readonly hasVersions?: boolean;
  /** `put` looks at `ifVersion`. @default true */
  readonly comparesVersions?: boolean;
  /** `put` looks at `fence`. @default true */
  readonly checksFences?: boolean;
  /** Only one may hold the lock. @default true */
  readonly excludes?: boolean;
}

/** Who holds a lock. */
interface Holder {
  readonly who: object;
  /** Since when nothing is heard of it, ms: it died, or sleeps. */
  silentSince?: number;
}

/** A silent holder is waited for a tenth longer than its lease, as by the real stores. */
const PATIENCE = 1.1;

/** Records, versions and one lock for each key, in memory. */
export class SharedStore {
  readonly #records = new Map<string, StoredRecord>();
  /** What stood under each key before its last write: what a read that lags shows. */
  readonly #before = new Map<string, StoredRecord | undefined>();
  readonly #fences = new Map<string, number>();
  readonly #holders = new Map<string, Holder>();
  readonly #leaseMs: number;
  readonly #now: () => number;
  readonly #traits: StoreTraits;
  readonly #hashes = new Map<string, number>();
  readonly #hashesBefore = new Map<string, number>();
  #writes = 0;

  constructor(now: () => number, leaseMs: number, traits: StoreTraits = {}) {
    this.#now = now;
    this.#leaseMs = leaseMs;
    this.#traits = traits;
  }

  get(key: string): StoredRecord | undefined {
    return this.#records.get(key);
  }

  getStale(key: string): StoredRecord | undefined {
    return this.#before.has(key) ? this.#before.get(key) : this.#records.get(key);
  }

  put(key: string, record: StoredRecord, { ifVersion, fence }: PutOptions = {}): boolean {
    const { hasVersions = true, comparesVersions = hasVersions, checksFences = true } = this.#traits;
    const version = this.#records.get(key)?.version ?? null;
    if (comparesVersions && ifVersion !== undefined && ifVersion !== version) return false;
    if (checksFences && fence !== undefined && fence !== (this.#fences.get(key) ?? 0)) return false;
    this.#keepBefore(key);
    this.#writes++;
    this.#records.set(key, Object.freeze({ ...record, ...hasVersions && { version: `${this.#writes}` } }));
    this.#hashes.set(key, hashOf(record.body, this.#writes));
    return true;
  }

  delete(key: string): void {
    this.#keepBefore(key);
    this.#records.delete(key);
  }

  #keepBefore(key: string): void {
    this.#hashesBefore.set(key, this.hashOf(key));
    this.#before.set(key, this.#records.get(key));
  }

  /** Whether the lock of `key` can be taken now. */
  isFree(key: string): boolean {
    return (this.freeAt(key) ?? Infinity) <= this.#now();
  }

  /** From when on the lock of `key` can be taken, ms; nothing where its holder is at work. */
  freeAt(key: string): number | undefined {
    const holder = this.#holders.get(key);
    if (!holder || this.#traits.excludes === false) return -Infinity;
    return holder.silentSince === undefined ? undefined : holder.silentSince + this.#leaseMs * PATIENCE;
  }

  /** Takes the lock; the fence is the number of its holder. */
  take(key: string, who: object): number {
    const fence = (this.#fences.get(key) ?? 0) + 1;
    this.#fences.set(key, fence);
    this.#holders.set(key, { who });
    return fence;
  }

  /** Gives the lock back, if it is still `who`'s. */
  release(key: string, who: object): void {
    if (this.#holders.get(key)?.who === who) this.#holders.delete(key);
  }

  /** Nothing is heard of `who` any more. */
  fallSilent(who: object): void {
    for (const holder of this.#holders.values()) {
      if (holder.who === who) holder.silentSince ??= this.#now();
    }
  }

  /** `who` is heard of again: what it still holds goes on. */
  wakeUp(who: object): void {
    for (const holder of this.#holders.values()) if (holder.who === who) delete holder.silentSince;
  }

  /** Tells what stands under `key` from anything else that could stand there. */
  hashOf(key: string): number {
    return this.#records.has(key) ? this.#hashes.get(key) ?? 0 : 0;
  }

  /** All that decides how it goes on; `nameOf` names a holder. */
  state(nameOf: (who: object) => string): string {
    const records = [...this.#records.keys()].map((key) => `${key}=${this.hashOf(key)}`);
    const before = [...this.#hashesBefore].map(([key, hash]) => `${key}<${hash}`);
    const holders = [...this.#holders].map(([key, { who, silentSince }]) =>
      `${key}@${nameOf(who)}${silentSince}`
    );
    return [...records, ...before, ...holders, ...this.#fences].join();
  }
}
