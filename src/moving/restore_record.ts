import { decodeRecord, encodeRecord } from "../connections/codec.ts";
import type { ConnectionRecord } from "../connections/record.ts";
import { defined } from "../oauth/defined.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import type { StoredRecord, TokenStore } from "../stores/token_store.ts";
import type { MovedRecord } from "./moved_record.ts";
import { type RestoreVerdict, restoreVerdict } from "./restore_rule.ts";

const MAX_CONFLICTS = 10;

/** How {@linkcode restoreRecord} works. */
export interface RestoreRecordOptions {
  /** Only tells what would be done. */
  readonly isDryRun?: boolean;
  /** Called before something is written. */
  readonly onTaking?: () => Promise<void>;
}

/**
 * Puts a connection of an export under `key` of `store`, unless what is there is as new or newer. Between look and write nobody comes
 * in a store with versions. What is there and cannot be read stands against nothing.
 *
 * @throws {HighLevelError} `store_failed`.
 */
export async function restoreRecord(
  store: TokenStore,
  key: string,
  moved: MovedRecord,
  { isDryRun = false, onTaking = async () => {} }: RestoreRecordOptions = {},
): Promise<RestoreVerdict> {
  for (let conflict = 0; conflict < MAX_CONFLICTS; conflict++) {
    const { held, ifVersion } = await look(store, key);
    const verdict = restoreVerdict(moved.record, held);
    if (verdict.result !== "taken" || isDryRun) return verdict;
    await onTaking();
    // A store of somebody's that does not tell whether it wrote has written.
    if (await store.put(key, after(moved, held), defined({ ifVersion })) !== false) return verdict;
  }
  throw new HighLevelError("store_failed", "A record could not be written: others write all the time.");
}

async function look(
  store: TokenStore,
  key: string,
): Promise<{ readonly held?: ConnectionRecord; readonly ifVersion: string | null | undefined }> {
  try {
    const stored = await store.get(key);
    return stored ? { held: decodeRecord(stored), ifVersion: stored.version } : { ifVersion: null };
  } catch (error) {
    if (error instanceof HighLevelError && error.reason === "unreadable") return { ifVersion: undefined };
    throw error;
  }
}

/** What is written: a record is later than the one it replaces, whatever the two sides' clocks say. */
function after({ stored, record }: MovedRecord, held: ConnectionRecord | undefined): StoredRecord {
  if (!held || record.updatedAt > held.updatedAt) return stored;
  return encodeRecord({ ...record, updatedAt: held.updatedAt + 1 }, stored.summary.dueAt);
}
