import type { Line } from "./lines_of.ts";
import type { PlainCode } from "./remarks.ts";

/** What may stand between the cells of a row. */
export type Separator = "," | ";" | "\t" | "|";

/** One row of a table, or what was wrong with it. */
export interface SeparatedRow {
  /** The line it begins at; counts from 1. */
  readonly line: number;
  /** Its cells, without quotes and spaces around them. */
  readonly cells: readonly string[];
  /** What is wrong: there are no cells then. */
  readonly fault?: PlainCode;
}

/** A row longer than this is a forgotten quote, characters. */
const LONGEST_ROW = 1_048_576;

/**
 * The rows of lines as RFC 4180 has them, with any of the usual separators. A quote inside a cell that does not begin with one is
 * an ordinary character. A row with a quote that is not closed, or with text behind a closed one, is at fault by its first
 * line alone: reading goes on at the line after it, so a forgotten quote costs one row.
 */
export async function* separatedRows(
  lines: AsyncIterable<Line>,
  separator: Separator,
): AsyncGenerator<SeparatedRow, void, undefined> {
  const iterator = lines[Symbol.asyncIterator]();
  const again: Line[] = []; // the next one last
  const next = async (): Promise<Line | undefined> => {
    const line = again.pop();
    if (line) return line;
    const { value, done } = await iterator.next();
    return done ? undefined : value;
  };
  try {
    for (let first = await next(); first; first = await next()) {
      const row: OpenRow = { cells: [], quoted: undefined };
      const more: Line[] = [];
      let length = first.text.length;
      let state = readLine(row, first.text, separator);
      while (state === "open_quote" && length <= LONGEST_ROW) {
        const line = await next();
        if (!line) break;
        more.push(line);
        length += line.text.length + 1;
        state = readLine(row, line.text, separator);
      }
      if (state === "whole") yield { line: first.line, cells: row.cells };
      else {
        yield { line: first.line, cells: [], fault: state };
        for (const line of more.reverse()) again.push(line);
      }
    }
  } finally {
    await iterator.return?.();
  }
}

/** What databases and programs write for a cell that has nothing: MySQL's `NULL`, Postgres's `\N`. */
const NOTHING = /^(\\N|null|undefined)$/i;

/** A row as far as it was read. */
interface OpenRow {
  readonly cells: string[];
  /** The lines of a cell whose quote is not closed yet. */
  quoted: string[] | undefined;
}

/** Reads one more line of `row`. */
function readLine(row: OpenRow, text: string, separator: Separator): "whole" | "open_quote" | "behind_quote" {
  const space = separator === "\t" ? /[^\S\t]*/y : /\s*/y;
  const afterSpace = (at: number): number => {
    space.lastIndex = at;
    return at + (space.exec(text)?.[0].length ?? 0);
  };
  for (let at = 0;; at++) {
    if (!row.quoted) {
      const start = afterSpace(at);
      if (text[start] !== '"') {
        const found = text.indexOf(separator, at);
        const end = found < 0 ? text.length : found;
        const cell = text.slice(at, end).trim();
        row.cells.push(NOTHING.test(cell) ? "" : cell);
        if (found < 0) return "whole";
        at = end;
        continue;
      }
      row.quoted = [];
      at = start + 1;
    }
    const end = closingQuote(text, at);
    row.quoted.push(text.slice(at, end < 0 ? text.length : end));
    if (end < 0) return "open_quote";
    row.cells.push(row.quoted.join("\n").replaceAll('""', '"').trim());
    row.quoted = undefined;
    at = afterSpace(end + 1);
    if (at >= text.length) return "whole";
    if (text[at] !== separator) return "behind_quote";
  }
}

/** Where a cell's quote is closed; two quotes are one of its text. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from);; at = text.indexOf('"', at + 2)) {
    if (at < 0 || text[at + 1] !== '"') return at;
  }
}

/** The separator that a table's first line tells: what it has most of outside of quotes; a comma where it has none. */
export function separatorOf(line: string): Separator {
  const bare = line.replace(/"(?:[^"]|"")*"/g, "");
  const counts = SEPARATORS.map((separator) => bare.split(separator).length - 1);
  const most = Math.max(...counts);
  return most === 0 ? "," : SEPARATORS[counts.indexOf(most)] ?? ",";
}

/** On a tie the first wins. */
const SEPARATORS: readonly Separator[] = ["\t", ";", ",", "|"];
