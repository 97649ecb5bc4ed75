import type { Words } from "./words/words.ts";
import type { Output } from "./terminal/output.ts";

/** What a command is given: the words of its reader, and whom to tell how it ended. */
export interface Host {
  /** What people read, in their language. */
  readonly words: Words;
  /** Columns of help. */
  readonly helpWidth: number;
  /** Writes help, where that is not the process's own output. */
  readonly showHelp?: {
    readonly writeOut: (text: string) => void;
    readonly writeErr: (text: string) => void;
  };
  /** Where a command writes that was called with these flags. */
  output(flags: { readonly json?: boolean }): Output;
  /** Told the exit code; bad usage throws instead. */
  finish(exitCode: number): void;
}
