import { isObject, isText } from "../oauth/fields.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import type { RecordSummary, StoredRecord } from "./token_store.ts";

const STATUS = /^(connected|broken|paused|reauthorization_required|forgotten)$/;

/**
 * What a store found under `key`, as a record; `undefined` where there is nothing (`null`, `undefined`) or its
 * `dropAt` has come.
 *
 * @throws {HighLevelError} `store_failed`, naming the key but none of the content, when `value` is no record.
 */
export function readRecord(key: string, value: unknown, now: number): StoredRecord | undefined {
  if (value === null || value === undefined) return undefined;
  if (!isRecord(value)) {
    throw unreadable(key, "is none of this module: delete it, or give the store a place of its own");
  }
  return (value.dropAt ?? Infinity) > now ? value : undefined;
}

/** The error of a record under `key` that is there and cannot be read. */
export function unreadable(key: string, why: string): HighLevelError {
  return new HighLevelError("store_failed", `The record under ${key} ${why}.`, { reason: "unreadable" });
}

/** Whether `value` is the summary of a record. */
export function isSummary(value: unknown): value is RecordSummary {
  if (!isObject(value)) return false;
  const {
    status = "connected",
    updatedAt,
    expiresAt = 0,
    refreshTokenIssuedAt = 0,
    dueAt = 0,
    companyId = "",
    name = "",
  } = value;
  return [updatedAt, expiresAt, refreshTokenIssuedAt, dueAt].every(isNumber) &&
    [companyId, name].every(isText) && isText(status) && STATUS.test(status);
}

/** Whether `value` is a record as the stores keep them. */
export function isRecord(value: unknown): value is StoredRecord {
  return isObject(value) && value.format === 1 && isText(value.body) && isSummary(value.summary) &&
    isNumber(value.dropAt ?? 0);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}
