/** What a spreadsheet begins a formula with, at the beginning of a cell. Where the separator is another, `;` begins one too. */
const FORMULA = /(^|[;\t])(\s*[=+\-@＝＋－＠])/g;

/** One line of CSV, without its end. A cell that a spreadsheet would take for a formula is disarmed by a `'`. */
export function csvLine(cells: readonly (string | undefined)[]): string {
  return cells.map((cell = "") => {
    const text = cell.replace(FORMULA, "$1'$2");
    return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }).join(",");
}
