import { defined } from "../oauth/defined.ts";
import {
  HighLevelError,
  type HighLevelErrorCode,
  type HighLevelErrorDetails,
} from "../oauth/highlevel_error.ts";

/** What a worker refuses or lacks by itself, in a closed set: none of these is HighLevel's word. */
export type WorkerProblemCode =
  | "not_found"
  | "method_not_allowed"
  | "content_too_large"
  | "unsupported_media_type"
  | "invalid_input"
  | "missing_key"
  | "wrong_key"
  | "not_allowed"
  | "path_not_allowed"
  | "too_many_wrong_keys"
  | "too_many_requests"
  | "misconfigured"
  | "not_ready"
  | "read_only"
  | "suspended"
  | "internal";

/** A field of the request that the worker does not take. */
export interface FieldFault {
  /** Where it stands: `path`, `query`, `body` or `header`. */
  readonly in: string;
  /** Its name; empty for the whole. */
  readonly field: string;
  /** What it must be. */
  readonly message: string;
}

/** The members of a worker's problem document (RFC 9457) beside those that the error has itself. */
export interface WorkerProblem {
  /** What went wrong: the worker's own word, or HighLevel's trouble as `HighLevelError` has it. Absent where this version knows it not. */
  readonly code?: WorkerProblemCode | HighLevelErrorCode;
  /** The status in words. */
  readonly title?: string;
  /** What happened, in words. */
  readonly detail?: string;
  /** Of `invalid_input`: which fields. */
  readonly errors?: readonly FieldFault[];
}

/** What a {@linkcode WorkerError} carries besides its code and message. */
export interface WorkerErrorDetails extends HighLevelErrorDetails {
  /** What the worker's problem document says. */
  readonly problem?: WorkerProblem | undefined;
  /** Where a person authorises the app again. */
  readonly authorizationUrl?: string | undefined;
}

/**
 * The one error of a worker's client. It is a {@linkcode HighLevelError}, so that what catches those of `Connections` goes on
 * working: `code` says what went wrong in the same closed set, `retryable` and `retryAfterMs` whether and when to ask again. `status` is
 * that of the worker's answer. What the worker says of itself is in `problem`. Never carries a key or a token.
 *
 * @example
 * ```ts
 * const error = new WorkerError("unavailable", "The worker answered 503: It is read-only for now.", {
 *   status: 503,
 *   retryAfterMs: 60_000,
 *   problem: { code: "read_only" },
 * });
 * if (error.problem?.code !== "read_only" || !error.retryable) throw error;
 * ```
 */
export class WorkerError extends HighLevelError {
  /** Always `"WorkerError"`. */
  override readonly name = "WorkerError";
  /** What the worker's problem document says; absent where something else answered, or nothing. */
  declare readonly problem?: WorkerProblem;
  /** Where a person authorises the app again: the link to show. */
  declare readonly authorizationUrl?: string;

  /** Makes an error with a code, a one-line message and what is known besides. */
  constructor(
    code: HighLevelErrorCode,
    message: string,
    { problem, authorizationUrl, ...details }: WorkerErrorDetails = {},
  ) {
    super(code, message, details);
    Object.assign(this, defined({ problem, authorizationUrl }));
  }
}
