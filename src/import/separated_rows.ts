import type { Line } from "./lines_of.ts";

/** What may stand between the cells of a row. */
export type Separator = "," | ";" | "\t";

/** One row of a table, or what was wrong with it. */
export interface SeparatedRow {
  /** The line it begins at; counts from 1. */
  readonly line: number;
  /** Its cells, without quotes and spaces around them. */
  readonly cells: readonly string[];
  /** What is wrong: there are no cells then. */
  readonly fault?: string;
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
      const taken = [first];
      let { text } = first;
      let parsed = cellsOf(text, separator);
      while (parsed === "open" && text.length <= LONGEST_ROW) {
        const more = await next();
        if (!more) break;
        taken.push(more);
        text += `\n${more.text}`;
        if (more.text.includes('"')) parsed = cellsOf(text, separator); // nothing else can close it
      }
      if (typeof parsed !== "string") yield { line: first.line, cells: parsed };
      else {
        yield { line: first.line, cells: [], fault: FAULTS[parsed] };
        for (const line of taken.slice(1).reverse()) again.push(line);
      }
    }
  } finally {
    await iterator.return?.();
  }
}

const FAULTS = {
  open: "it opens a quote and does not close it",
  behind: "it has text behind a closing quote",
} as const;

/** The cells of `text`, or why there are none. */
function cellsOf(text: string, separator: Separator): string[] | keyof typeof FAULTS {
  const cells: string[] = [];
  const space = separator === "\t" ? /[^\S\t]*/y : /\s*/y;
  for (let at = 0;; at++) {
    space.lastIndex = at;
    const start = at + (space.exec(text)?.[0].length ?? 0);
    if (text[start] === '"') {
      let end = start + 1;
      for (;; end += 2) {
        end = text.indexOf('"', end);
        if (end < 0) return "open";
        if (text[end + 1] !== '"') break;
      }
      cells.push(text.slice(start + 1, end).replaceAll('""', '"').trim());
      space.lastIndex = end + 1;
      at = end + 1 + (space.exec(text)?.[0].length ?? 0);
      if (at < text.length && text[at] !== separator) return "behind";
    } else {
      const found = text.indexOf(separator, at);
      const end = found < 0 ? text.length : found;
      cells.push(text.slice(at, end).trim());
      at = end;
    }
    if (at >= text.length) return cells;
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
const SEPARATORS: readonly Separator[] = ["\t", ";", ","];
