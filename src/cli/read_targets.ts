import { isObject } from "../oauth/fields.ts";
import { checkId } from "../oauth/target.ts";
import type { Wanted } from "./backend.ts";
import { type BadRow, csvRows, type Row } from "./csv.ts";
import { linesOf, openInput, peek, shownPath } from "./input.ts";
import { reasonOf } from "./settings.ts";
import { UsageError } from "./usage_error.ts";

/**
 * The connections that a file names, as it is read: CSV with a header that has `locationId` or `companyId`, or JSON
 * lines with these fields. A row with both is the location, and says which agency it belongs to.
 *
 * @param onBadRow told of a row that cannot be used; the rest goes on.
 * @throws {UsageError} when the file cannot be read or its header names neither column.
 */
export async function* readTargets(
  path: string,
  onBadRow: (row: BadRow) => void,
): AsyncGenerator<Wanted, void, undefined> {
  const { first, chunks } = await peek(await openInput(path));
  if (first === "[") {
    throw new UsageError(
      `${shownPath(path)} is one JSON array. Put one object on each line: jq -c '.[]' ${path}`,
    );
  }
  const rows = first === "{" ? jsonRows(chunks, onBadRow) : csvRows(chunks, {
    onHeader: (names) => checkHeader(path, names),
    onBadRow,
  });
  for await (const { line, fields } of rows) {
    try {
      yield wantedFrom(fields);
    } catch (error) {
      onBadRow({ line, reason: reasonOf(error) });
    }
  }
}

async function* jsonRows(
  chunks: AsyncIterable<Uint8Array>,
  onBadRow: (row: BadRow) => void,
): AsyncGenerator<Row, void, undefined> {
  for await (const { line, text } of linesOf(chunks)) {
    if (text.trim() === "") continue;
    const fields = parse(text);
    if (isObject(fields)) yield { line, fields };
    else onBadRow({ line, reason: "it is no JSON object" });
  }
}

function checkHeader(path: string, names: readonly string[]): void {
  if (names.some((name) => LOCATION.test(name) || COMPANY.test(name))) return;
  const shown = names.join(", ").slice(0, 100);
  throw new UsageError(
    `${shownPath(path)}: line 1 must be a header with locationId or companyId; it is: ${shown}`,
  );
}

const LOCATION = /^location_?id$/i;
const COMPANY = /^company_?id$/i;

function wantedFrom(fields: Readonly<Record<string, unknown>>): Wanted {
  const locationId = idIn(fields, LOCATION, "locationId");
  const companyId = idIn(fields, COMPANY, "companyId");
  if (locationId !== undefined) {
    return { target: { locationId }, ...(companyId && { details: { companyId } }) };
  }
  if (companyId !== undefined) return { target: { companyId } };
  throw new TypeError("it has neither a locationId nor a companyId");
}

function idIn(fields: Readonly<Record<string, unknown>>, name: RegExp, label: string): string | undefined {
  for (const [field, value] of Object.entries(fields)) {
    if (!name.test(field) || value === undefined || value === null) continue;
    const id = typeof value === "string" ? value.trim() : value;
    return id === "" ? undefined : checkId(label, id);
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
