import type { Words } from "./words/words.ts";
import type { Output } from "./terminal/output.ts";

/** What a command is given: the words of its reader, and whom to tell how it ended. */
export interface Host {
  /** What people read, in their language. */
  readonly words: Words;
  /** Where a command writes that was called with these flags. */
  output(flags: { readonly json?: boolean }): Output;
  /** Told the exit code; bad usage throws instead. */
  finish(exitCode: number): void;
}
