/** Settings that do not do, all that is wrong with them at once. Names settings, never their values. */
export class MisconfiguredError extends Error {
  /** What is wrong, one line per setting. */
  readonly problems: readonly string[];

  /** Tells `problems`. */
  constructor(problems: readonly string[]) {
    super(`This worker is not set up: ${problems.join("; ")}.`);
    this.name = "MisconfiguredError";
    this.problems = problems;
  }
}
