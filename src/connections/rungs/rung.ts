import type { HighLevelApp, RequestOptions } from "../../oauth/highlevel_app.ts";
import type { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { ConnectionRecord } from "../connection_record.ts";
import type { ReconnectEndpoint } from "../reconnect_endpoint.ts";

/** What a rung may use. A rung gets tokens or throws; it stores nothing. */
export interface RungContext {
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
  /** Told when the endpoint turns out to be removed. */
  readonly onEndpointRemoved: (error: HighLevelError) => void;
  /** A living token of a company; `rejected` is one that HighLevel refused. */
  readonly companyToken: (companyId: string, rejected?: string) => Promise<CompanyToken>;
}

/** A company's token, and how young it is. */
export interface CompanyToken {
  /** The token. */
  readonly accessToken: string;
  /** It was issued seconds ago: HighLevel may not know it everywhere yet. */
  readonly isYoung: boolean;
}
