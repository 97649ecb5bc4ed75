import { writeSync } from "node:fs";
import process from "node:process";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
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
  const { stdout, stderr } = process;
  const shown = json ? stderr : stdout;
  const isTerminal = stderr.isTTY === true;
  const say = (text: string, stream: Stream): void => {
    const columns = columnsOf(stream);
    const lines = `${columns === undefined ? text : wrapped(text, columns)}\n`;
    if (through && columns !== undefined) through(lines);
    else writeAll(stream.fd, lines);
  };
  return {
    json,
    words,
    isTerminal,
    width: columnsOf(stderr) ?? USUAL_WIDTH,
    printWidth: columnsOf(shown),
    color: isTerminal && !process.env.NO_COLOR,
    print: (text) => say(text, shown),
    note: (text) => say(text, stderr),
    emit: (value) => {
      if (json) writeAll(stdout.fd, `${JSON.stringify(value, withCause)}\n`);
    },
    write: (text) => writeAll(stdout.fd, `${text}\n`),
    route: (write) => {
      through = write;
    },
  };
}

/** What is needed of a stream of the process. */
interface Stream {
  readonly fd: number;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** An error says what is underneath, too: `network` alone does not help. */
function withCause(this: unknown, name: string, value: unknown): unknown {
  const holder: unknown = this;
  const error = typeof holder === "object" && holder !== null ? Reflect.get(holder, name) : undefined;
  const cause = error instanceof HighLevelError ? causeOf(error) : undefined;
  return cause !== undefined && typeof value === "object" ? { ...value, cause } : value;
}

function columnsOf({ isTTY, columns }: Stream): number | undefined {
  return isTTY ? Math.max(20, columns || USUAL_WIDTH) : undefined;
}

/** Writes all of `data` to an open file; a pipe that is full for now is written to again. */
export function writeAll(file: number, data: string | Uint8Array): void {
  let bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(file, bytes));
    } catch (error) {
      if (!isErrno(error, "EAGAIN")) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Whether `error` is the system's of that code. */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && Reflect.get(error, "code") === code;
}
