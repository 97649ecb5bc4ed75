import Table from "npm:cli-table3@0.6.5";
import type { Recovery } from "../connections/recovery.ts";
import type { Output } from "./output.ts";
import { counted, grouped, kindOf, whyOf } from "./words.ts";

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
    const table = new Table({
      head: ["Connection", "Outcome", "Reason", "Trace id", "Link"],
      style: { head: output.color ? ["bold"] : [], border: output.color ? ["gray"] : [], compact: true },
      wordWrap: output.isTerminal,
      ...(output.isTerminal ? { colWidths: widthsFor(output.width) } : { chars: PLAIN }),
    });
    for (const recovery of this.#rows) {
      const { target, outcome, traceId = "-", authorizationUrl } = recovery;
      const [kind, id] = kindOf(target);
      table.push([
        output.isTerminal ? `${kind}\n${id}` : `${kind} ${id}`,
        OUTCOMES[outcome],
        whyOf(recovery),
        traceId,
        authorizationUrl ? `[${linkNumber(links, authorizationUrl)}]` : "-",
      ]);
    }
    output.print(`\nNot recovered: ${counted(this.#rows.length + this.#left, "connection")}`);
    output.print(table.toString());
    if (this.#left > 0) {
      output.print(`… and ${grouped(this.#left)} more: --report out.csv and --json have them all.`);
    }
    links.forEach((link, index) => output.print(`[${index + 1}] Send this link to the customer:\n${link}`));
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

/** Column widths that fit a terminal: ids and trace ids whole where there is room, the reason takes the rest. */
function widthsFor(columns: number): number[] {
  const [connection, outcome, trace, link] = columns >= 110 ? [24, 16, 38, 6] : [24, 11, 14, 6];
  return [connection, outcome, Math.max(16, columns - connection - outcome - trace - link - 6), trace, link];
}

function linkNumber(links: string[], link: string): number {
  const at = links.indexOf(link);
  return at >= 0 ? at + 1 : links.push(link);
}
