import type { ConnectionTarget } from "../oauth/target.ts";
import type { TokenSet } from "../oauth/token_set.ts";
import type { ConnectionRecord, LivingRecord } from "./connection_record.ts";

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
  const { refreshToken } = tokens;
  const companyId = target.locationId === undefined ? undefined : tokens.companyId ?? before?.companyId;
  const isOldToken = refreshToken === before?.tokens?.refreshToken;
  const refreshTokenIssuedAt = isOldToken ? before?.refreshTokenIssuedAt : at;
  return {
    target,
    status: "connected",
    tokens,
    accessTokenIssuedAt: at,
    ...(refreshToken !== undefined && refreshTokenIssuedAt !== undefined && { refreshTokenIssuedAt }),
    ...(companyId !== undefined && { companyId }),
    ...(clientId !== undefined && { clientId }),
    ...(before?.name !== undefined && { name: before.name }),
    ...(before?.savedAt !== undefined && { savedAt: before.savedAt }),
    updatedAt: at,
  };
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
  return isGrant ? hasOtherTokens && isNewer : hasOtherTokens || isNewer;
}

/** The part of `details` that concerns `target`. */
export function detailsOf(
  target: ConnectionTarget,
  { name, companyId }: ConnectionDetails,
): ConnectionDetails {
  return { ...(name && { name }), ...(companyId && target.locationId !== undefined && { companyId }) };
}

/** `record` with what it lacks of `details`; where there is no record, the details alone make one. */
export function withDetails(
  target: ConnectionTarget,
  record: ConnectionRecord | undefined,
  details: ConnectionDetails,
): ConnectionRecord | undefined {
  const added = detailsOf(target, details);
  if (record) return { ...added, ...record };
  return added.name || added.companyId ? { target, status: "broken", updatedAt: 0, ...added } : undefined;
}

/** `record`, unless it is a tombstone. */
export function known(record: ConnectionRecord | undefined): ConnectionRecord | undefined {
  return record?.status === "forgotten" ? undefined : record;
}
