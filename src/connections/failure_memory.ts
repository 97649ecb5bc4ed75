import { HighLevelError } from "../oauth/highlevel_error.ts";
import { type ConnectionTarget, describeTarget } from "../oauth/target.ts";
import { isCoolingDown } from "./policy.ts";
import type { ConnectionRecord, Failure } from "./record.ts";

/** Connections remembered that no record is held of. */
const MAX_KEYS = 10_000;

/** How attempts failed lately; see {@linkcode createFailureMemory}. */
export interface FailureMemory {
  /** The last failure of the connection under `key`, whose record is `record`. */
  of(key: string, record: ConnectionRecord | undefined): Failure | undefined;
  /** The last failure, if it was so short a time ago that nobody tries again. */
  recent(key: string, record: ConnectionRecord | undefined): Failure | undefined;
  /** Notes a failure of an attempt that began with `record`. */
  note(key: string, failure: Failure, record: ConnectionRecord | undefined): void;
  /** Forgets the failures of the connection under `key`. */
  clear(key: string): void;
}

/**
 * Remembers how attempts failed: in the record, which other processes read, and here, for what has no record or could not be
 * written. For `coolDownMs` nobody but a recovery by request tries again.
 */
export function createFailureMemory(now: () => number, coolDownMs: number): FailureMemory {
  const known = new Map<string, { readonly failure: Failure; readonly accessToken: string | undefined }>();
  const of: FailureMemory["of"] = (key, record) => {
    const here = known.get(key);
    const stored = record?.failure;
    // Tokens that came from elsewhere end a failure that is remembered here alone.
    const isSame = here !== undefined && here.accessToken === record?.tokens?.accessToken;
    return isSame && here.failure.at > (stored?.at ?? -Infinity) ? here.failure : stored;
  };
  return {
    of,
    recent: (key, record) => {
      const failure = of(key, record);
      return isCoolingDown(failure, now(), coolDownMs) ? failure : undefined;
    },
    note: (key, failure, record) => {
      if (known.size >= MAX_KEYS) known.clear();
      known.set(key, { failure, accessToken: record?.tokens?.accessToken });
    },
    clear: (key) => known.delete(key),
  };
}

/** The error that a caller is told where an attempt has ended with `outcome`; `link` is where a person authorises again. */
export function errorOf(
  target: ConnectionTarget,
  outcome: Failure["outcome"],
  { code, message, status, traceId }: Pick<HighLevelError, "code" | "message" | "status" | "traceId">,
  link: string | undefined,
): HighLevelError {
  const details = { status, traceId, target };
  if (outcome !== "reauthorization_required") return new HighLevelError(code, message, details);
  const reason = code === outcome ? "" : ` Last answer: ${message}`;
  const text = `${describeTarget(target)}: a person must authorize the app again${
    link ? ` at ${link}` : ""
  }.${reason}`;
  return new HighLevelError(outcome, text, details);
}
