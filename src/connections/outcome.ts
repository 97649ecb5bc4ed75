import type { HighLevelError } from "../oauth/highlevel_error.ts";
import type { TokenSet } from "../oauth/token_set.ts";

/** What came of one attempt to get tokens. */
export type Outcome =
  /** New tokens. */
  | { readonly kind: "granted"; readonly grant: Grant }
  /** The refresh token or code is dead. The only outcome that says so. */
  | { readonly kind: "rejected"; readonly error: HighLevelError }
  /** HighLevel does not want this way, for a reason that says nothing about tokens. */
  | { readonly kind: "refused"; readonly error: HighLevelError }
  /** The Reconnect endpoint is gone. */
  | { readonly kind: "removed"; readonly error: HighLevelError }
  /** The location is not active; its tokens work again once it is. */
  | { readonly kind: "paused"; readonly error: HighLevelError }
  /** The app's own credentials are wrong; no connection is to blame. */
  | { readonly kind: "misconfigured"; readonly error: HighLevelError }
  /** Too many requests; this one was not carried out. */
  | { readonly kind: "throttled"; readonly error: HighLevelError; readonly retryAfterMs: number }
  /** HighLevel, or the store, is down. */
  | { readonly kind: "unavailable"; readonly error: HighLevelError }
  /** No usable answer; the request may have been carried out. */
  | { readonly kind: "unanswered"; readonly error: HighLevelError };

/** New tokens and where they came from. */
export interface Grant {
  /** The tokens. */
  readonly tokens: TokenSet;
  /** The pair of the app that HighLevel accepted, where it is known. */
  readonly clientId?: string;
  /** HighLevel's trace id. */
  readonly traceId?: string;
}

/** What `error` says about the connection. */
export function outcomeOf(error: HighLevelError): Outcome {
  switch (error.code) {
    case "invalid_grant":
      return { kind: "rejected", error };
    case "endpoint_removed":
      return { kind: "removed", error };
    case "location_inactive":
      return { kind: "paused", error };
    case "invalid_client":
      return { kind: "misconfigured", error };
    case "rate_limited":
      return { kind: "throttled", error, retryAfterMs: error.retryAfterMs ?? 1_000 };
    case "unavailable":
    case "store_failed":
      return { kind: "unavailable", error };
    case "network":
    case "timeout":
    case "malformed_response":
      return { kind: "unanswered", error };
    case "invalid_request":
    case "not_installed":
    case "forbidden":
    case "unauthorized":
    case "reauthorization_required":
    case "invalid_webhook":
      return { kind: "refused", error };
  }
}
