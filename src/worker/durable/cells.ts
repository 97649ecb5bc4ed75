/*
 * What stands in a row's cells, where SQLite has NULL for what is not there.
 */

/** The text in `cell`. */
export function textIn(cell: unknown): string | undefined {
  return cell === null ? undefined : String(cell);
}

/** The number in `cell`. */
export function numberIn(cell: unknown): number | undefined {
  return cell === null ? undefined : Number(cell);
}

/** The yes or no in `cell`. */
export function flagIn(cell: unknown): boolean | undefined {
  return cell === null ? undefined : cell === 1;
}
