import type { ExportCounts, ExportHeader } from "./export_line.ts";
import type { ExportSource } from "./lines_in.ts";
import { readExport } from "./read_export.ts";

/** What an export is, as far as that can be told without its key. */
export interface CheckedExport {
  /** What its first line says; absent where that is none. */
  readonly header?: ExportHeader;
  /** What was read. */
  readonly counts: ExportCounts;
  /** Whether nothing is missing, twice or altered. */
  readonly isWhole: boolean;
  /** Why it is not whole. */
  readonly reason?: string;
}

/** Reads an export through and tells whether it is whole. Opens nothing, and needs no key. */
export async function checkExport(source: ExportSource): Promise<CheckedExport> {
  let header: ExportHeader | undefined;
  for await (const item of readExport(source)) {
    if (item.kind === "header") header = item.header;
    if (item.kind !== "end") continue;
    const { kind: _, line: __, ...end } = item;
    return { ...header && { header }, ...end };
  }
  throw new Error("an export has an end");
}
