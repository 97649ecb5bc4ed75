import { padded, textWidth } from "./text_width.ts";
import { wrapped } from "./wrapped.ts";

/** A column of a table that is written line by line. */
export interface Column {
  /** What stands above it. */
  readonly title: string;
  /** How many columns of the terminal its cells usually take. Of the last one: how many it needs at least, to be read. */
  readonly width: number;
}

/** Writes a table line by line; see {@linkcode columnsFor}. */
export interface Columns {
  /** The titles; `undefined` where there is no room for columns. */
  readonly head: string | undefined;
  /** One row. */
  row(cells: readonly string[]): string;
}

const GAP = "  ";

/**
 * Columns for a terminal of `width` columns; `undefined`: for a file, where every row is one line. The last column takes the room
 * that is left, and its text goes on below itself. Where there is no room for all of them, a row is some lines of cells instead.
 * No word is broken.
 */
export function columnsFor(columns: readonly Column[], width: number | undefined): Columns {
  const before = columns.slice(0, -1).reduce((sum, { width }) => sum + width + GAP.length, 0);
  const last = columns.at(-1)?.width ?? 0;
  if (width !== undefined && before + last > width) {
    return { head: undefined, row: (cells) => stacked(cells, width) };
  }
  const line = (cells: readonly string[]): string => {
    const start = columns.slice(0, -1).map((column, index) => padded(cells[index] ?? "", column.width) + GAP)
      .join("");
    const end = cells[columns.length - 1] ?? "";
    if (width === undefined) return (start + end).trimEnd();
    const room = width - textWidth(start);
    if (room < Math.min(last, textWidth(end))) return stacked(cells, width); // a cell is wider than usual
    return (start + wrapped(flowing(end), room).replaceAll("\n", `\n${" ".repeat(before)}`)).trimEnd();
  };
  return { head: line(columns.map(({ title }) => title)), row: line };
}

/** A text that goes on below itself has no columns of its own. */
function flowing(text: string): string {
  return text.replace(/ {2,}/g, " ");
}

/** The cells one after another, as many on a line as there is room for. */
function stacked(cells: readonly string[], width: number): string {
  const indent = GAP;
  const lines: string[] = [];
  for (const cell of cells.filter(Boolean)) {
    const line = lines.at(-1);
    const joined = line === undefined ? cell : line + GAP + cell;
    if (line !== undefined && textWidth(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(...wrapped((line === undefined ? "" : indent) + flowing(cell), width).split("\n"));
  }
  return lines.join("\n");
}
