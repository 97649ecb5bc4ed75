import { isObject } from "../oauth/fields.ts";
import type { HighLevelErrorCode } from "../oauth/highlevel_error.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { checkTarget, type ConnectionTarget } from "../oauth/target.ts";
import { redactTokenSet, type TokenSet } from "../oauth/token_set.ts";
import type { RecordSummary, StoredRecord } from "../stores/token_store.ts";
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
  /** The agency of a location; kept when tokens are lost. */
  readonly companyId?: string;
  /** The pair of the app that HighLevel accepted last. */
  readonly clientId?: string;
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

/** A tombstone is kept this long: longer than any refresh can be in flight, ms. */
const TOMBSTONE_MS = 24 * 3_600_000;
/** Version of the text in `body`. A reader knows its own and all older ones. */
const VERSION = 1;

/** The stored form of `record`. */
export function encodeRecord(record: ConnectionRecord): StoredRecord {
  const { status, tokens, refreshTokenIssuedAt, companyId, name, updatedAt } = record;
  const summary: RecordSummary = {
    status,
    ...(tokens && { expiresAt: tokens.expiresAt.getTime() }),
    ...(refreshTokenIssuedAt !== undefined && { refreshTokenIssuedAt }),
    ...(companyId !== undefined && { companyId }),
    ...(name !== undefined && { name }),
    updatedAt,
  };
  const body = JSON.stringify({ version: VERSION, ...record });
  return { format: 1, summary, body, ...(status === "forgotten" && { dropAt: updatedAt + TOMBSTONE_MS }) };
}

/**
 * The record in its stored form.
 *
 * @throws {HighLevelError} `store_failed` when the text is no record, or one of a newer version.
 */
export function decodeRecord(stored: StoredRecord): ConnectionRecord {
  const value = parse(stored.body);
  if (!isObject(value) || typeof value.version !== "number") throw unreadable("is not a connection's record");
  if (value.version > VERSION) {
    throw unreadable(`has version ${value.version}, newer than this module's ${VERSION}`);
  }
  const { version: _, tokens, ...rest } = value;
  const record = { ...rest, ...(isObject(tokens) && { tokens: reviveTokens(tokens) }) };
  if (!isRecord(record)) throw unreadable("lacks a target, a status or a time");
  return record;
}

function reviveTokens(tokens: Record<string, unknown>): TokenSet {
  const revived = { ...tokens, expiresAt: new Date(String(tokens.expiresAt)) };
  if (!isTokenSet(revived)) throw unreadable("holds no token set");
  return redactTokenSet(revived);
}

function isRecord(value: Record<string, unknown>): value is Record<string, unknown> & ConnectionRecord {
  const { target, status, updatedAt } = value;
  return isObject(target) && typeof status === "string" && typeof updatedAt === "number";
}

function isTokenSet(value: Record<string, unknown> & { expiresAt: Date }): value is typeof value & TokenSet {
  return typeof value.accessToken === "string" && !Number.isNaN(value.expiresAt.getTime());
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(why: string): HighLevelError {
  return new HighLevelError("store_failed", `A stored record ${why}.`);
}

/** The store's key of `target`, below the app's `prefix`: `<app id>/location/<id>`. Checks the target. */
export function keyOf(prefix: string, target: ConnectionTarget): string {
  checkTarget(target);
  return target.locationId === undefined
    ? `${prefix}company/${target.companyId}`
    : `${prefix}location/${target.locationId}`;
}

/** The target that `key` names, if it is a key of {@linkcode keyOf}. */
export function targetOf(prefix: string, key: string): ConnectionTarget | undefined {
  const [kind, id, ...more] = key.slice(prefix.length).split("/");
  if (!key.startsWith(prefix) || !id || more.length > 0) return undefined;
  if (kind === "location") return { locationId: id };
  return kind === "company" ? { companyId: id } : undefined;
}
