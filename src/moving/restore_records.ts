import type { TokenStore } from "../stores/token_store.ts";
import type { ExportSource } from "./lines_in.ts";
import { restoreRecord } from "./restore_record.ts";
import { type RestoredLine, restoredLines } from "./restored_lines.ts";

/** Options of {@linkcode restoreRecords}. */
export interface RestoreOptions {
  /** HighLevel's id of the app: the part of its client id before the dash. */
  readonly appId: string;
  /** Keys of 32 bytes in base64: one of them sealed the export. */
  readonly keys: readonly string[];
  /**
   * Only tells what would be taken.
   * @default {false}
   */
  readonly isDryRun?: boolean;
  /**
   * Takes what is there of an export that is cut, or of a page of it: its first line and some others.
   * @default {false}
   */
  readonly isPart?: boolean;
}

/** Lines taken side by side. */
const AT_ONCE = 16;

/**
 * Puts the connections of an export into `store`, and yields what became of each line. Nothing newer is replaced: an export may be
 * restored again, and one that was cut off in the middle goes on by beginning anew. Sends HighLevel nothing.
 *
 * @throws {TypeError} naming `source`, before anything is taken, where it is no export, another app's, or under another key;
 * after all else, where it is not whole.
 */
export function restoreRecords(
  store: TokenStore,
  source: ExportSource,
  { appId, keys, isDryRun = false, isPart = false }: RestoreOptions,
): AsyncGenerator<RestoredLine, void, undefined> {
  return restoredLines(source, {
    appId,
    keys,
    concurrency: AT_ONCE,
    isPart,
    take: (key, moved) => restoreRecord(store, `${appId}/${key}`, moved, { isDryRun }),
  });
}
