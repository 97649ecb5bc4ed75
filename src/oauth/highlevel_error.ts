import { defined } from "./defined.ts";
import type { ConnectionTarget } from "./target.ts";

/**
 * What went wrong, in a closed set. docs/SUPPORT.md, "Error codes", has the cause and the next step of each.
 */
export type HighLevelErrorCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "endpoint_removed"
  | "location_inactive"
  | "not_installed"
  | "forbidden"
  | "unauthorized"
  | "rate_limited"
  | "unavailable"
  | "network"
  | "timeout"
  | "malformed_response"
  | "reauthorization_required"
  | "store_failed"
  | "invalid_webhook"
  | "wrong_connection";

/**
 * What HighLevel's words, or the store, add to a code, in a closed set.
 *
 * - `"scope"`: the app lacks a scope. `"token_kind"`: a token of the other user type is wanted.
 * - `"access"`: the token may not act for this location or company. `"version"`: the `Version` header is missing or wrong.
 * - `"firewall"`: Cloudflare, in front of HighLevel, refused the client. `"daily_limit"`: the calls of a day are used up.
 * - `"other_client"`: the refresh token was issued to another pair of the app.
 * - `"unreadable"`: something stands in the store that cannot be read, as a record under a sealing key that is missing.
 * - `"answer_lost"`: of a code that was sent twice: the first answer was lost, and may have granted.
 * - `"read_only"`: of `store_failed`: a worker that is read-only for now (`READ_ONLY`) changes nothing and spends no refresh token.
 * - `"suspended"`: of `location_inactive`: a person suspended the connection in a worker; resumed there, it works again.
 */
export type HighLevelErrorReason =
  | "scope"
  | "token_kind"
  | "access"
  | "version"
  | "firewall"
  | "daily_limit"
  | "other_client"
  | "unreadable"
  | "answer_lost"
  | "read_only"
  | "suspended";

/** What a {@linkcode HighLevelError} carries besides its code and message. */
export interface HighLevelErrorDetails {
  /** What HighLevel's words add to the code. */
  readonly reason?: HighLevelErrorReason | undefined;
  /** HTTP status of HighLevel's answer, where there was one. */
  readonly status?: number | undefined;
  /** HighLevel's trace id, which its support asks for. */
  readonly traceId?: string | undefined;
  /** How long to wait before trying again, ms. */
  readonly retryAfterMs?: number | undefined;
  /** The connection concerned. */
  readonly target?: ConnectionTarget | undefined;
  /** The error underneath. Only one whose text carries no secret. */
  readonly cause?: Error | undefined;
}

/**
 * The one error of this module. Never carries a token, a code or a client secret: not in its message, fields, cause,
 * JSON or inspection.
 *
 * @example
 * ```ts
 * const error = new HighLevelError("rate_limited", "HighLevel asks to slow down.", { status: 429, retryAfterMs: 10_000 });
 * if (error.code !== "rate_limited" || !error.retryable) throw error;
 * ```
 */
export class HighLevelError extends Error {
  /** `"HighLevelError"`; of a kind of its own, that one's name. */
  override readonly name: string = "HighLevelError";
  /** What went wrong. */
  declare readonly code: HighLevelErrorCode;
  /** Whether the same call may work later without anybody changing anything. */
  declare readonly retryable: boolean;
  /** What HighLevel's words add to the code. */
  declare readonly reason?: HighLevelErrorReason;
  /** HTTP status of HighLevel's answer. */
  declare readonly status?: number;
  /** HighLevel's trace id. */
  declare readonly traceId?: string;
  /** How long to wait before trying again, ms. Of `endpoint_removed`: how long that can be relied on. */
  declare readonly retryAfterMs?: number;
  /** The connection concerned. */
  declare readonly target?: ConnectionTarget;

  /** Makes an error with a code, a one-line message and what is known besides. */
  constructor(code: HighLevelErrorCode, message: string, { cause, ...details }: HighLevelErrorDetails = {}) {
    super(message, cause && { cause });
    const retryable = /^(rate_limited|unavailable|network|timeout|malformed_response|store_failed)$/.test(
      code,
    );
    Object.assign(this, defined({ ...details, code, retryable }));
  }

  /** What `JSON.stringify` shows: message, code and the known details. */
  toJSON(): Record<string, unknown>;
  toJSON(): object {
    return { ...this, message: this.message };
  }
}

/** Whether `error` is a {@linkcode HighLevelError} with one of `codes`. */
export function isCoded(error: unknown, ...codes: readonly HighLevelErrorCode[]): error is HighLevelError {
  return error instanceof HighLevelError && codes.includes(error.code);
}
