import type { Candidate } from "./candidate.ts";
import { candidatesIn, candidatesInFields, underHeader } from "./candidates_in.ts";
import { envValues, isAssignment } from "./env_values.ts";
import { looksLikeId } from "./cell_values.ts";
import { fieldName, isHeader, isHeaderAgain, isHeaderBelow } from "./field_names.ts";
import type { ImportRow, LeftOutCode } from "./import_row.ts";
import { jsonValues } from "./json_values.ts";
import { judge, type Judging } from "./judge.ts";
import { type Encoding, type ImportSource, type Line, linesOf } from "./lines_of.ts";
import { kindOfFile } from "./kind_of_file.ts";
import { type PlainCode, type Remark, remark } from "./remarks.ts";
import { isListRow, rowByLook, saysNothing } from "./row_by_look.ts";
import { separatedRows, type Separator, separatorOf } from "./separated_rows.ts";

/** What a file turned out to be. */
export interface ImportFormat {
  /** `json`: in any layout. `env`: NAME=value. `table`: rows with or without a header, also bare ids or tokens. */
  readonly format: "json" | "env" | "table";
  /** Of a table: what stands between its cells. */
  readonly separator?: Separator;
  /** Of a table: its header's names; absent where it has no header that says something. */
  readonly header?: readonly string[];
}

/** Options of {@linkcode readConnections}. */
export interface ImportOptions {
  /**
   * What is wanted: `"tokens"` leaves out what has none, and other apps' tokens; for `"ids"` tokens only tell whose they are.
   * @default {"tokens"}
   */
  readonly need?: "ids" | "tokens";
  /**
   * The client ids of the app, the present one first. Without them the tokens of any app are taken.
   * @default {[]}
   */
  readonly clientIds?: readonly string[];
  /** Told once what the file is, before its first row. */
  readonly onFormat?: (format: ImportFormat) => void;
  /** Told each encoding at its first use. */
  readonly onEncoding?: (encoding: Encoding) => void;
}

/** A piece of a file before it is judged. */
type Piece =
  | { readonly line: number; readonly path?: string; readonly candidates: readonly Candidate[] }
  | { readonly line: number; readonly path?: string; readonly fault: PlainCode }
  | { readonly line: number; readonly code: LeftOutCode; readonly remark: Remark };

/**
 * Reads connections, with their tokens, from a file of another system, and yields what became of each of its rows: taken, left
 * out with a reason, or bad. No row is passed over, and no bytes make it throw.
 *
 * It takes what people have: UTF-8, UTF-16 or Latin-1; tables with commas, semicolons or tabs, with headers of any spelling
 * or none; bare ids and tokens; JSON in any layout, HighLevel's own answers, documents of its SDK, objects keyed by id,
 * tokens nested under any name; `.env` files. What a token is comes from the token itself, what stands beside it comes second.
 * Lines, tables and arrays are read as they come, however long they are; a single JSON object is held whole.
 *
 * @example
 * ```ts
 * import { readConnections, remarkText } from "@reconnect/highlevel/import";
 *
 * const file = "Location ID;Access Token\nl1C08ntBrFjLS0elLIYU;an-opaque-token\n;\n";
 * for await (const row of readConnections(file)) {
 *   if (row.result === "taken") console.log(row.line, row.found.target);
 *   else console.log(row.line, remarkText(row.remark));
 * }
 * ```
 */
export async function* readConnections(
  source: ImportSource,
  { need = "tokens", clientIds = [], onFormat = () => {}, onEncoding }: ImportOptions = {},
): AsyncGenerator<ImportRow, void, undefined> {
  for await (const piece of piecesOf(linesOf(source, onEncoding), onFormat)) {
    yield* rowsOf(piece, { need, clientIds });
  }
}

function* rowsOf(piece: Piece, judging: Judging): Generator<ImportRow, void, undefined> {
  const { line } = piece;
  if ("code" in piece) {
    return yield { result: "left_out", line, path: "", code: piece.code, remark: piece.remark };
  }
  const { path = "" } = piece;
  if ("fault" in piece) return yield { result: "bad", line, path, remark: remark(piece.fault) };
  if (piece.candidates.length === 0) {
    return yield { ...judge({ path, tokens: [], own: {}, stated: {} }, judging), line, path };
  }
  for (const candidate of piece.candidates) {
    yield { ...judge(candidate, judging), line, path: candidate.path };
  }
}

async function* piecesOf(
  lines: AsyncGenerator<Line, void, undefined>,
  onFormat: (format: ImportFormat) => void,
): AsyncGenerator<Piece, void, undefined> {
  const comments: number[] = [];
  for (;;) {
    const { value: first, done } = await lines.next();
    if (done) return yield* commentsAt(comments);
    const other = kindOfFile(first.text);
    if (other !== undefined) {
      await lines.return();
      return yield { line: first.line, fault: other };
    }
    if (/^\s*$/.test(first.text)) continue;
    if (!/^\s*#/.test(first.text) && !DRAWN.test(first.text)) {
      return yield* piecesAfter(first, { lines, comments, onFormat });
    }
    comments.push(first.line);
  }
}

/** The pieces of a file by what its first line looks like. */
async function* piecesAfter(
  first: Line,
  { lines, comments, onFormat }: {
    readonly lines: AsyncGenerator<Line, void, undefined>;
    readonly comments: readonly number[];
    readonly onFormat: (format: ImportFormat) => void;
  },
): AsyncGenerator<Piece, void, undefined> {
  const [, separator] = EXCELS_OWN.exec(first.text) ?? [];
  const rest = followed(first, lines);
  if (/^\s*([[{]|"\s*\[?\s*\{\s*\\")/.test(first.text)) {
    onFormat({ format: "json" });
    for await (const { line, value, index, fault } of jsonValues(rest)) {
      const path = index === undefined ? "" : `[${index}]`;
      if (fault !== undefined) yield { line, path, fault };
      else yield { line, path, candidates: candidatesIn(value, path) };
    }
  } else if (isAssignment(first.text) && separator === undefined) {
    onFormat({ format: "env" });
    for await (const part of envValues(rest)) {
      const { line } = part;
      if ("fault" in part) yield { line, fault: part.fault };
      else yield { line, candidates: candidatesInFields(Object.entries(part.value)) };
    }
  } else {
    yield* commentsAt(comments);
    const isPiped = first.text.includes("|") && isHeader(first.text.split("|"));
    if (separator !== undefined) yield* tablePieces(lines, separatorOf(separator), onFormat);
    else yield* tablePieces(rest, isPiped ? "|" : separatorOf(first.text), onFormat);
  }
}

/** The first line by which Excel tells itself what separates cells. */
const EXCELS_OWN = /^\s*"?sep=([,;\t|])"?\s*$/i;
/** A line of a table that is drawn, as psql, MySQL and Markdown do, and what psql writes below it. */
const DRAWN = /^\s*([-+|:=][-+|:=\s]{2,}$|\(\d+ rows?\)\s*$|\d+ rows? in set)/;

function* commentsAt(lines: readonly number[]): Generator<Piece, void, undefined> {
  for (const line of lines) yield { line, code: "comment", remark: remark("comment") };
}

async function* tablePieces(
  lines: AsyncGenerator<Line, void, undefined>,
  separator: Separator,
  onFormat: (format: ImportFormat) => void,
): AsyncGenerator<Piece, void, undefined> {
  let header: readonly string[] | undefined;
  let isList: boolean | undefined;
  let isTop = true;
  for await (const { line, cells, fault } of separatedRows(lines, separator)) {
    const isFirst = isList === undefined;
    if (fault !== undefined) yield { line, fault };
    else if (cells.every((cell) => cell === "")) {
      if (cells.length > 1) yield { line, code: "empty", remark: remark("empty") };
    } else if (DRAWN.test(cells.join("|"))) {
      yield { line, code: "empty", remark: remark("drawn") };
    } else if (
      isFirst ? isHeader(cells) && !isListRow(cells) : isHeaderAgain(cells) || isTop && isHeaderBelow(cells)
    ) {
      if (!isFirst) yield { line, code: "header", remark: remark("header") };
      header = cells;
      isList = false;
      if (isFirst) onFormat({ format: "table", separator, header });
    } else if (header) {
      isTop = false;
      if (isShifted(header, cells)) yield { line, fault: "shifted" };
      else yield { line, candidates: candidatesInFields(underHeader(header, cells)) };
    } else if (/^#/.test(cells[0] ?? "")) yield { line, code: "comment", remark: remark("comment") };
    else {
      isList ??= isListRow(cells);
      if (isFirst) onFormat({ format: "table", separator });
      if (!isFirst || !saysNothing(cells)) {
        isTop = false;
        yield { line, ...rowByLook(cells, isList) };
      } else {
        yield { line, code: "header", remark: remark("unknown_header", wordsIn(cells)) };
      }
    }
  }
}

/** Whether a row that is longer than its header has no id where its header says: a cell before it had a separator in it. */
function isShifted(header: readonly string[], cells: readonly string[]): boolean {
  return cells.some((cell, index) => index >= header.length && cell !== "") &&
    header.some((name, index) => {
      const cell = cells[index] ?? "";
      return cell !== "" && !looksLikeId(cell) && /Id$/.test(fieldName(name)?.role ?? "");
    });
}

/** The cells that are words: another may be a token. */
function wordsIn(cells: readonly string[]): string {
  return cells.map((cell) => /^\p{L}[\p{L} _.-]{0,30}$/u.test(cell) ? cell : "…").join(", ").slice(0, 100);
}

async function* followed(
  first: Line,
  rest: AsyncGenerator<Line, void, undefined>,
): AsyncGenerator<Line, void, undefined> {
  yield first;
  yield* rest;
}
