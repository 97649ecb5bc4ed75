import { isObject } from "../oauth/fields.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import type { RecordSummary, StoredRecord } from "./token_store.ts";

const STATUSES = {
  connected: true,
  broken: true,
  paused: true,
  reauthorization_required: true,
  forgotten: true,
} satisfies Record<NonNullable<RecordSummary["status"]>, true>;

/**
 * What a store found under `key`, as a record; `undefined` where there is nothing (`null`, `undefined`) or its
 * `dropAt` has come.
 *
 * @throws {HighLevelError} `store_failed`, naming the key but none of the content, when `value` is no record.
 */
export function readRecord(key: string, value: unknown, now: number): StoredRecord | undefined {
  if (value === null || value === undefined) return undefined;
  if (!isRecord(value)) {
    throw new HighLevelError(
      "store_failed",
      `What the store holds under ${key} is no record of this module. Delete it, or give the store a place of its own.`,
    );
  }
  return isDropped(value, now) ? undefined : value;
}

/** Whether the time of `record` is over. */
export function isDropped(record: StoredRecord, now: number): boolean {
  return record.dropAt !== undefined && record.dropAt <= now;
}

/** Whether `value` is the summary of a record. */
export function isSummary(value: unknown): value is RecordSummary {
  return isObject(value) && typeof value.updatedAt === "number" &&
    (value.status === undefined ||
      (typeof value.status === "string" && Object.hasOwn(STATUSES, value.status))) &&
    isOptional("number", value.expiresAt) && isOptional("number", value.refreshTokenIssuedAt) &&
    isOptional("string", value.companyId) && isOptional("string", value.name);
}

function isRecord(value: unknown): value is StoredRecord {
  return isObject(value) && value.format === 1 && typeof value.body === "string" &&
    isSummary(value.summary) &&
    isOptional("number", value.dropAt);
}

function isOptional(type: "number" | "string", value: unknown): boolean {
  return value === undefined || typeof value === type;
}
