import type { ExportHeader } from "./export_line.ts";
import type { ExportSource } from "./lines_in.ts";
import { type ExportEnd, readExport } from "./read_export.ts";

/** What an export is, as far as that can be told without its key. */
export interface CheckedExport extends Omit<ExportEnd, "kind" | "line"> {
  /** What its first line says; absent where that is none. */
  readonly header?: ExportHeader;
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
