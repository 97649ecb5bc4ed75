import { checkText } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { isText } from "../oauth/fields.ts";
import type { HighLevelError, HighLevelErrorCode } from "../oauth/highlevel_error.ts";
import { checkId, type ConnectionTarget } from "../oauth/target.ts";
import { claimsOf, redactTokenSet, type TokenSet } from "../oauth/token_set.ts";
import type { ConnectionDetails } from "./options.ts";
import type { Grant } from "./outcome.ts";
import { agenciesOf, type ConnectionRecord, type Failure, type UsableRecord } from "./record.ts";

/** What {@linkcode connectedRecord} reads of a grant. */
type Granted = Pick<Grant, "tokens" | "clientId" | "companyId">;

/**
 * The record of a grant that arrived at `receivedAt`, written at `at`, both ms. What the grant does not tell is kept from the
 * record before; how earlier attempts failed is not.
 */
export function connectedRecord(
  target: ConnectionTarget,
  { tokens, clientId = sourceOf(tokens), companyId = tokens.companyId }: Granted,
  before: ConnectionRecord | undefined,
  at: number,
  receivedAt = at,
): UsableRecord {
  // RFC 6749 section 6: where no new refresh token comes, the old one goes on, unless it was called dead.
  const old = before?.refreshTokenDead ? undefined : before?.tokens?.refreshToken;
  const { refreshToken = old } = tokens;
  const isOld = refreshToken !== undefined && refreshToken === old;
  const isLocation = target.locationId !== undefined;
  return defined({
    target,
    status: "connected" as const,
    // A bulk installation may approve thousands of locations, more than some stores take in one value.
    tokens: redactTokenSet(defined({ ...tokens, refreshToken, approvedLocations: undefined })),
    grantedAt: issuedAtOf(tokens) ?? receivedAt,
    accessTokenIssuedAt: receivedAt,
    refreshTokenIssuedAt: isOld ? before?.refreshTokenIssuedAt : refreshToken ? receivedAt : undefined,
    companyId: isLocation ? companyId ?? before?.companyId : undefined,
    otherCompanyId: isLocation ? otherThan(companyId, before) : undefined,
    clientId: isOld ? before?.clientId : clientId,
    versionId: tokens.versionId ?? before?.versionId,
    isWhiteLabel: before?.isWhiteLabel,
    name: before?.name,
    savedAt: before?.savedAt,
    updatedAt: at,
  });
}

/** The record of an attempt that failed: `status` is where the connection stands now. */
export function failedRecord(
  target: ConnectionTarget,
  before: ConnectionRecord | undefined,
  status: ConnectionRecord["status"],
  failure: Failure,
  at: number,
): ConnectionRecord {
  const { code, reason, message, traceId } = failure;
  const isConnected = status === "connected";
  return defined({
    ...before,
    target,
    status,
    spendingSince: undefined,
    trouble: isConnected ? undefined : defined({ code, reason, message, traceId }),
    failure,
    updatedAt: at,
  });
}

/** The failure that ends an attempt at `at`, ms, after the last one. */
export function failureOf(
  outcome: Failure["outcome"],
  { code, reason, message, status }: HighLevelError,
  traceId: string | undefined,
  doubt: HighLevelErrorCode | undefined,
  last: Failure | undefined,
  at: number,
): Failure {
  const isSame = last !== undefined && last.doubt === doubt && (doubt !== undefined || last.code === code);
  const [since, attempts] = [isSame ? last.since : at, (last?.attempts ?? 0) + 1];
  return defined({ outcome, code, reason, message, status, traceId, doubt, at, since, attempts });
}

/**
 * Whether `current`, found in the store, shall stand against `record`, which was made after `before`: a tombstone that was not
 * there before; a person's authorisation against a refresh; of two grants of a kind the one granted later; any tokens of
 * somebody else against what was found out about older ones. No clock of ours decides. Where reads are fresh (`isFresh`), a
 * tombstone that was not there before is no old copy, whatever its moment: a clock that is behind may have written it, unseen.
 */
export function isNewerThan(
  current: ConnectionRecord | undefined,
  record: ConnectionRecord,
  before: ConnectionRecord | undefined,
  isFresh = false,
): boolean {
  if (isFresh && current?.status === "forgotten" && before?.status !== "forgotten") return true;
  // Every record is later than the one it replaced: this one is the one that was read before, or a stale copy.
  if (!current || current.updatedAt <= (before?.updatedAt ?? -1)) return false;
  if (current.status === "forgotten") return true;
  // Two refreshes within HighLevel's window give one refresh token with two access tokens: what was found out about it holds.
  const { refreshToken } = current.tokens ?? {};
  const isSame = refreshToken !== undefined && refreshToken === record.tokens?.refreshToken;
  if (isSame && current.refreshTokenDead && !record.refreshTokenDead) return true;
  const old = before?.tokens?.accessToken;
  const hasOtherTokens = current.tokens?.accessToken !== old;
  if (record.tokens?.accessToken === old) {
    const isSaved = (current.savedAt ?? 0) > (before?.savedAt ?? 0);
    const tellsOfDeath = current.refreshTokenDead === true && !record.refreshTokenDead;
    return hasOtherTokens || isSaved || tellsOfDeath;
  }
  if (!hasOtherTokens || current.refreshTokenDead) return false;
  if (isPersons(current) !== isPersons(record)) return isPersons(current);
  return isGrantedLater(current, record);
}

/** Whether the tokens of `record` came by a person's authorisation or an import, and were not refreshed since. */
function isPersons({ savedAt, accessTokenIssuedAt = 0 }: ConnectionRecord): boolean {
  return savedAt !== undefined && accessTokenIssuedAt <= savedAt;
}

/** Whether the tokens of `one` were granted after those of `other`: by HighLevel's clock where both tell it, else by arrival. */
function isGrantedLater(one: ConnectionRecord, other: ConnectionRecord): boolean {
  const isTold = [one, other].every((it) => it.grantedAt !== it.accessTokenIssuedAt);
  const by = isTold && one.grantedAt !== other.grantedAt ? "grantedAt" : "accessTokenIssuedAt";
  return (one[by] ?? 0) > (other[by] ?? 0);
}

/** The client id that tokens say they were issued to; *observed* in HighLevel's, and never more than a hint. */
function sourceOf({ refreshToken, accessToken }: TokenSet): string | undefined {
  const { sourceId } = claimsOf(refreshToken ?? accessToken);
  return isText(sourceId) ? sourceId : undefined;
}

/** When HighLevel issued the access token, ms, as it says itself. */
function issuedAtOf({ accessToken }: TokenSet): number | undefined {
  const { iat } = claimsOf(accessToken);
  return typeof iat === "number" ? iat * 1000 : undefined;
}

/** The agency of `record` that is not `companyId`. */
function otherThan(companyId: string | undefined, record: ConnectionRecord | undefined): string | undefined {
  return companyId === undefined
    ? record?.otherCompanyId
    : agenciesOf(record).find((other) => other !== companyId);
}

/** The part of `details` that concerns `target`, checked. */
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
  if (Object.keys(details).length === 0) return record;
  const held = record ?? { target, status: "broken" as const, updatedAt: 0 };
  const { name = details.name, clientId = details.clientId } = held;
  const { companyId = held.companyId } = details;
  const otherCompanyId = otherThan(companyId, held);
  return defined({ ...held, ...details, name, clientId, companyId, otherCompanyId });
}

/** What a record keeps of {@linkcode ConnectionDetails}. */
const TOLD = ["name", "companyId", "otherCompanyId", "clientId", "versionId", "isWhiteLabel"] as const;

/** Whether `record` says the same of its connection as `other`, tokens and status apart. */
export function isSameTold(record: ConnectionRecord, other: ConnectionRecord): boolean {
  return TOLD.every((name) => record[name] === other[name]);
}
