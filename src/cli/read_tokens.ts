import { isObject } from "../oauth/fields.ts";
import { type BadRow, csvRows } from "./csv.ts";
import { type FoundTokens, tokensInJwt, tokensInObject } from "./found_tokens.ts";
import { linesOf, openInput, peek, shownPath } from "./input.ts";
import { reasonOf } from "./settings.ts";
import { UsageError } from "./usage_error.ts";

/** One row that could be read. */
interface ReadRow {
  readonly line: number;
  readonly read: (clientId: string | undefined) => FoundTokens;
}

/**
 * The tokens in a file of another system, told apart by its first characters: JSON (an object, an array, or one object
 * per line), bare JWTs one per line, or CSV with a header.
 *
 * @param onBadRow told of a row that cannot be used; the rest goes on.
 * @param clientId of the app whose tokens these should be; without it any app's are taken.
 * @throws {UsageError} when the file cannot be read at all.
 */
export async function* readTokens(
  path: string,
  onBadRow: (row: BadRow) => void,
  clientId?: string,
): AsyncGenerator<FoundTokens, void, undefined> {
  for await (const { line, read } of rowsOf(path, onBadRow)) {
    let found: FoundTokens;
    try {
      found = read(clientId);
    } catch (error) {
      onBadRow({ line, reason: reasonOf(error) });
      continue;
    }
    yield found;
  }
}

async function* rowsOf(
  path: string,
  onBadRow: (row: BadRow) => void,
): AsyncGenerator<ReadRow, void, undefined> {
  const { first, chunks } = await peek(await openInput(path));
  if (first === "[" || first === "{") return yield* jsonRows(path, await wholeText(chunks), onBadRow);
  const [head, rest] = await headOf(chunks);
  if (JWT.test(head.trim())) return yield* jwtRows(rest);
  const rows = csvRows(rest, { onHeader: (names) => checkHeader(path, names), onBadRow });
  for await (const { line, fields } of rows) {
    yield { line, read: (clientId) => tokensInObject(withoutBlanks(fields), clientId) };
  }
}

async function* jwtRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ReadRow, void, undefined> {
  for await (const { line, text } of linesOf(chunks)) {
    const token = text.replace(/^\uFEFF/, "").trim();
    if (token !== "") yield { line, read: () => tokensInJwt(token) };
  }
}

/** One value over the whole text, or one per line. */
function* jsonRows(
  path: string,
  text: string,
  onBadRow: (row: BadRow) => void,
): Generator<ReadRow, void, undefined> {
  const whole = parse(text);
  if (whole !== undefined) {
    for (const item of documentsIn(whole)) yield* objectRow(item.line, item.value, onBadRow);
    return;
  }
  const lines = text.split("\n");
  if (!lines.some((line) => isObject(parse(line)))) {
    throw new UsageError(`${shownPath(path)} is neither JSON nor JSON lines: it may be cut`);
  }
  for (const [index, line] of lines.entries()) {
    if (line.trim() !== "") yield* objectRow(index + 1, parse(line), onBadRow);
  }
}

/** Items of an array count as lines do. */
function documentsIn(whole: unknown): { readonly line: number; readonly value: unknown }[] {
  const items = Array.isArray(whole) ? whole : [whole];
  return items.map((value, index) => ({ line: index + 1, value }));
}

function* objectRow(
  line: number,
  value: unknown,
  onBadRow: (row: BadRow) => void,
): Generator<ReadRow, void, undefined> {
  if (isObject(value)) yield { line, read: (clientId) => tokensInObject(value, clientId) };
  else onBadRow({ line, reason: "it is no JSON object" });
}

const JWT = /^\uFEFF?[\w-]{10,}\.[\w-]{10,}\.[\w-]*$/;

async function headOf(
  chunks: AsyncIterable<Uint8Array>,
): Promise<readonly [head: string, chunks: AsyncIterable<Uint8Array>]> {
  const bytes = await wholeBytes(chunks); // an import is kept in memory anyway: the newest of each wins
  const end = bytes.indexOf(10);
  const head = new TextDecoder().decode(bytes.subarray(0, end < 0 ? bytes.length : end));
  return [head, ReadableStream.from([bytes])];
}

async function wholeText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  return new TextDecoder().decode(await wholeBytes(chunks));
}

async function wholeBytes(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts = await Array.fromAsync(chunks);
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function checkHeader(path: string, names: readonly string[]): void {
  if (names.some((name) => /^(access|refresh)_?token$/i.test(name))) return;
  throw new UsageError(
    `${shownPath(path)}: no JSON, no JWTs, and line 1 is no CSV header with access_token or refresh_token`,
  );
}

function withoutBlanks(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
