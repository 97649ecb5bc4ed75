import type { ImportRow, TakenRow } from "../../import/import_row.ts";
import type { Encoding } from "../../import/lines_of.ts";
import { type ImportFormat, type ImportOptions, readConnections } from "../../import/read_connections.ts";
import { openInput, shownPath } from "./input.ts";
import type { Output } from "../terminal/output.ts";
import { counted, grouped, printable } from "../terminal/words.ts";

/** The rows of one file that names connections; what is not taken is told by its line, and counted. */
export class FileRows {
  readonly #path: string;
  readonly #options: Pick<ImportOptions, "need" | "clientIds">;
  readonly #output: Output;
  readonly #encodings: Encoding[] = [];
  #format: ImportFormat | undefined;
  /** Rows that name a connection. */
  taken = 0;
  /** Rows left out with a reason. */
  leftOut = 0;
  /** Those of them that hold something: tokens of another app, for one. Empty rows, comments and headers do not. */
  unwanted = 0;
  /** Rows that cannot be understood. */
  bad = 0;

  constructor(path: string, options: Pick<ImportOptions, "need" | "clientIds">, output: Output) {
    this.#path = path;
    this.#options = options;
    this.#output = output;
  }

  /** The rows that are taken. @throws {UsageError} when the file cannot be read. */
  async *read(): AsyncGenerator<TakenRow, void, undefined> {
    this.taken =
      this.leftOut =
      this.unwanted =
      this.bad =
        0;
    const rows = readConnections(await openInput(this.#path), {
      ...this.#options,
      onFormat: (format) => this.#format = format,
      onEncoding: (encoding) => this.#encodings.push(encoding),
    });
    for await (const row of rows) {
      this.#count(row);
      if (row.result === "taken") yield row;
    }
  }

  /** The rows again, without telling again what is not taken. */
  async *again(): AsyncGenerator<TakenRow, void, undefined> {
    const rows = readConnections(await openInput(this.#path), this.#options);
    for await (const row of rows) if (row.result === "taken") yield row;
  }

  /** What kind of file it is, in words. */
  kind(): string {
    const { format, separator, header } = this.#format ?? {};
    const encoding = [...new Set(this.#encodings)].map((name) => ENCODINGS[name]).join(" and ");
    switch (format) {
      case undefined:
        return "nothing";
      case "json":
        return `JSON, ${encoding}`;
      case "env":
        return `NAME=value, ${encoding}`;
      case "table":
        return `rows separated by ${SEPARATORS[separator ?? ","]}, ${
          header ? `columns ${printable(header.join(", ")).slice(0, 100)}` : "without a header"
        }, ${encoding}`;
    }
  }

  /** How its rows ended; the counts add up. */
  get summary(): string {
    const { taken, leftOut, bad } = this;
    const parts = [
      ...(leftOut + bad > 0 ? [`${grouped(taken)} used`] : []),
      ...(leftOut > 0 ? [`${grouped(leftOut)} left out`] : []),
      ...(bad > 0 ? [`${grouped(bad)} bad`] : []),
    ];
    return `${counted(taken + leftOut + bad, "row")}${parts.length > 0 ? ` (${parts.join(", ")})` : ""}`;
  }

  /** Whether something in it was not taken that somebody may miss. */
  get isLacking(): boolean {
    return this.bad + this.unwanted > 0;
  }

  #count(row: ImportRow): void {
    const place = `${shownPath(this.#path)}: line ${row.line}${row.path && ` ${printable(row.path)}`}`;
    const { line, path } = row;
    switch (row.result) {
      case "taken":
        this.taken++;
        for (const note of row.notes) {
          this.#output.note(`${place}: ${printable(note)}.`);
          this.#output.emit({ type: "note", line, ...(path && { path }), note });
        }
        return;
      case "left_out": {
        const { code, reason } = row;
        this.leftOut++;
        if (code === "empty" || code === "comment") return; // in the counts
        if (code !== "header") this.unwanted++;
        this.#output.note(`${place} left out: ${printable(reason)}.`);
        this.#output.emit({ type: "left_out_row", line, ...(path && { path }), code, reason });
        return;
      }
      case "bad":
        this.bad++;
        this.#output.note(`${place} left out: ${printable(row.reason)}.`);
        this.#output.emit({ type: "bad_row", line, ...(path && { path }), reason: row.reason });
    }
  }
}

const ENCODINGS: Readonly<Record<Encoding, string>> = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16",
  "utf-16be": "UTF-16 (big-endian)",
  "latin-1": "Latin-1",
};
const SEPARATORS = { ",": "commas", ";": "semicolons", "\t": "tabs" } as const;
