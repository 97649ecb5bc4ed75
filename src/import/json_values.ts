import { orUndefined } from "../oauth/or_undefined.ts";
import type { Line } from "./lines_of.ts";
import type { PlainCode } from "./remarks.ts";

/** One JSON value of a file, or what was wrong with it. */
export interface JsonValue {
  /** The line it begins at; counts from 1. */
  readonly line: number;
  /** The value; `undefined` where something is wrong. */
  readonly value?: unknown;
  /** Of an item of the file's array: which one, from 0. */
  readonly index?: number;
  /** What is wrong. */
  readonly fault?: PlainCode;
}

const CUT = "cut_json";

/**
 * The JSON values of lines, however they are laid out: one on each line, one over many, many over many, or the items of
 * one array, each by itself, so that a file of a million is never held whole.
 *
 * What is broken costs as little as can be: it ends where a line begins an item anew, indented as the broken one was or less.
 */
export async function* jsonValues(lines: AsyncIterable<Line>): AsyncGenerator<JsonValue, void, undefined> {
  const scan = new Scan();
  for await (const { line, text } of lines) {
    if (text.trim() === "") continue;
    if (scan.isInside && indentOf(text) <= scan.indent && isWhole(text)) yield* scan.abandon();
    yield* scan.read(line, text);
  }
  yield* scan.abandon();
}

/** Whether `text` is an object by itself. */
function isWhole(text: string): boolean {
  const bare = text.trim().replace(/,$/, "");
  return bare.startsWith("{") && bare.endsWith("}") && parsed(bare) !== undefined;
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

function parsed(text: string): unknown {
  return orUndefined<unknown>(() => JSON.parse(text));
}

/** Finds where values begin and end, without building what holds them. */
class Scan {
  #depth = 0;
  #isText = false;
  #isArray = false;
  #index = 0;
  #line = 0;
  #indent = 0;
  #parts: string[] = [];
  /** After a text that goes over a line's end: what is indented more, and what closes it, belongs to what is broken. */
  #skipBeyond: number | undefined;

  /** Whether an item is not at its end. */
  get isInside(): boolean {
    return this.#parts.length > 0;
  }

  /** How far the line is indented at which the item began. */
  get indent(): number {
    return this.#indent;
  }

  *read(line: number, text: string): Generator<JsonValue, void, undefined> {
    const indent = indentOf(text);
    if (this.#skipBeyond !== undefined) {
      if (indent > this.#skipBeyond || /^\s*[}\s,]*$/.test(text)) return;
      this.#skipBeyond = undefined;
    }
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const char = text[at] ?? "";
      if (this.#isText) {
        if (char === "\\") at++;
        else if (char === '"') {
          this.#isText = false;
          if (this.#depth === 0) {
            yield* this.#end(text.slice(start, at + 1));
            start = at + 1;
          }
        }
        continue;
      }
      if (!this.isInside && start <= at) {
        if (/[\s,]/.test(char)) continue;
        if (char === "[" && !this.#isArray) {
          this.#isArray = true;
          this.#index = 0;
          continue;
        }
        if (char === "]" && this.#isArray) {
          this.#isArray = false;
          continue;
        }
        this.#line = line;
        this.#indent = indent;
        this.#parts = [""];
        start = at;
      }
      if (char === '"') this.#isText = true;
      else if (char === "{" || char === "[") this.#depth++;
      else if (char === "}" || char === "]") {
        this.#depth--;
        if (this.#depth < 0) { // the array's own end, behind a bare value
          yield* this.#end(text.slice(start, at));
          this.#isArray = false;
          start = at + 1;
          continue;
        }
      } else if (this.#depth === 0 && /[\s,]/.test(char)) {
        yield* this.#end(text.slice(start, at));
        start = at + 1;
        continue;
      }
      if (this.#depth === 0 && (char === "}" || char === "]")) {
        yield* this.#end(text.slice(start, at + 1));
        start = at + 1;
      }
    }
    if (!this.isInside) return;
    if (this.#isText) yield* this.#fault(); // no text of JSON goes over a line's end
    else if (this.#depth === 0) yield* this.#end(text.slice(start));
    else this.#parts.push(text.slice(start));
  }

  /** Ends what is open: it is cut. */
  *abandon(): Generator<JsonValue, void, undefined> {
    if (!this.isInside) return;
    yield* this.#fault();
    this.#skipBeyond = undefined;
  }

  *#end(last: string): Generator<JsonValue, void, undefined> {
    const value = parsed([...this.#parts, last].join("\n"));
    const place = { line: this.#line, ...(this.#isArray && { index: this.#index++ }) };
    this.#reset();
    yield value === undefined ? { ...place, fault: CUT } : { ...place, value };
  }

  *#fault(): Generator<JsonValue, void, undefined> {
    this.#skipBeyond = this.#indent;
    this.#reset();
    yield { line: this.#line, fault: CUT };
  }

  #reset(): void {
    this.#depth = 0;
    this.#isText = false;
    this.#parts = [];
  }
}
