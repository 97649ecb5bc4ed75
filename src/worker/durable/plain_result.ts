import type { Recovery } from "../../connections/mod.ts";
import { HighLevelError, type HighLevelErrorCode, type HighLevelErrorReason } from "../../oauth/mod.ts";

/** A `HighLevelError` as plain data: error classes do not survive the way between objects. */
export interface PlainError {
  /** What went wrong. */
  readonly code: HighLevelErrorCode;
  /** What HighLevel's words add to that. */
  readonly reason?: HighLevelErrorReason;
  /** In words. */
  readonly message: string;
  /** HTTP status of HighLevel's answer. */
  readonly status?: number;
  /** HighLevel's trace id. */
  readonly traceId?: string;
  /** Whether the same call may work later. */
  readonly retryable: boolean;
  /** How long to wait, ms. */
  readonly retryAfterMs?: number;
  /** Where a person authorises the app again. */
  readonly authorizationUrl?: string;
}

/** A `Recovery` as plain data. */
export interface PlainRecovery extends Omit<Recovery, "error"> {
  /** Why it is not recovered. */
  readonly error?: PlainError;
}

/** What a method of an object answers. */
export type Result<T> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly error: PlainError };

/** `error` as plain data. */
export function plainError(
  { code, reason, message, status, traceId, retryable, retryAfterMs }: HighLevelError,
): PlainError {
  return {
    code,
    message,
    retryable,
    ...(reason !== undefined && { reason }),
    ...(status !== undefined && { status }),
    ...(traceId !== undefined && { traceId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** `recovery` as plain data. */
export function plainRecovery({ error, ...rest }: Recovery): PlainRecovery {
  return { ...rest, ...(error && { error: plainError(error) }) };
}

/** The error that {@linkcode plainError} made plain. */
export function reviveError(
  { code, message, authorizationUrl: _, ...details }: PlainError,
): HighLevelError {
  return new HighLevelError(code, message, details);
}

/** The result of `work`, or its `HighLevelError` as plain data. */
export async function resultOf<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, ...await work() };
  } catch (error) {
    if (error instanceof HighLevelError) return { ok: false, error: plainError(error) };
    throw error;
  }
}

/** What `result` holds; throws the error that it is. */
export function resultOrError<T>(result: Result<T>): T {
  if (!result.ok) throw reviveError(result.error);
  return result;
}
