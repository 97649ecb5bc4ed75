import type { HighLevelError, HighLevelErrorCode } from "../oauth/highlevel_error.ts";
import type { TokenSet } from "../oauth/token_set.ts";

/** What came of one attempt to get tokens: new ones, too many requests (this one was not carried out), or trouble. */
export type Outcome =
  | { readonly kind: "granted"; readonly grant: Grant }
  | { readonly kind: "throttled"; readonly error: HighLevelError; readonly retryAfterMs: number }
  | { readonly kind: Trouble; readonly error: HighLevelError };

/**
 * What an error says about the connection.
 *
 * - `"rejected"`: the refresh token or code is dead. The only one that says so.
 * - `"refused"`: HighLevel does not want this way, for a reason that says nothing about tokens.
 * - `"unknown"`: it is refused in words that we do not know.
 * - `"removed"`: the Reconnect endpoint is gone.
 * - `"paused"`: the location is not active; its tokens work again once it is.
 * - `"misconfigured"`: the app's own credentials are wrong; no connection is to blame.
 * - `"unavailable"`: HighLevel, or the store, is down.
 * - `"unanswered"`: no usable answer; the request may have been carried out.
 */
export type Trouble =
  | "rejected"
  | "refused"
  | "unknown"
  | "removed"
  | "paused"
  | "misconfigured"
  | "unavailable"
  | "unanswered";

/** New tokens and where they came from. */
export interface Grant {
  /** The tokens. */
  readonly tokens: TokenSet;
  /** What was odd about the answer. */
  readonly odd?: string;
  /** The pair of the app that HighLevel accepted, where it is known. */
  readonly clientId?: string;
  /** The agency whose token minted these. */
  readonly companyId?: string;
  /** HighLevel's trace id. */
  readonly traceId?: string;
}

const OUTCOMES: { readonly [code in HighLevelErrorCode]: Trouble | "throttled" } = {
  invalid_grant: "rejected",
  invalid_request: "refused",
  not_installed: "refused",
  forbidden: "refused",
  unauthorized: "unknown",
  reauthorization_required: "refused",
  invalid_webhook: "refused",
  wrong_connection: "refused",
  endpoint_removed: "removed",
  location_inactive: "paused",
  invalid_client: "misconfigured",
  rate_limited: "throttled",
  unavailable: "unavailable",
  store_failed: "unavailable",
  network: "unanswered",
  timeout: "unanswered",
  malformed_response: "unanswered",
};

/** What `error` says about the connection. */
export function outcomeOf(error: HighLevelError): Outcome {
  const kind = error.reason === "firewall" ? "unknown" : OUTCOMES[error.code];
  return kind === "throttled" ? { kind, error, retryAfterMs: error.retryAfterMs ?? 1_000 } : { kind, error };
}
