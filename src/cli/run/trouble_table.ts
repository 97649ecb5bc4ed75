import Table from "npm:cli-table3@0.6.5";
import type { Recovery } from "../../connections/recovery.ts";
import type { Output } from "../terminal/output.ts";
import { counted, grouped, kindOf, nameOf, printable, whyOf } from "../terminal/words.ts";

/** Rows shown at most; the report and `--json` have all. */
const MOST_ROWS = 1_000;

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
  print(output: Output): void {
    if (this.#rows.length === 0) return;
    const links: string[] = [];
    output.print(`\nNot recovered: ${counted(this.#rows.length + this.#left, "connection")}`);
    if (output.isTerminal && output.width < NARROW) this.#printStacked(output, links);
    else output.print(this.#table(output, links));
    if (this.#left > 0) {
      output.print(`… and ${grouped(this.#left)} more: --report out.csv and --json have them all.`);
    }
    links.forEach((link, index) =>
      output.print(`[${index + 1}] Send this link to the customer:\n${printable(link)}`)
    );
  }

  #table({ color, isTerminal, width }: Output, links: string[]): string {
    const table = new Table({
      head: ["Connection", "Outcome", "Reason", "Trace id", "Link"],
      style: { head: color ? ["bold"] : [], border: color ? ["gray"] : [], compact: true },
      wordWrap: isTerminal,
      ...(isTerminal ? { colWidths: widthsFor(width) } : { chars: PLAIN }),
    });
    for (const recovery of this.#rows) {
      const [kind, id] = kindOf(recovery.target);
      const { traceId = "-" } = recovery;
      const connection = isTerminal ? `${kind}\n${id}` : `${kind} ${id}`;
      table.push([
        connection,
        OUTCOMES[recovery.outcome],
        whyOf(recovery),
        printable(traceId),
        linkOf(recovery, links),
      ]);
    }
    return table.toString();
  }

  /** The same for a terminal too narrow for a table. */
  #printStacked({ print }: Output, links: string[]): void {
    for (const recovery of this.#rows) {
      const { target, outcome, traceId = "-" } = recovery;
      print(`${nameOf(target)}: ${OUTCOMES[outcome]}\n  ${whyOf(recovery)}`);
      print(`  trace ${printable(traceId)}   link ${linkOf(recovery, links)}`);
    }
  }

  /** Whether somebody must authorise the app and the link is not known. */
  get lacksLink(): boolean {
    return this.#rows.some((row) => row.outcome === "reauthorization_required" && !row.authorizationUrl);
  }
}

const OUTCOMES: Readonly<Record<Recovery["outcome"], string>> = {
  recovered: "recovered",
  paused: "paused",
  reauthorization_required: "needs a person",
  failed: "failed",
};

const PLAIN = {
  "top": "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  "bottom": "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  "left": "",
  "left-mid": "",
  "mid": "",
  "mid-mid": "",
  "right": "",
  "right-mid": "",
  "middle": " ",
};

/** A terminal with fewer columns than this has no room for the table. */
const NARROW = 110;

/** Column widths that fill a terminal: ids and trace ids whole, the reason takes the rest. */
function widthsFor(columns: number): number[] {
  const [connection, outcome, trace, link] = [22, 16, 38, 6];
  return [connection, outcome, columns - connection - outcome - trace - link - 6, trace, link];
}

/** `[1]`, the number of its link under the table; `-` where there is none. */
function linkOf({ authorizationUrl: link }: Recovery, links: string[]): string {
  if (!link) return "-";
  const at = links.indexOf(link);
  return `[${at >= 0 ? at + 1 : links.push(link)}]`;
}
