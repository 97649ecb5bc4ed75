import type { HighLevelError, HighLevelErrorCode } from "../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../oauth/target.ts";

/** The ways to get a connection back, cheapest first (the ladder of README, "How a connection comes back"). */
export type RecoveryWay = "store" | "refresh" | "reconnect" | "agency";

/** One way that was tried. */
export interface RecoveryAttempt {
  /** Which way. */
  readonly by: RecoveryWay;
  /** Why it did not work; absent where it did. */
  readonly code?: HighLevelErrorCode;
  /** In words: HighLevel's own, where it answered. */
  readonly message?: string;
  /** HTTP status of HighLevel's answer, where it was an error. */
  readonly status?: number;
  /** HighLevel's trace id. */
  readonly traceId?: string;
  /** How long it took, ms. */
  readonly ms: number;
}

/** How the recovery of one connection ended. Carries no token. */
export interface Recovery {
  /** Which connection. */
  readonly target: ConnectionTarget;
  /**
   * - `"recovered"`: it has living tokens. With an `error` of code `store_failed`, they could not be stored yet.
   * - `"paused"`: the location is not active; nothing is lost.
   * - `"reauthorization_required"`: every way was refused; send `authorizationUrl` to the customer.
   * - `"failed"`: trouble that may pass (`error.retryable`), or wrong credentials. Nothing was given up.
   */
  readonly outcome: "recovered" | "paused" | "reauthorization_required" | "failed";
  /** The way that worked. */
  readonly by?: RecoveryWay;
  /** HighLevel's last trace id. */
  readonly traceId?: string;
  /** Every way that was tried, in order. */
  readonly attempts: readonly RecoveryAttempt[];
  /** Where a person authorises the app again; known when the scope and a redirect URI are. */
  readonly authorizationUrl?: string;
  /** Why it is not recovered. */
  readonly error?: HighLevelError;
}
