/** The command was called wrongly: a flag, a setting or a file. Ends the program with exit code 2. */
export class UsageError extends Error {
  /** Always `"UsageError"`. */
  override readonly name = "UsageError";
}
