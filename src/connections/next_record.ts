import { checkText } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { checkId, type ConnectionTarget } from "../oauth/target.ts";
import { redactTokenSet, type TokenSet } from "../oauth/token_set.ts";
import type { ConnectionRecord, LivingRecord } from "./connection_record.ts";
import type { ConnectionStatus } from "./status.ts";

/** What the caller knows of a connection and the store may not. */
export interface ConnectionDetails {
  /** A name for people. */
  readonly name?: string;
  /** The agency of a location: a way back where Reconnect is none. */
  readonly companyId?: string;
}

/** The record of fresh tokens; what they do not tell is kept from the record before. */
export function connectedRecord(
  target: ConnectionTarget,
  tokens: TokenSet,
  before: ConnectionRecord | undefined,
  at: number,
  clientId: string | undefined = before?.clientId,
): LivingRecord {
  // RFC 6749 section 6: where no new refresh token comes, the old one goes on, unless it was called dead.
  const old = before?.refreshTokenDead ? undefined : before?.tokens?.refreshToken;
  const { refreshToken = old } = tokens;
  return defined({
    target,
    status: "connected" as const,
    // A bulk installation may approve thousands of locations, more than some stores take in one value.
    tokens: redactTokenSet(defined({ ...tokens, refreshToken, approvedLocations: undefined })),
    accessTokenIssuedAt: at,
    refreshTokenIssuedAt: refreshToken === undefined
      ? undefined
      : refreshToken === old
      ? before?.refreshTokenIssuedAt
      : at,
    companyId: target.locationId && (tokens.companyId ?? before?.companyId),
    clientId,
    name: before?.name,
    savedAt: before?.savedAt,
    updatedAt: at,
  });
}

/**
 * Whether `current`, found in the store, shall stand against `record`, which was made after `before`: a tombstone that
 * was not there before, or tokens of somebody else. What `record` knows of older tokens never costs newer ones.
 */
export function standsAgainst(
  current: ConnectionRecord | undefined,
  record: ConnectionRecord,
  before: ConnectionRecord | undefined,
): boolean {
  if (!current || current.updatedAt <= (before?.updatedAt ?? -1)) return false; // nothing new, or a stale copy
  if (current.status === "forgotten") return true;
  const old = before?.tokens?.accessToken;
  const isNewer = current.updatedAt > record.updatedAt;
  const hasOtherTokens = current.tokens?.accessToken !== old;
  const isGrant = record.tokens?.accessToken !== old;
  const isSaved = (current.savedAt ?? 0) > (before?.savedAt ?? 0);
  if (isGrant) return hasOtherTokens && (isNewer || isSaved); // a new installation's tokens are not a refresh's to replace
  // That a refresh token is dead stays known, whatever the clocks of two processes say.
  const tellsOfDeath = current.refreshTokenDead === true && !record.refreshTokenDead;
  return hasOtherTokens || isNewer || tellsOfDeath;
}

/** The part of `details` that concerns `target`. */
export function detailsOf(
  target: ConnectionTarget,
  { name, companyId }: ConnectionDetails,
): ConnectionDetails {
  return defined({
    name: name ? checkText("details.name", name) : undefined,
    companyId: target.locationId && companyId ? checkId("details.companyId", companyId) : undefined,
  });
}

/**
 * `record` with what it lacks of `details`, which were checked by {@linkcode detailsOf}; where there is no record, the details alone make one. An agency that no
 * tokens have named may have been a mistake: the one told now counts.
 */
export function withDetails(
  target: ConnectionTarget,
  record: ConnectionRecord | undefined,
  details: ConnectionDetails,
): ConnectionRecord | undefined {
  const { name, companyId } = details;
  if (!record && !name && !companyId) return undefined;
  const agency = !record?.tokens?.companyId && companyId ? { companyId } : {};
  return { ...details, ...record ?? { target, status: "broken", updatedAt: 0 }, ...agency };
}

/** `record`, unless it is a tombstone. */
export function known(record: ConnectionRecord | undefined): KnownRecord | undefined {
  return record && isKnown(record) ? record : undefined;
}

/** A record that is no tombstone. */
export interface KnownRecord extends ConnectionRecord {
  readonly status: ConnectionStatus;
}

function isKnown(record: ConnectionRecord): record is KnownRecord {
  return record.status !== "forgotten";
}
