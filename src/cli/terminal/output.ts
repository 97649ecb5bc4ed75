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
  const isTerminal = Deno.stderr.isTerminal();
  const say = (text: string, stream: typeof Deno.stdout | typeof Deno.stderr): void => {
    if (through && stream.isTerminal()) through(`${text}\n`);
    else writeAll(stream, `${text}\n`);
  };
  return {
    json,
    isTerminal,
    width: terminalWidth(),
    color: isTerminal && !Deno.noColor,
    print: (text) => say(text, json ? Deno.stderr : Deno.stdout),
    note: (text) => say(text, Deno.stderr),
    emit: (value) => {
      if (json) writeAll(Deno.stdout, `${JSON.stringify(value)}\n`);
    },
    route: (write) => {
      through = write;
    },
  };
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
}

function terminalWidth(): number {
  try {
    return Math.max(40, Deno.consoleSize().columns || 80);
  } catch {
    return 80; // not a terminal
  }
}
