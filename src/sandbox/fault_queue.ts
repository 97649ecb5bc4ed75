import type { ReadRequest } from "./answer_call.ts";
import type { Fault, FaultHandle } from "./faults.ts";
import type { Endpoint } from "./traffic.ts";

interface Waiting {
  readonly fault: Fault;
  skip: number;
  left: number;
  hits: number;
}

/** The faults that are set, in the order they were set: a request meets the first that matches. */
export class FaultQueue {
  readonly #waiting: Set<Waiting> = new Set();

  /** Sets a fault. */
  add(fault: Fault): FaultHandle {
    const waiting = { fault, skip: fault.skip ?? 0, left: fault.times ?? 1, hits: 0 };
    const faults = this.#waiting;
    faults.add(waiting);
    return {
      get hits(): number {
        return waiting.hits;
      },
      remove(): void {
        faults.delete(waiting);
      },
    };
  }

  /** Whether no fault is set. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** The fault a request meets, counted as met. */
  take(
    request: ReadRequest,
    endpoint: Endpoint,
    grant: "exchange" | "refresh" | undefined,
  ): Fault | undefined {
    for (const waiting of this.#waiting) {
      const { on } = waiting.fault;
      const matches = typeof on === "function"
        ? on(request)
        : on === "any" || on === endpoint || on === grant;
      if (!matches) continue;
      if (waiting.skip > 0) {
        waiting.skip--;
        continue;
      }
      waiting.hits++;
      waiting.left--;
      if (waiting.left <= 0) this.#waiting.delete(waiting);
      return waiting.fault;
    }
    return undefined;
  }

  /** Takes all faults away. */
  clear(): void {
    this.#waiting.clear();
  }
}
