import { defined } from "../oauth/defined.ts";
import { moment } from "../oauth/fields.ts";
import type { HighLevelErrorCode, HighLevelErrorReason } from "../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { RecordSummary } from "../stores/token_store.ts";
import type { ConnectionRecord } from "./record.ts";
import type { ConnectionStatus } from "../stores/status.ts";

/** What `Connections.get` and `list` tell of a connection. Carries no token. */
export interface Connection {
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** Where it stands. */
  readonly status: ConnectionStatus;
  /** When the access token held ends. */
  readonly expiresAt?: Date;
  /** When the refresh token held was issued; it lives a year. */
  readonly refreshTokenIssuedAt?: Date;
  /** The agency of a location, where it is known. */
  readonly companyId?: string;
  /** A name for people, where one is known. */
  readonly name?: string;
  /** When the record last changed. */
  readonly updatedAt: Date;
  /** What the tokens may do. Only from `get`. */
  readonly scope?: readonly string[];
  /** The installed version of the app, where it is known. Only from `get`. */
  readonly versionId?: string;
  /** Whether its agency sells under a white label, where that is known. Only from `get`. */
  readonly isWhiteLabel?: boolean;
  /** Why the status is not `connected`. Only from `get`. */
  readonly trouble?: {
    readonly code: HighLevelErrorCode;
    readonly reason?: HighLevelErrorReason;
    readonly message: string;
    readonly traceId?: string;
  };
}

/** One page of `Connections.list`. */
export interface ConnectionPage {
  /** The connections. */
  readonly connections: readonly Connection[];
  /** Asks for the next page; absent on the last one. */
  readonly cursor?: string;
}

/** What can be shown of a connection: from the summary, and from the whole record where it was read. */
export function connectionFrom(
  target: ConnectionTarget,
  status: ConnectionStatus,
  summary: RecordSummary,
  record?: ConnectionRecord,
): Connection {
  const { expiresAt, refreshTokenIssuedAt, companyId, name, updatedAt } = summary;
  return defined({
    target: { ...target },
    status,
    expiresAt: moment(expiresAt),
    refreshTokenIssuedAt: moment(refreshTokenIssuedAt),
    companyId,
    name,
    updatedAt: new Date(updatedAt),
    scope: record?.tokens && [...record.tokens.scope],
    versionId: record?.versionId,
    isWhiteLabel: record?.isWhiteLabel,
    trouble: record?.trouble && { ...record.trouble },
  });
}
