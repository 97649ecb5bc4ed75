// Time that passes only when a scheduler lets it: the clock, and every timer that the code under test sets.
import { setImmediate } from "node:timers";

/** Whoever sets timers: a process of a run. */
export interface TimerOwner {
  /** How far its own clock is ahead, ms. */
  readonly aheadMs: number;
}

/** A timer that is set. */
export interface Timer {
  /** What `clearTimeout` takes. */
  readonly id: number;
  /** When it fires, ms. */
  readonly due: number;
  /** Who set it; nobody where the world itself has something to do. */
  readonly owner: TimerOwner | undefined;
  /** What it does. */
  readonly call: () => void;
  /** What it is for, where the scheduler set it. */
  readonly label: string;
}

/** The clock and the timers of one run. */
export class VirtualTime {
  /** Now, ms: the true time. */
  at: number;
  /** Whose code runs. */
  running: TimerOwner | undefined;
  #timers: Timer[] = [];
  #lastId = 0;

  constructor(at: number) {
    this.at = at;
  }

  /** What `Date.now` tells whoever runs, ms. */
  wallNow(): number {
    return this.at + (this.running?.aheadMs ?? 0);
  }

  /** Sets a timer for whoever runs. */
  set(call: () => void, ms: number): number {
    return this.setFor(this.running, call, ms, "");
  }

  /** Sets a timer for `owner`. */
  setFor(owner: TimerOwner | undefined, call: () => void, ms: number, label: string): number {
    this.#timers.push({ id: ++this.#lastId, due: this.at + Math.max(0, ms), owner, call, label });
    return this.#lastId;
  }

  /** Takes a timer away. */
  clear(id: number): void {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  }

  /** Takes all timers of `owner` away: it died. */
  clearAll(owner: TimerOwner): void {
    this.#timers = this.#timers.filter((timer) => timer.owner !== owner);
  }

  /** The timers of `owner`, the next one first. */
  timersOf(owner: TimerOwner | undefined): readonly Timer[] {
    return this.#timers.filter((timer) => timer.owner === owner).sort((a, b) => a.due - b.due || a.id - b.id);
  }

  /** Takes `timer` away and does what it is for. */
  fire(timer: Timer): void {
    this.clear(timer.id);
    timer.call();
  }
}

/** Ends once everything has run that can run without a timer. */
export function drained(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/**
 * Runs `work` while `setTimeout`, `clearTimeout`, `Date.now` and `Math.random` are those of the virtual time that `current` tells:
 * no real time passes, and the same decisions make the same run. The engine takes its clock and its sleep by options, but the
 * deadlines of requests and of the store are timers, and jitter is random.
 */
export async function withVirtualTime<T>(
  current: () => VirtualTime | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { setTimeout, clearTimeout } = globalThis;
  const { now } = Date;
  const { random } = Math;
  const put = (on: object, name: string, value: unknown): void =>
    void Object.defineProperty(on, name, { value, configurable: true, writable: true, enumerable: true });
  put(globalThis, "setTimeout", (call: () => void, ms = 0): ReturnType<typeof setTimeout> | number => {
    const time = current();
    return time ? time.set(call, ms) : setTimeout(call, ms);
  });
  put(globalThis, "clearTimeout", (id?: number): void => {
    const time = current();
    return time ? time.clear(id ?? 0) : clearTimeout(id);
  });
  put(Date, "now", (): number => {
    const time = current();
    return time ? time.wallNow() : now();
  });
  put(Math, "random", () => current() ? 0.5 : random());
  try {
    return await work();
  } finally {
    put(globalThis, "setTimeout", setTimeout);
    put(globalThis, "clearTimeout", clearTimeout);
    put(Date, "now", now);
    put(Math, "random", random);
  }
}
