import { targetOf } from "../connections/connection_key.ts";
import { storeFailed } from "../connections/deadline.ts";
import { check } from "../oauth/check.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import { ExportKeys } from "./export_keys.ts";
import type { ExportHeader } from "./export_line.ts";
import type { ExportSource } from "./lines_in.ts";
import { type MovedRecord, movedRecord } from "./moved_record.ts";
import { type ExportEnd, type ExportItem, readExport } from "./read_export.ts";
import type { RestoreVerdict } from "./restore_rule.ts";

/** What became of one line of an export. */
export interface RestoredLine {
  /** Its number, from 1. */
  readonly line: number;
  /** The connection; absent where the line names none. */
  readonly target?: ConnectionTarget;
  /**
   * - `"taken"`: it is here now. In a dry run: it would be.
   * - `"older"`: what is here is as new or newer, and stays.
   * - `"bad"`: nothing can be taken from it.
   * - `"failed"`: it could not be written now; restoring once more makes up for it.
   */
  readonly result: "taken" | "older" | "bad" | "failed";
  /** Why it was not taken, in words without secrets. */
  readonly reason?: string;
}

/** How {@linkcode restoredLines} works. */
export interface RestoringOptions {
  /** HighLevel's id of the app that the connections must be of. */
  readonly appId: string;
  /** Keys of 32 bytes in base64: one of them sealed the export. */
  readonly keys: readonly string[];
  /** Lines taken side by side. */
  readonly concurrency: number;
  /** Whether it is a page of an export: the first line and some others. Else it must be whole. */
  readonly isPart: boolean;
  /** Takes one connection; its key is `location/ID` or `company/ID`. */
  readonly take: (key: string, moved: MovedRecord, target: ConnectionTarget) => Promise<RestoreVerdict>;
}

/**
 * Takes the connections of an export, line by line, and yields what became of each. Holds `concurrency` lines at a time.
 *
 * @throws {TypeError} naming `source`, before anything is taken, where it is no export, another app's, or under another key;
 * after all else, where it is not whole.
 */
export async function* restoredLines(
  source: ExportSource,
  { appId, keys: given, concurrency, isPart, take }: RestoringOptions,
): AsyncGenerator<RestoredLine, void, undefined> {
  const keys = await ExportKeys.from(given);
  let head: { readonly text: string; readonly header: ExportHeader } | undefined;
  let waiting: Promise<RestoredLine>[] = [];
  for await (const item of readExport(source, { keys })) {
    if (item.kind === "header") {
      head = item;
      checkHeader(item.header, appId, keys);
      continue;
    }
    if (item.kind === "end") {
      yield* await Promise.all(waiting);
      if (!head || !isPart) checkWhole(item);
      return;
    }
    const { text = "", header } = head ?? {};
    if (header) waiting.push(restored(item, { text, header, keys, take }));
    if (waiting.length < concurrency) continue;
    yield* await Promise.all(waiting);
    waiting = [];
  }
}

/** @throws {TypeError} where an export under `header` cannot be taken here. */
export function checkHeader(header: ExportHeader, appId: string, keys: ExportKeys): void {
  check(
    header.appId === appId,
    `source must be an export of the app ${appId}, and is one of the app ${header.appId}`,
  );
  check(
    keys.has(header.keyId),
    `keys must have the key ${header.keyId}, under which the export is sealed`,
  );
}

function checkWhole({ isWhole, reason }: ExportEnd): void {
  check(isWhole, `source is not whole: ${reason}`);
}

async function restored(
  item: Exclude<ExportItem, { kind: "header" | "end" }>,
  { text, header, keys, take }:
    & { readonly text: string; readonly header: ExportHeader; readonly keys: ExportKeys }
    & Pick<RestoringOptions, "take">,
): Promise<RestoredLine> {
  if (item.kind === "bad") return badLine(item, item.reason);
  if (item.kind === "unreadable") {
    return badLine(item, `it could not be read where the export was made: ${item.reason}`);
  }
  const { line, key, sealed } = item;
  const opened = await keys.open(header.keyId, text, key, sealed);
  if (opened === undefined) {
    return badLine(item, "it does not open: it was altered, or is another line's or another export's");
  }
  const moved = movedRecord(opened, key);
  if (!moved) return badLine(item, "it holds no record that this version can read");
  const { target } = moved.record;
  try {
    return { line, target, ...await take(key, moved, target) };
  } catch (error) {
    return { line, target, result: "failed", reason: storeFailed("written", error).message };
  }
}

function badLine(
  { line, key }: { readonly line: number; readonly key?: string },
  reason: string,
): RestoredLine {
  const target = key === undefined ? undefined : targetOf("", key);
  return { line, ...target && { target }, result: "bad", reason };
}
