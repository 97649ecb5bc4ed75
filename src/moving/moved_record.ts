import { isObject, isText } from "../oauth/fields.ts";
import { orUndefined } from "../oauth/or_undefined.ts";
import { decodeRecord } from "../connections/codec.ts";
import { keyOf } from "../connections/connection_key.ts";
import type { ConnectionRecord } from "../connections/record.ts";
import { isRecord } from "../stores/read_record.ts";
import type { StoredRecord } from "../stores/token_store.ts";

/** One connection on its way from one side to another. */
export interface MovedRecord {
  /** Its record as a store has it, opened. */
  readonly stored: StoredRecord;
  /** The same, read. */
  readonly record: ConnectionRecord;
  /** What a worker knows of the connection besides; stores have no place for it. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** `stored`, and what a worker knows besides, as one text to be sealed. */
export function movedText(
  { version: _ofItsStore, ...record }: StoredRecord,
  facts?: Readonly<Record<string, unknown>>,
): string {
  return JSON.stringify({ record, facts });
}

/** The connection in `text`, which stands under `key`; `undefined` where it is none, or another's. */
export function movedRecord(text: string, key: string): MovedRecord | undefined {
  const value = orUndefined<unknown>(() => JSON.parse(text));
  if (!isObject(value) || !isRecord(value.record)) return undefined;
  const { record: stored, facts } = value;
  const record = orUndefined(() => decodeRecord(stored));
  if (!record || orUndefined(() => keyOf("", record.target)) !== key) return undefined;
  return { stored, record, ...isObject(facts) && { facts } };
}

/** Whether a record's body is sealed still: whoever reads it lacks the key, or the wrapper. */
export function isSealed({ body }: StoredRecord): boolean {
  return isText(body) && body.startsWith("s1.");
}
