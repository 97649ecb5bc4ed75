/** HighLevel's answers of trouble, as they are counted. */
export const ANSWER_CLASSES = ["429", "5xx"] as const;

/** One of {@linkcode ANSWER_CLASSES}. */
export type AnswerClass = (typeof ANSWER_CLASSES)[number];

/** An isolate tells what it counted this often at most, ms. */
const TOLD_EVERY_MS = 30_000;

/** HighLevel's answers of trouble that this isolate passes on. What was not told yet when the isolate ends is not counted. */
export class AnswerCounts {
  readonly #tell: (counts: Readonly<Partial<Record<AnswerClass, number>>>) => Promise<void>;
  #counts: Partial<Record<AnswerClass, number>> = {};
  #toldAt = -Infinity;

  /** Told to `tell`. */
  constructor(tell: (counts: Readonly<Partial<Record<AnswerClass, number>>>) => Promise<void>) {
    this.#tell = tell;
  }

  /** Counts an answer; where it is time to tell, that is the work to be kept alive. */
  note(status: number, now: number): Promise<void> | undefined {
    const which: AnswerClass | undefined = status === 429 ? "429" : status >= 500 ? "5xx" : undefined;
    if (!which) return undefined;
    this.#counts[which] = (this.#counts[which] ?? 0) + 1;
    if (now - this.#toldAt < TOLD_EVERY_MS) return undefined;
    const counts = this.#counts;
    this.#counts = {};
    this.#toldAt = now;
    return this.#tell(counts);
  }
}
