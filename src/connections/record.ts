import { defined } from "../oauth/defined.ts";
import { isObject, isText, moment } from "../oauth/fields.ts";
import { HighLevelError, type HighLevelErrorCode } from "../oauth/highlevel_error.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import { checkTarget, type ConnectionTarget } from "../oauth/target.ts";
import { redactTokenSet, type TokenSet } from "../oauth/token_set.ts";
import type { RecordSummary, StoredRecord } from "../stores/token_store.ts";
import { dropAtOf } from "./drop_at.ts";
import type { ConnectionStatus } from "./status.ts";

/** Everything known of one connection. Never changed, only replaced. */
export interface ConnectionRecord {
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** Where it stands; `"forgotten"` makes this record a tombstone. */
  readonly status: ConnectionStatus | "forgotten";
  /** The newest tokens, also when they may be dead. */
  readonly tokens?: TokenSet;
  /** When the access token arrived, ms. */
  readonly accessTokenIssuedAt?: number;
  /** When the refresh token arrived, ms. */
  readonly refreshTokenIssuedAt?: number;
  /** HighLevel said `invalid_grant` to the refresh token held: it is never sent again. */
  readonly refreshTokenDead?: boolean;
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
  readonly trouble?: {
    readonly code: HighLevelErrorCode;
    readonly message: string;
    readonly traceId?: string;
  };
  /** When tokens got elsewhere were put under management, ms: an installation or an import. */
  readonly savedAt?: number;
  /** When this record was made, ms. Grows with every record of a connection, whatever the clock does. */
  readonly updatedAt: number;
}

/** A record with tokens. */
export interface LivingRecord extends ConnectionRecord {
  readonly tokens: TokenSet;
}

/** Version of the text in `body`. A reader knows its own and all older ones. */
const VERSION = 1;

/** What lists show of `record`. */
export function summaryOf(record: ConnectionRecord): RecordSummary {
  const { status, tokens, refreshTokenIssuedAt, companyId, name, updatedAt } = record;
  const expiresAt = tokens?.expiresAt.getTime();
  return defined({ status, expiresAt, refreshTokenIssuedAt, companyId, name, updatedAt });
}

/** The stored form of `record`. */
export function encodeRecord(record: ConnectionRecord): StoredRecord {
  return defined({
    format: 1 as const,
    summary: summaryOf(record),
    body: JSON.stringify({ version: VERSION, ...record }),
    dropAt: record.status === "forgotten" ? dropAtOf(record.updatedAt) : undefined,
  });
}

/**
 * The record in its stored form.
 *
 * @throws {HighLevelError} `store_failed` when the text is no record, or one of a newer version.
 */
export function decodeRecord({ body }: StoredRecord): ConnectionRecord {
  const value = orUndefined<unknown>(() => JSON.parse(body));
  const { version, ...record }: Record<string, unknown> = isObject(value) ? value : {};
  const { tokens } = record;
  if (isObject(tokens)) tokens.expiresAt = moment(tokens.expiresAt);
  if (typeof version === "number" && version <= VERSION && isRecord(record)) {
    if (record.tokens) redactTokenSet(record.tokens);
    return record;
  }
  throw new HighLevelError(
    "store_failed",
    `A stored record (version ${version}) is none that this module, of version ${VERSION}, can read; is it sealed?`,
  );
}

function isRecord(value: Record<string, unknown>): value is Record<string, unknown> & ConnectionRecord {
  const { target, status, updatedAt, tokens } = value;
  return isObject(target) && isText(status) && typeof updatedAt === "number" &&
    (!tokens || isObject(tokens) && isText(tokens.accessToken) && tokens.expiresAt instanceof Date);
}

/** The agencies that may mint this location's tokens: the one told last, then the other one. */
export function agenciesOf(record: ConnectionRecord | undefined): readonly string[] {
  return [record?.companyId, record?.otherCompanyId].filter((id) => id !== undefined);
}

/** The store's key of `target`, below the app's `prefix`: `<app id>/location/<id>`. Checks the target. */
export function keyOf(prefix: string, target: ConnectionTarget): string {
  const { locationId, companyId } = checkTarget(target);
  return locationId === undefined ? `${prefix}company/${companyId}` : `${prefix}location/${locationId}`;
}

/** The target that `key` names, if it is a key of {@linkcode keyOf}. */
export function targetOf(prefix: string, key: string): ConnectionTarget | undefined {
  const [, kind, id] = /^(location|company)\/([^/]+)$/.exec(key.slice(prefix.length)) ?? [];
  if (!id || !key.startsWith(prefix)) return undefined;
  return kind === "company" ? { companyId: id } : { locationId: id };
}
