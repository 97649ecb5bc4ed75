import { checkText } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { isText } from "../oauth/fields.ts";
import { claimsOf } from "../oauth/jwt_claims.ts";
import { checkId, type ConnectionTarget } from "../oauth/target.ts";
import { redactTokenSet, type TokenSet } from "../oauth/token_set.ts";
import { agenciesOf, type ConnectionRecord, type LivingRecord } from "./connection_record.ts";
import type { Grant } from "./outcome.ts";
import type { ConnectionStatus } from "./status.ts";

/** What the caller knows of a connection and the store may not. */
export interface ConnectionDetails {
  /** A name for people. */
  readonly name?: string;
  /** The agency of a location: a way back where Reconnect is none. It is asked before one that was told earlier. */
  readonly companyId?: string;
  /** The client id that the tokens were issued to: of importance where the app has had several. */
  readonly clientId?: string;
  /** The installed version of the app. */
  readonly versionId?: string;
  /** Whether its agency sells under a white label: its link leads there. */
  readonly isWhiteLabel?: boolean;
}

/** The record of a grant; what it does not tell is kept from the record before. */
export function connectedRecord(
  target: ConnectionTarget,
  { tokens, clientId = issuerOf(tokens), companyId = tokens.companyId }: Pick<
    Grant,
    "tokens" | "clientId" | "companyId"
  >,
  before: ConnectionRecord | undefined,
  at: number,
): LivingRecord {
  // RFC 6749 section 6: where no new refresh token comes, the old one goes on, unless it was called dead.
  const old = before?.refreshTokenDead ? undefined : before?.tokens?.refreshToken;
  const { refreshToken = old } = tokens;
  const isLocation = target.locationId !== undefined;
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
    companyId: isLocation ? companyId ?? before?.companyId : undefined,
    otherCompanyId: isLocation ? otherThan(companyId, before) : undefined,
    clientId: refreshToken === old && old !== undefined ? before?.clientId : clientId,
    versionId: tokens.versionId ?? before?.versionId,
    isWhiteLabel: before?.isWhiteLabel,
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

/** The client id that tokens say they were issued to; *observed* in HighLevel's, and never more than a hint. */
function issuerOf({ refreshToken, accessToken }: TokenSet): string | undefined {
  const { sourceId } = claimsOf(refreshToken ?? accessToken);
  return isText(sourceId) ? sourceId : undefined;
}

/** The agency of `record` that is not `companyId`. */
function otherThan(companyId: string | undefined, record: ConnectionRecord | undefined): string | undefined {
  return companyId === undefined
    ? record?.otherCompanyId
    : agenciesOf(record).find((other) => other !== companyId);
}

/** The part of `details` that concerns `target`. */
export function detailsOf(
  target: ConnectionTarget,
  { name, companyId, clientId, versionId, isWhiteLabel }: ConnectionDetails,
): ConnectionDetails {
  return defined({
    name: name ? checkText("details.name", name) : undefined,
    companyId: target.locationId && companyId ? checkId("details.companyId", companyId) : undefined,
    clientId: clientId ? checkText("details.clientId", clientId) : undefined,
    versionId: versionId ? checkId("details.versionId", versionId) : undefined,
    isWhiteLabel,
  });
}

/**
 * `record` with `details`, which were checked by {@linkcode detailsOf}; where there is no record, the details alone make one.
 * A name that is held stays. The agency told now comes first, the one held after it: a location may have moved.
 */
export function withDetails(
  target: ConnectionTarget,
  record: ConnectionRecord | undefined,
  details: ConnectionDetails,
): ConnectionRecord | undefined {
  if (!record && Object.keys(details).length === 0) return undefined;
  const held = record ?? { target, status: "broken" as const, updatedAt: 0 };
  const { name = details.name, clientId = details.clientId } = held;
  const { companyId = held.companyId } = details;
  return defined({
    ...held,
    ...details,
    name,
    clientId,
    companyId,
    otherCompanyId: otherThan(companyId, held),
  });
}

/** Whether `record` says the same of its connection as `other`, tokens and status apart. */
export function isSameTold(record: ConnectionRecord, other: ConnectionRecord): boolean {
  return TOLD.every((name) => record[name] === other[name]);
}

/** What a record keeps of {@linkcode ConnectionDetails}. */
const TOLD = ["name", "companyId", "otherCompanyId", "clientId", "versionId", "isWhiteLabel"] as const;

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
