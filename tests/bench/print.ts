import type { Row, Section } from "./section.ts";

/** How a text is made to stand out; the same text where the output is no terminal. */
export interface Paint {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** The colours of a terminal, or none. */
export function paintFor(isTerminal: boolean): Paint {
  const code = (open: number, close: number) => (text: string): string =>
    isTerminal ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return { strong: code(1, 22), faint: code(2, 22), good: code(32, 39), bad: code(31, 39) };
}

/** A section as a table, its figures flush right. */
export function tableOf({ title, columns, rows, notes }: Section, paint: Paint): string {
  const heads = [...columns, "goal", ""];
  const lines = rows.map((row) => [...row.cells, row.verdict?.goal ?? "", markOf(row)]);
  const widths = heads.map((head, at) =>
    Math.max(width(head), ...lines.map((cells) => width(cells[at] ?? "")))
  );
  const lineOf = (cells: readonly string[]): string =>
    cells.map((cell, at) => {
      const padding = " ".repeat((widths[at] ?? 0) - width(cell));
      return at === 0 || at === cells.length - 1 ? cell + padding : padding + cell;
    }).join("  ").trimEnd();
  const rule = "─".repeat(widths.reduce((sum, each) => sum + each + 2, -2));
  return [
    paint.strong(title),
    paint.faint(lineOf(heads)),
    paint.faint(rule),
    ...rows.map((row, at) => {
      const line = lineOf(lines[at] ?? []);
      if (!row.verdict) return line;
      return row.verdict.met ? line.replace(/✓/, paint.good) : line.replace(/✗.*$/, paint.bad);
    }),
    ...notes.map((note) => paint.faint(`  ${note}`)),
    "",
  ].join("\n");
}

function markOf({ verdict }: Row): string {
  if (!verdict) return "";
  return verdict.met ? "✓" : `✗ ${verdict.by}`.trimEnd();
}

/** Characters of `text`; every one it has here is one column wide. */
function width(text: string): number {
  return [...text].length;
}
