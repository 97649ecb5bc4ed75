import process from "node:process";
import { isatty } from "node:tty";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import { STDERR, STDOUT, writeWhole } from "../files/write_whole.ts";
import type { Words } from "../words/words.ts";
import { causeOf } from "./texts.ts";
import { wrapped } from "./wrapped.ts";

/** Where a command writes. Results go to stdout, everything said about them to stderr. */
export interface Output {
  /** Whether stdout carries one JSON object per line and nothing else. */
  readonly json: boolean;
  /** What people read, in their language. JSON is the same in every one. */
  readonly words: Words;
  /** Whether a person looks at stderr. */
  readonly isTerminal: boolean;
  /** Columns of the terminal that shows remarks. */
  readonly width: number;
  /** Columns of the terminal that shows results; `undefined` where they go into a file: lines are whole there. */
  readonly printWidth: number | undefined;
  /** Whether colours are welcome. */
  readonly color: boolean;
  /** A result in words: to stdout; with `json` to stderr. */
  print(text: string): void;
  /** A remark: to stderr. */
  note(text: string): void;
  /** A result as data: to stdout, only with `json`. */
  emit(value: object): void;
  /** A result for other programs, such as a token or a line of CSV: to stdout as it is. */
  write(text: string): void;
  /** Sends remarks and words on a terminal through `write` (a progress bar's own log) until called with nothing. */
  route(write?: (line: string) => void): void;
}

/** Where an {@linkcode Output} leads. */
export interface OutputTarget {
  /** Columns of the terminal on stdout; `undefined` where that is none. */
  readonly stdout: number | undefined;
  /** Columns of the terminal on stderr; `undefined` where that is none. */
  readonly stderr: number | undefined;
  /** Whether a person looks, who may be shown a bar and colours. */
  readonly isTerminal: boolean;
  /** Whether colours are welcome. */
  readonly color: boolean;
  /** Writes whole lines. */
  readonly write: (descriptor: typeof STDOUT | typeof STDERR, lines: string) => void;
}

/** Columns where a terminal does not tell. */
const USUAL_WIDTH = 80;

/** The process's own stdout and stderr. */
export function processOutput(options: { readonly json: boolean; readonly words: Words }): Output {
  const { stdout, stderr } = process;
  return outputTo({
    stdout: columnsOf(STDOUT, stdout.columns),
    stderr: columnsOf(STDERR, stderr.columns),
    isTerminal: isatty(STDERR),
    color: isatty(STDERR) && !process.env.NO_COLOR,
    write: writeWhole,
  }, options);
}

/** An output that leads to `target`; on a terminal no word is broken. */
export function outputTo(
  { stdout, stderr, isTerminal, color, write }: OutputTarget,
  { json, words }: { readonly json: boolean; readonly words: Words },
): Output {
  let through: ((line: string) => void) | undefined;
  const sayTo =
    (descriptor: typeof STDOUT | typeof STDERR, columns: number | undefined) => (text: string): void => {
      const lines = `${columns === undefined ? text : wrapped(text, columns)}\n`;
      if (through && columns !== undefined) through(lines);
      else write(descriptor, lines);
    };
  const note = sayTo(STDERR, stderr);
  return {
    json,
    words,
    isTerminal,
    width: stderr ?? USUAL_WIDTH,
    printWidth: json ? stderr : stdout,
    color,
    print: json ? note : sayTo(STDOUT, stdout),
    note,
    emit: (value) => {
      if (json) write(STDOUT, `${JSON.stringify(value, withCause)}\n`);
    },
    write: (text) => write(STDOUT, `${text}\n`),
    route: (write) => {
      through = write;
    },
  };
}

/** An error says what is underneath, too: `network` alone does not help. */
function withCause(this: object, name: string, value: unknown): unknown {
  const error: unknown = Reflect.get(this, name); // `value` is what its toJSON made of it
  const cause = error instanceof HighLevelError ? causeOf(error) : undefined;
  return cause !== undefined && typeof value === "object" ? { ...value, cause } : value;
}

/** Columns of the terminal that `descriptor` leads to; `undefined` where it leads elsewhere. */
function columnsOf(descriptor: number, columns: number | undefined): number | undefined {
  return isatty(descriptor) ? Math.max(20, columns || USUAL_WIDTH) : undefined;
}
