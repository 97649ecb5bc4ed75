const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX = "0123456789abcdef";

/** The four 32-bit words a {@linkcode Random} continues from. */
export type RandomState = readonly [number, number, number, number];

/** Repeatable randomness (xorshift, 128 bits of state): the same seed makes the same world. Not for real secrets. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** Starts from a seed or goes on from a saved state. */
  constructor(start: number | RandomState) {
    [this.#a, this.#b, this.#c, this.#d] = typeof start === "number"
      ? [start >>> 0, 0x9e3779b9, 0x243f6a88, 0xb7e15162]
      : start;
    if (typeof start === "number") { for (let turn = 0; turn < 20; turn++) this.word(); }
  }

  /** Where it stands, for a snapshot. */
  get state(): RandomState {
    return [this.#a, this.#b, this.#c, this.#d];
  }

  /** The next 32 bits, as a number from 0 up. */
  word(): number {
    let mixed = this.#d;
    this.#d = this.#c;
    this.#c = this.#b;
    this.#b = this.#a;
    mixed ^= mixed << 11;
    mixed ^= mixed >>> 8;
    this.#a = (mixed ^ this.#a ^ (this.#a >>> 19)) >>> 0;
    return this.#a;
  }

  /** Letters and digits, by default 20 of them as in HighLevel's ids. */
  id(length = 20): string {
    return this.#text(LETTERS, 5, length);
  }

  /** Lower-case hexadecimal digits. */
  hex(length: number): string {
    return this.#text(HEX, 8, length);
  }

  /** Looks like a version 4 UUID. */
  uuid(): string {
    const digits = this.hex(30);
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(12, 15)}-a${digits.slice(15, 18)}-` +
      digits.slice(18);
  }

  #text(alphabet: string, perWord: number, length: number): string {
    let text = "";
    while (text.length < length) {
      let word = this.word();
      for (let letter = 0; letter < perWord && text.length < length; letter++) {
        text += alphabet[word % alphabet.length];
        word = Math.floor(word / alphabet.length);
      }
    }
    return text;
  }
}
