import { Readable } from "node:stream";
import { CsvError, parse } from "npm:csv-parse@7.0.3";
import { reasonOf } from "./settings.ts";

/** A row of a file, with the line where it ends. */
export interface Row {
  /** Counts from 1. */
  readonly line: number;
  /** Its fields by name. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A row that cannot be used. */
export interface BadRow {
  /** Counts from 1. */
  readonly line: number;
  /** Why. */
  readonly reason: string;
}

/** A record longer than this is a forgotten quote, bytes. */
const MAX_RECORD_BYTES = 1_048_576;

/**
 * The rows of CSV text with a header, as they come. Columns may stand in any order; BOM, CRLF and quotes are understood.
 *
 * @param onHeader told the header's names; may throw.
 * @param onBadRow told of a row that is no CSV; the rest goes on.
 */
export async function* csvRows(
  chunks: AsyncIterable<Uint8Array | string>,
  { onHeader, onBadRow }: {
    readonly onHeader: (names: readonly string[]) => void;
    readonly onBadRow: (row: BadRow) => void;
  },
): AsyncGenerator<Row, void, undefined> {
  const parser = parse({
    bom: true,
    columns: (header: string[]) => {
      const names = header.map((name) => name.trim());
      onHeader(names);
      return names;
    },
    info: true,
    max_record_size: MAX_RECORD_BYTES,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    trim: true,
  });
  parser.on("skip", (error: unknown) => {
    const line = error instanceof CsvError && typeof error.lines === "number" ? error.lines : 0;
    onBadRow({ line, reason: reasonOf(error).replace(/ at line \d+.*$/, "") });
  });
  const source = Readable.from(chunks);
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    for await (const parsed of parser) {
      const { record, info }: { record: Record<string, unknown>; info: { lines: number } } = parsed;
      yield { line: info.lines, fields: record };
    }
  } finally {
    source.destroy();
  }
}

/** One line of CSV. A field that a spreadsheet would take for a formula is disarmed. */
export function csvLine(fields: readonly (string | undefined)[]): string {
  return fields.map((field = "") => {
    const text = /^[=+\-@\t]/.test(field) ? `'${field}` : field;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }).join(",");
}
