import { closeSync, fsyncSync, ftruncateSync, openSync, statSync } from "node:fs";
import { checkExport } from "../../moving/check_export.ts";
import { parseLine } from "../../moving/export_line.ts";
import { linesOf, openInput } from "../files/input.ts";
import { codeOf, writeWhole } from "../files/write_whole.ts";
import { reasonOf } from "../settings.ts";
import { UsageError } from "../usage_error.ts";

/** The file of an export while it is written. Every page in it is whole, so that it goes on where it was cut off. */
export interface ExportFile {
  /** Where it goes on; absent where it begins. */
  readonly cursor?: string;
  /** Connections that are in it already. */
  readonly records: number;
  /** Adds a line. @throws {UsageError} where it cannot be written. */
  write(line: string): void;
  /** Ends the writing; what was written is on the disk then. */
  close(): void;
}

/**
 * Begins an export at `path`; one that is there already is left alone. Readable by its owner only.
 *
 * @throws {UsageError} where that cannot be done.
 */
export function beginExportFile(path: string): ExportFile {
  try {
    return fileOver(path, openSync(path, "wx", 0o600), { records: 0 });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw closed(path, error);
    throw new UsageError(({ usage }) => usage.outThere(path));
  }
}

/**
 * Goes on with the export at `path` after its last whole page; `undefined` where it is whole.
 *
 * @throws {UsageError} where it is no export, or cannot be written.
 */
export async function resumeExportFile(path: string): Promise<ExportFile | undefined> {
  const size = sizeOf(path);
  if (size === 0) return overwritten(path, 0, { records: 0 });
  const checked = await checkExport(await openInput(path));
  if (checked.isWhole) return undefined;
  if (!checked.header) throw new UsageError(({ usage }) => usage.outNoExport(path, `${checked.reason}`));
  const encoder = new TextEncoder();
  let [at, end, records, soFar] = [0, 0, 0, 0];
  let cursor: string | undefined;
  for await (const { text } of linesOf(await openInput(path))) {
    at += encoder.encode(text).byteLength + 1;
    if (at > size) break; // half a line
    const line = parseLine(text);
    if (line.kind === "record" || line.kind === "unreadable") soFar++;
    if (line.kind === "cursor") [cursor, end, records] = [line.cursor, at, soFar];
  }
  return overwritten(path, end, { records, ...cursor !== undefined && { cursor } });
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    throw closed(path, error);
  }
}

function overwritten(path: string, from: number, told: Pick<ExportFile, "cursor" | "records">): ExportFile {
  try {
    const file = openSync(path, "a");
    ftruncateSync(file, from);
    return fileOver(path, file, told);
  } catch (error) {
    throw closed(path, error);
  }
}

function fileOver(
  path: string,
  file: number,
  told: Pick<ExportFile, "cursor" | "records">,
): ExportFile {
  return {
    ...told,
    write: (line) => {
      try {
        writeWhole(file, line);
      } catch (error) {
        throw closed(path, error);
      }
    },
    close: () => {
      fsyncSync(file);
      closeSync(file);
    },
  };
}

function closed(path: string, error: unknown): UsageError {
  return new UsageError(({ usage }) => usage.outClosed(path, reasonOf(error)));
}
