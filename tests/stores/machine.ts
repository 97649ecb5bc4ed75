import type { DenoKvLike } from "../../src/stores/deno_kv_like.ts";
import { DenoKvStore } from "../../src/stores/deno_kv_store.ts";
import { withLease } from "../../src/stores/with_lease.ts";
import { standIn } from "./kv_stand_in.ts";
import { until } from "../until.ts";

/** A process on a machine with clocks of its own. */
export class Machine {
  /** What its monotonic clock says, ms. */
  elapsedMs: number;
  /** What it waited for, ms. */
  readonly slept: number[] = [];
  /** Reads of a lease. */
  reads = 0;
  #wake: () => void = () => {};
  #suspended: PromiseWithResolvers<void> | undefined;
  readonly kv: DenoKvLike;

  constructor(kv: Deno.Kv, { elapsedMs = 0 } = {}) {
    this.elapsedMs = elapsedMs;
    this.kv = standIn(kv, {
      beforeGet: () => {
        this.reads++;
        return this.#suspended?.promise;
      },
      beforeCommit: () => this.#suspended?.promise,
    });
  }

  /** From now on nothing that it asks for begins. */
  suspend(): void {
    this.#suspended = Promise.withResolvers();
  }

  /** Goes on where it was suspended. */
  resume(): void {
    this.#suspended?.resolve();
    this.#suspended = undefined;
  }

  /** Ends its wait for the next renewal. */
  wake(): void {
    this.#wake();
  }

  /** Lets it look at the lease twice more. */
  async look(): Promise<void> {
    const before = this.reads;
    await until(() => this.reads >= before + 2, "the waiter has looked again");
  }

  /** The store as this process opens it. */
  store(options: { now?: () => number; leaseMs?: number } = {}): DenoKvStore {
    return new DenoKvStore(this.kv, { ...options, monotonicNow: () => this.elapsedMs });
  }

  /** The lock of "k", which renews only when it is woken. */
  hold<T>(run: (fence: number) => Promise<T>, leaseMs = 1_000): Promise<T> {
    return withLease(this.kv, "k", run, {
      leaseMs,
      monotonicNow: () => this.elapsedMs,
      sleep: (ms, signal) => {
        this.slept.push(ms);
        return new Promise((resolve) => {
          this.#wake = resolve;
          signal?.addEventListener("abort", () => resolve());
        });
      },
    });
  }
}
