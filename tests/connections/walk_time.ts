// Time in a random walk: it passes while something waits for it.
import { drained, VirtualTime } from "../exhaustive/virtual_time.ts";
import type { Clock } from "./world.ts";

/** Turns without a timer after which nothing will come any more. */
const MAX_IDLE = 100;

/** The virtual time of a walk: `Date.now` is the clock of the world, which somebody may set. */
export class WalkTime extends VirtualTime {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    super(clock.at);
    this.#clock = clock;
  }

  override wallNow(): number {
    return this.#clock.at;
  }

  /** What `work` gives; while it waits for a timer, time passes. */
  async whileTimePasses<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = (): void => void (isDone = true);
    work.then(end, end);
    for (let idle = 0; idle < MAX_IDLE; idle = this.pass() ? 0 : idle + 1) {
      await drained();
      if (isDone) return await work;
    }
    throw new Error("it waits for ever");
  }

  /** Lets everything come to its end that is under way in the background. */
  async untilQuiet(): Promise<void> {
    do await drained(); while (this.pass());
  }

  /** Fires the next timer. Tells whether there was one. */
  pass(): boolean {
    const [timer] = this.timersOf(undefined);
    if (!timer) return false;
    const ms = Math.max(0, timer.due - this.at);
    this.at += ms;
    this.#clock.at += ms;
    this.fire(timer);
    return true;
  }
}
