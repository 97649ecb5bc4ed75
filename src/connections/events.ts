import { defined } from "../oauth/defined.ts";
import type { HighLevelError } from "../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { RecoveryAttempt, RecoveryWay } from "./recovery.ts";

/** What happened to a connection. Carries no token. */
export interface ConnectionEvent {
  /**
   * - `"installed"`: tokens were saved or authorised of a connection that was not held. `"uninstalled"`: one that was is forgotten.
   * - `"lost"`: a connection that worked does not any more: its token has ended, or no refresh token is left, and recovery has failed
   *   in a way that may pass.
   * - `"refreshed"`: the ordinary rotation of a healthy connection.
   * - `"recovered"`: a connection that was lost, broken, or recovered by request works again.
   * - `"paused"` and `"resumed"`: the location is not active, and is again.
   * - `"reauthorization_required"`: every way was refused.
   * - `"recovery_failed"`: trouble ended the attempt; nothing was given up.
   * - `"store_failed"`: new tokens could not be stored; they are kept in memory for the next call.
   * - `"endpoint_removed"`: HighLevel says that the Reconnect endpoint is gone; it is left alone for a day. `"endpoint_back"`: it answers again.
   * - `"odd_answer"`: new tokens were kept although HighLevel's answer was odd; `error` says how.
   * - `"store_without_lock"`: told once, without a `target`: several processes on this store may lose a connection.
   */
  readonly type:
    | "installed"
    | "uninstalled"
    | "lost"
    | "refreshed"
    | "recovered"
    | "paused"
    | "resumed"
    | "reauthorization_required"
    | "recovery_failed"
    | "store_failed"
    | "endpoint_removed"
    | "endpoint_back"
    | "odd_answer"
    | "store_without_lock";
  /** Which connection; absent where it is about the store. */
  readonly target?: ConnectionTarget;
  /** When. */
  readonly at: Date;
  /** The way that worked. */
  readonly by?: RecoveryWay;
  /** HighLevel's trace id. */
  readonly traceId?: string;
  /** How long it took, ms. */
  readonly ms?: number;
  /** Why it did not work. */
  readonly error?: HighLevelError;
  /** Every way that was tried, in order. */
  readonly attempts?: readonly RecoveryAttempt[];
}

/** Tells an event, with the moment. */
export type Emit = (
  event: { readonly [K in keyof Omit<ConnectionEvent, "at">]: ConnectionEvent[K] | undefined } & {
    readonly type: ConnectionEvent["type"];
  },
) => void;

/** Tells events to `onEvent`. A listener's trouble costs no token, and a rejection that nobody handles no process. */
export function createEmit(onEvent: ((event: ConnectionEvent) => void) | undefined, now: () => number): Emit {
  return (event) => {
    const telling = async (): Promise<void> => await onEvent?.(defined({ ...event, at: new Date(now()) }));
    telling().catch(() => {});
  };
}
