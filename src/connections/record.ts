import type { HighLevelErrorCode, HighLevelErrorReason } from "../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { TokenSet } from "../oauth/token_set.ts";
import type { ConnectionStatus } from "../stores/status.ts";

/** A refresh token that is not used lives so long from its issue, ms (HighLevel's OAuth documentation: a year). */
export const REFRESH_TOKEN_MS: number = 365 * 24 * 3_600_000;

/** Everything known of one connection. Never changed, only replaced. */
export interface ConnectionRecord {
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** Where it stands; `"forgotten"` makes this record a tombstone. */
  readonly status: ConnectionStatus | "forgotten";
  /** The newest tokens, also when they may be dead. */
  readonly tokens?: TokenSet;
  /** When the tokens were granted, ms: by HighLevel's clock where the token says so. Of two grants the later one stands. */
  readonly grantedAt?: number;
  /** When the access token arrived, ms. */
  readonly accessTokenIssuedAt?: number;
  /** When the refresh token arrived, ms. */
  readonly refreshTokenIssuedAt?: number;
  /** HighLevel said `invalid_grant` to the refresh token held: only a forced recovery sends it once more. */
  readonly refreshTokenDead?: boolean;
  /**
   * The note that is written before the refresh token held is spent: when that began, ms. Found after a crash it says that the
   * token may be spent, and that HighLevel answers the same refresh alike for 30 s.
   */
  readonly spendingSince?: number;
  /** The agency of a location, as it was told last; kept when tokens are lost. */
  readonly companyId?: string;
  /** Another agency that was told before: the location may have moved, or the word may have been wrong. */
  readonly otherCompanyId?: string;
  /** The pair of the app that the refresh token was issued to, where it is known. */
  readonly clientId?: string;
  /** The installed version of the app. */
  readonly versionId?: string;
  /** Whether its agency sells under a white label: its people know no other name. */
  readonly isWhiteLabel?: boolean;
  /** A name for people. */
  readonly name?: string;
  /** Why the status is not `connected`. */
  readonly trouble?: Trouble;
  /** The last attempt, where it failed. */
  readonly failure?: Failure;
  /** When tokens got elsewhere were put under management, ms: an installation or an import. */
  readonly savedAt?: number;
  /** When this record was made, ms. Grows with every record of a connection, whatever the clock does. */
  readonly updatedAt: number;
}

/** Why a connection is not connected. */
export interface Trouble {
  readonly code: HighLevelErrorCode;
  readonly reason?: HighLevelErrorReason;
  readonly message: string;
  readonly traceId?: string;
}

/** An attempt that failed: for a while nobody tries again, and callers are told the same. */
export interface Failure extends Trouble {
  /** How it ended. */
  readonly outcome: "failed" | "paused" | "reauthorization_required";
  /** HTTP status of HighLevel's answer. */
  readonly status?: number;
  /** When, ms. */
  readonly at: number;
  /** A refusal on the way that decides nothing: in words that we do not know. */
  readonly doubt?: HighLevelErrorCode;
  /** Since when every attempt has failed so, ms: with this doubt, or where there is none with this code. */
  readonly since: number;
  /** How many attempts have failed in a row. */
  readonly attempts: number;
}

/** A record with tokens. */
export interface UsableRecord extends ConnectionRecord {
  readonly tokens: TokenSet;
}

/** A record that is no tombstone. */
export interface KnownRecord extends ConnectionRecord {
  readonly status: ConnectionStatus;
}

/** `record`, unless it is a tombstone. */
export function unlessForgotten(record: ConnectionRecord | undefined): KnownRecord | undefined {
  return record && isKnown(record) ? record : undefined;
}

function isKnown(record: ConnectionRecord): record is KnownRecord {
  return record.status !== "forgotten";
}

/** The agencies that may mint this location's tokens: the one told last, then the other one. */
export function agenciesOf(record: ConnectionRecord | undefined): readonly string[] {
  return [record?.companyId, record?.otherCompanyId].filter((id) => id !== undefined);
}
