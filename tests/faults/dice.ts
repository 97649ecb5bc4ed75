/** Random numbers that come again with the same seed (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, and not including, `limit`. */
  upTo(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 * limit;
  }

  /** One of `items`. */
  of<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.upTo(items.length))];
    if (item === undefined) throw new RangeError("there is nothing to choose from");
    return item;
  }
}

/** The seed in the environment, or a fresh one. */
export function anySeed(): number {
  const given = Number(Deno.env.get("SEED"));
  return Number.isSafeInteger(given) && given > 0
    ? given
    : crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
}
