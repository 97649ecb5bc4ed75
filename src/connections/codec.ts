import { defined } from "../oauth/defined.ts";
import { isObject, isText, moment } from "../oauth/fields.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import { redactTokenSet } from "../oauth/token_set.ts";
import type { RecordSummary, StoredRecord } from "../stores/token_store.ts";
import type { ConnectionRecord } from "./record.ts";
import { tombstoneDropsAt } from "./tombstone.ts";

/** Version of the text in `body`. A reader knows its own and all older ones. */
const VERSION = 1;

/** What lists show of `record`; `dueAt` is when work on it is due, ms. */
export function summaryOf(record: ConnectionRecord, dueAt?: number): RecordSummary {
  const { status, tokens, refreshTokenIssuedAt, spendingSince, companyId, name, updatedAt } = record;
  const expiresAt = tokens?.expiresAt.getTime();
  return defined({
    status,
    expiresAt,
    refreshTokenIssuedAt,
    spendingSince,
    companyId,
    name,
    dueAt,
    updatedAt,
  });
}

/** The stored form of `record`. */
export function encodeRecord(record: ConnectionRecord, dueAt?: number): StoredRecord {
  return defined({
    format: 1 as const,
    summary: summaryOf(record, dueAt),
    body: JSON.stringify({ version: VERSION, ...record }),
    dropAt: record.status === "forgotten" ? tombstoneDropsAt(record.updatedAt) : undefined,
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
  if (isObject(tokens)) {
    tokens.expiresAt = moment(tokens.expiresAt);
    tokens.scope = Array.isArray(tokens.scope) ? tokens.scope.filter(isText) : [];
  }
  if (typeof version === "number" && version <= VERSION && isRecord(record)) {
    if (record.tokens) redactTokenSet(record.tokens);
    return record;
  }
  throw new HighLevelError(
    "store_failed",
    `A stored record${
      typeof version === "number" ? ` of version ${version}` : ""
    } is none that this module, of version ${VERSION}, can read; is it sealed?`,
    { reason: "unreadable" },
  );
}

function isRecord(value: Record<string, unknown>): value is Record<string, unknown> & ConnectionRecord {
  const { target, status, updatedAt, tokens } = value;
  return isObject(target) && isText(status) && typeof updatedAt === "number" &&
    (!tokens || isObject(tokens) && isText(tokens.accessToken) && tokens.expiresAt instanceof Date);
}
