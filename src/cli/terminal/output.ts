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

/** Columns where a terminal does not tell. */
const USUAL_WIDTH = 80;

/** The process's own stdout and stderr. */
export function processOutput({ json, words }: { readonly json: boolean; readonly words: Words }): Output {
  let through: ((line: string) => void) | undefined;
  const shown = json ? STDERR : STDOUT;
  const say = (text: string, descriptor: number): void => {
    const columns = columnsOf(descriptor);
    const lines = `${columns === undefined ? text : wrapped(text, columns)}\n`;
    if (through && columns !== undefined) through(lines);
    else writeWhole(descriptor, lines);
  };
  return {
    json,
    words,
    isTerminal: isatty(STDERR),
    width: columnsOf(STDERR) ?? USUAL_WIDTH,
    printWidth: columnsOf(shown),
    color: isatty(STDERR) && !process.env.NO_COLOR,
    print: (text) => say(text, shown),
    note: (text) => say(text, STDERR),
    emit: (value) => {
      if (json) writeWhole(STDOUT, `${JSON.stringify(value, withCause)}\n`);
    },
    write: (text) => writeWhole(STDOUT, `${text}\n`),
    route: (write) => {
      through = write;
    },
  };
}

/** An error says what is underneath, too: `network` alone does not help. */
function withCause(this: unknown, name: string, value: unknown): unknown {
  const holder: unknown = this;
  const error = typeof holder === "object" && holder !== null ? Reflect.get(holder, name) : undefined;
  const cause = error instanceof HighLevelError ? causeOf(error) : undefined;
  return cause !== undefined && typeof value === "object" ? { ...value, cause } : value;
}

/** Columns of the terminal that `descriptor` leads to; `undefined` where it leads elsewhere. */
function columnsOf(descriptor: number): number | undefined {
  if (!isatty(descriptor)) return undefined;
  const { columns } = descriptor === STDOUT ? process.stdout : process.stderr;
  return Math.max(20, columns || USUAL_WIDTH);
}
