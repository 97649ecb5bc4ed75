import assert from "node:assert/strict";

const MIB = 1024 * 1024;

/** Samples of a process's memory over time. */
export class Memory {
  readonly #samples: number[] = [];

  /** Adds a sample, bytes; 0 (the process is gone) is left out. */
  add(bytes: number): void {
    if (bytes > 0) this.#samples.push(bytes);
  }

  /** Fails where the last quarter holds much more than the second: caches fill early, leaks grow on. */
  assertFlat(name: string): void {
    assert.ok(this.#samples.length >= 12, `only ${this.#samples.length} samples of ${name}`);
    const [early, late] = [this.#median(0.25, 0.5), this.#median(0.75, 1)];
    assert.ok(late <= early * 1.3 + 24 * MIB, `${name} grows: ${this}`);
  }

  /** Fails where it was more than `mebibytes` at any time. */
  assertBelow(mebibytes: number, name: string): void {
    assert.ok(Math.max(...this.#samples) <= mebibytes * MIB, `${name} takes too much: ${this}`);
  }

  /** The medians of the second and of the last quarter, and the greatest sample. */
  toString(): string {
    const shown = [this.#median(0.25, 0.5), this.#median(0.75, 1), Math.max(...this.#samples)].map((bytes) =>
      Math.round(bytes / MIB)
    );
    return `${shown[0]} MiB in the second quarter, ${shown[1]} MiB in the last, ${shown[2]} MiB at most`;
  }

  #median(from: number, to: number): number {
    const { length } = this.#samples;
    const part = this.#samples.slice(Math.floor(from * length), Math.ceil(to * length)).sort((a, b) => a - b);
    return part[Math.floor(part.length / 2)] ?? 0;
  }
}
