import type { Recovery } from "../../connections/recovery.ts";
import { columnsFor } from "../terminal/columns.ts";
import type { Output } from "../terminal/output.ts";
import { paint } from "../terminal/paint.ts";
import { textWidth } from "../terminal/text_width.ts";
import { nameOf, printable, whyOf } from "../terminal/texts.ts";

/** Rows shown at most; the report and `--json` have all. */
const MOST_ROWS = 1_000;
/** What a reason needs at least to be read in a column. */
const REASON_WIDTH = 30;

/** What was not recovered, collected for the end of a run. Memory stays bounded. */
export class TroubleTable {
  readonly #rows: Recovery[] = [];
  #left = 0;

  /** Keeps `recovery` if it is trouble. */
  add(recovery: Recovery): void {
    if (recovery.outcome === "recovered") return;
    if (this.#rows.length < MOST_ROWS) this.#rows.push(recovery);
    else this.#left++;
  }

  /** Prints the table, and under it each authorisation URL once, whole, so that it can be copied. */
  print(output: Output, { isLinkShared }: { readonly isLinkShared: boolean }): void {
    if (this.#rows.length === 0) return;
    const { words, printWidth, color } = output;
    const links: string[] = [];
    output.print(`\n${words.run.notRecovered(this.#rows.length + this.#left)}`);
    const cells = this.#rows.map((recovery) => [
      nameOf(recovery.target, words),
      words.states[recovery.outcome],
      linkOf(recovery, links),
      [whyOf(recovery, words), recovery.traceId && words.run.trace(printable(recovery.traceId))]
        .filter(Boolean).join("  "),
    ]);
    const { connection, status, link, reason } = words.columns;
    const titles = [connection, status, link, reason];
    const widest = (at: number): number =>
      Math.max(...[titles, ...cells].map((row) => textWidth(row[at] ?? "")));
    const table = columnsFor(
      titles.map((title, at) => ({ title, width: at < titles.length - 1 ? widest(at) : REASON_WIDTH })),
      printWidth,
    );
    if (table.head !== undefined) output.print(paint(table.head, "bold", color));
    for (const row of cells) output.print(table.row(row));
    if (this.#left > 0) output.print(words.run.more(this.#left));
    links.forEach((link, index) => output.print(`${words.run.sendLink(index + 1)}\n${printable(link)}`));
    if (links.length > 0 && isLinkShared) output.note(words.run.sharedLink);
  }

  /** Whether somebody must authorise the app and the link is not known. */
  get lacksLink(): boolean {
    return this.#rows.some((row) => row.outcome === "reauthorization_required" && !row.authorizationUrl);
  }
}

/** `[1]`, the number of its link under the table; `-` where there is none. */
function linkOf({ authorizationUrl: link }: Recovery, links: string[]): string {
  if (!link) return "-";
  const at = links.indexOf(link);
  return `[${at >= 0 ? at + 1 : links.push(link)}]`;
}
