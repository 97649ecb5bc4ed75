import type { Words } from "./words/words.ts";

/** The command was called wrongly: a flag, a setting or a file. Ends the program with exit code 2. */
export class UsageError extends Error {
  /** Always `"UsageError"`. */
  override readonly name = "UsageError";
  /** What is wrong, in the words of a language. */
  readonly say: (words: Words) => string;

  /** Says what is wrong by `say`, in the language of whoever reads it. */
  constructor(say: (words: Words) => string) {
    super();
    this.say = say;
  }
}
