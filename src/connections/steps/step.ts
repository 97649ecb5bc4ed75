import type { HighLevelApp, RequestOptions } from "../../oauth/highlevel_app.ts";
import type { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { Agencies } from "../agencies.ts";
import type { ConnectionRecord } from "../record.ts";
import type { ReconnectEndpoint } from "../reconnect_endpoint.ts";

/** What a rung may use. A rung gets tokens or throws; it stores nothing. */
export interface RungContext extends Agencies {
  /** The app with all its pairs. */
  readonly app: HighLevelApp;
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** What is known of it. */
  readonly record: ConnectionRecord | undefined;
  /** Clock and timers of requests. */
  readonly requests: RequestOptions & Required<Pick<RequestOptions, "now" | "sleep">>;
  /** What is known of the Reconnect endpoint. */
  readonly endpoint: ReconnectEndpoint;
  /** Whether an endpoint is asked again that is not certain to be removed. */
  readonly asksAgain: boolean;
  /** Told when the endpoint turns out to be removed. */
  readonly onEndpointRemoved: (error: HighLevelError) => void;
}
