import process from "node:process";
import { isatty } from "node:tty";
import { STDERR, STDOUT, writeWhole } from "../files/write_whole.ts";

/** Where a command writes. Results go to stdout, everything said about them to stderr. */
export interface Output {
  /** Whether stdout carries one JSON object per line and nothing else. */
  readonly json: boolean;
  /** Whether a person looks at stderr. */
  readonly isTerminal: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Whether colours are welcome. */
  readonly color: boolean;
  /** A result in words: to stdout; with `json` to stderr. */
  print(text: string): void;
  /** A remark: to stderr. */
  note(text: string): void;
  /** A result as data: to stdout, only with `json`. */
  emit(value: object): void;
  /** Sends remarks and words on a terminal through `write` (a progress bar's own log) until called with nothing. */
  route(write?: (line: string) => void): void;
}

/** The process's own stdout and stderr. */
export function processOutput({ json }: { readonly json: boolean }): Output {
  let through: ((line: string) => void) | undefined;
  const isTerminal = isatty(STDERR);
  const say = (text: string, descriptor: number): void => {
    if (through && isatty(descriptor)) through(`${text}\n`);
    else writeWhole(descriptor, `${text}\n`);
  };
  return {
    json,
    isTerminal,
    width: Math.max(40, process.stdout.columns || process.stderr.columns || 80),
    color: isTerminal && !process.env.NO_COLOR,
    print: (text) => say(text, json ? STDERR : STDOUT),
    note: (text) => say(text, STDERR),
    emit: (value) => {
      if (json) writeWhole(STDOUT, `${JSON.stringify(value)}\n`);
    },
    route: (write) => {
      through = write;
    },
  };
}
