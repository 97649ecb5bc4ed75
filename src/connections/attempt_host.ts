import type { HighLevelApp } from "../oauth/highlevel_app.ts";
import type { Agencies } from "./agencies.ts";
import type { ConnectionKey } from "./connection_key.ts";
import type { Emit } from "./events.ts";
import type { FailureMemory } from "./failure_memory.ts";
import type { AccessTokenOptions, ConnectionDetails } from "./options.ts";
import type { ReconnectEndpoint } from "./reconnect_endpoint.ts";
import type { ConnectionRecord, UsableRecord } from "./record.ts";
import type { RecordStore } from "./record_store.ts";
import type { Recovery } from "./recovery.ts";
import type { RunAlone } from "./run_alone.ts";
import type { StepContext } from "./steps/step.ts";

/** What a caller wants of an attempt. */
export interface AttemptRequest extends AccessTokenOptions {
  /** Refresh also what comes to be due within this time, ms. */
  readonly aheadMs?: number;
  /** Try the ladder even if the stored token looks usable. */
  readonly forced?: boolean;
  /** One of many: what is known of the Reconnect endpoint is believed. A person's request asks again what is not certain. */
  readonly isBulk?: boolean;
  /** Of a forced request: the record when it was made. What came since is found, or wins, instead. */
  readonly before?: ConnectionRecord | undefined;
  /** Of a forced request: tells whether the connection was forgotten here since it was made. */
  readonly isForgottenSince?: () => boolean;
  /** What the caller knows of the connection, checked. */
  readonly details?: ConnectionDetails;
}

/** How an attempt ended. */
export interface Attempt {
  /** What is told of it. */
  readonly recovery: Recovery;
  /** The record whose access token can be used. */
  readonly usable?: UsableRecord;
  /** Where the ladder did not work: the record it began with. */
  readonly held?: ConnectionRecord | undefined;
}

/** What an attempt works with. */
export interface AttemptHost {
  readonly app: HighLevelApp;
  readonly scope: string | readonly string[] | undefined;
  readonly records: RecordStore;
  readonly runAlone: RunAlone;
  readonly requests: StepContext["requests"];
  readonly endpoint: ReconnectEndpoint;
  readonly failures: FailureMemory;
  readonly mint: Agencies["mint"];
  readonly emit: Emit;
  /** Whether notes are safe with the store. */
  readonly keepsNotes: boolean;
  /** Now, but later than `record`. */
  readonly nextUpdatedAt: (record: ConnectionRecord | undefined) => number;
  /** Whether the access token of `record` fits `request`. */
  readonly isUsable: (
    key: ConnectionKey,
    record: ConnectionRecord | undefined,
    request: AttemptRequest,
  ) => record is UsableRecord;
  /** Writes that a connection is given up: at once, or where nothing guards the store, after another look. */
  readonly giveUp: (
    key: ConnectionKey,
    record: ConnectionRecord,
    before: ConnectionRecord | undefined,
    fence: number | undefined,
  ) => Promise<ConnectionRecord | undefined>;
}
