// The conformance suite's own assertions: it runs in places that have no test runner.
import { HighLevelError } from "../../mod.ts";

/** One thing the core does the same wherever it runs. */
export interface Check {
  /** A sentence about behaviour. */
  readonly name: string;
  /** What the runtime must have besides `fetch` and WebCrypto's common part. */
  readonly needs?: "Ed25519";
  /** Rejects when it is not so. */
  readonly run: () => Promise<void>;
}

/** Throws unless both are equal, compared as JSON. */
export function equal(actual: unknown, expected: unknown, what = "value"): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`${what} is ${is}, not ${should}`);
}

/** Throws unless `condition` holds. */
export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(`it does not hold that ${what}`);
}

/** The `HighLevelError` that `promise` rejects with; anything else throws. */
export async function rejection(promise: Promise<unknown>): Promise<HighLevelError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof HighLevelError) return error;
    throw new Error(`it rejects with ${error}, not with a HighLevelError`);
  }
  throw new Error("it does not reject");
}
