import type { HighLevelApp, RequestOptions } from "../../oauth/highlevel_app.ts";
import type { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { Agencies } from "../agencies.ts";
import type { ReconnectEndpoint } from "../reconnect_endpoint.ts";
import type { ConnectionRecord } from "../record.ts";

/** What a step of the ladder may use. A step gets tokens or throws; it stores no tokens. */
export interface StepContext extends Agencies {
  /** The app with all its pairs. */
  readonly app: HighLevelApp;
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** What is known of it. */
  readonly record: ConnectionRecord | undefined;
  /** A recovery by request. */
  readonly forced: boolean;
  /** Clock and timers of requests. */
  readonly requests: RequestOptions & Required<Pick<RequestOptions, "now" | "sleep">>;
  /** What is known of the Reconnect endpoint. */
  readonly endpoint: ReconnectEndpoint;
  /** Whether an endpoint is asked again that is not certain to be removed. */
  readonly asksAgain: boolean;
  /** Told when the endpoint turns out to be removed, and why; or to be back. */
  readonly tellEndpoint: (isBack: boolean, error?: HighLevelError) => void;
  /** Writes down that the refresh token of `record` is about to be spent; throws where it cannot: then it is not spent. */
  readonly noteSpending: (record: ConnectionRecord) => Promise<void>;
}
