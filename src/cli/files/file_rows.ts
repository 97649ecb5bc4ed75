import type { ImportRow, TakenRow } from "../../import/import_row.ts";
import type { Encoding } from "../../import/lines_of.ts";
import { type ImportFormat, type ImportOptions, readConnections } from "../../import/read_connections.ts";
import { remarkText } from "../../import/remark_text.ts";
import type { Remark } from "../../import/remarks.ts";
import { openInput, shownPath } from "./input.ts";
import type { Output } from "../terminal/output.ts";
import { printable } from "../terminal/texts.ts";
import type { Words } from "../words/words.ts";

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
    const { file } = this.#output.words;
    const { format, separator, header } = this.#format ?? {};
    const encodings = [...new Set(this.#encodings)].map((name) => encodingName(name, file.bigEndian));
    const encoding = encodings.join(file.and);
    switch (format) {
      case undefined:
        return file.kinds.nothing;
      case "json":
      case "env":
        return `${file.kinds[format]}, ${encoding}`;
      case "table": {
        const columns = header && printable(header.join(", ")).slice(0, 100);
        return `${file.kinds.table(separator ?? ",", columns)}, ${encoding}`;
      }
    }
  }

  /** How its rows ended; the counts add up. */
  get summary(): string {
    return this.#output.words.file.summary(this.taken, this.leftOut, this.bad);
  }

  /** Whether something in it was not taken that somebody may miss. */
  get isLacking(): boolean {
    return this.bad + this.unwanted > 0;
  }

  #count(row: ImportRow): void {
    const { words: { file }, note } = this.#output;
    const { line, path } = row;
    const place = file.place(shownPath(this.#path, this.#output.words), line, printable(path));
    const told = { line, ...(path && { path }) };
    switch (row.result) {
      case "taken":
        this.taken++;
        for (const remark of row.notes) {
          note(`${place}: ${printable(remarkIn(this.#output.words, remark))}.`);
          this.#output.emit({ type: "note", ...told, code: remark.code, note: remarkText(remark) });
        }
        return;
      case "left_out": {
        const { code, remark } = row;
        this.leftOut++;
        if (code === "empty" || code === "comment") return; // in the counts
        if (code !== "header") this.unwanted++;
        note(file.leftOut(place, printable(remarkIn(this.#output.words, remark))));
        this.#output.emit({ type: "left_out_row", ...told, code, reason: remarkText(remark) });
        return;
      }
      case "bad":
        this.bad++;
        note(file.leftOut(place, printable(remarkIn(this.#output.words, row.remark))));
        this.#output.emit({
          type: "bad_row",
          ...told,
          code: row.remark.code,
          reason: remarkText(row.remark),
        });
    }
  }
}

/** `remark` in the reader's language. */
function remarkIn(words: Words, { code, values, because }: Remark): string {
  const say = words.file.remarks[code];
  return say(...values) + (because ? `: ${remarkIn(words, because)}` : "");
}

function encodingName(encoding: Encoding, bigEndian: string): string {
  switch (encoding) {
    case "utf-8":
      return "UTF-8";
    case "utf-16le":
      return "UTF-16";
    case "utf-16be":
      return `UTF-16 (${bigEndian})`;
    case "latin-1":
      return "Latin-1";
  }
}
