import { orUndefined } from "../../oauth/or_undefined.ts";
import type { DirectoryFilter, DirectoryOrder, DirectoryQuery } from "./directory_api.ts";
import type { SqlValue } from "./directory_sql.ts";
import { placeOf } from "./status_order.ts";

/** A part of a statement, with its values. */
export interface SqlPart {
  /** The text. */
  readonly text: string;
  /** The values of its question marks. */
  readonly values: readonly SqlValue[];
}

/** What `q` turned out to mean: an id that is known, its agency's too; or words. */
export type Wanted =
  | { readonly kind: "all" }
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "agency"; readonly id: string }
  | { readonly kind: "words"; readonly match: string }
  | { readonly kind: "nothing" };

/** Rows that may be sorted for one page; where more are meant, the page is read along the order's index. */
export const FEW_ROWS = 2_000;

/** The columns of an order; all ascending, the last one unique. */
const COLUMNS: Readonly<Record<DirectoryOrder, readonly string[]>> = {
  known: ["n"],
  status: ["status", "sinceDesc", "n"],
  name: ["sortName", "n"],
  since: ["sinceDesc", "n"],
};

/** In which order `query` is answered. */
export function orderOf({ order, status }: DirectoryQuery): DirectoryOrder {
  return order ?? (status === undefined ? "known" : "status");
}

/**
 * The statement of one page of `query`: `limit` rows from `cursor` on. `few`: whether so few are meant that they are better
 * found first and sorted then. A unary plus keeps SQLite from an index that it would choose without knowing the numbers.
 */
export function pageStatement(
  query: DirectoryQuery,
  wanted: Wanted,
  { few, limit, after }: { few: boolean; limit: number; after: readonly SqlValue[] | undefined },
): SqlPart {
  const columns = COLUMNS[orderOf(query)];
  const isFound = few || wanted.kind === "id" || wanted.kind === "agency" || wanted.kind === "words";
  const isPlain = wanted.kind === "words" && columns.length === 1;
  const ordered = columns.map((name) => isPlain ? "search.rowid" : isFound ? `+c.${name}` : `c.${name}`);
  const marks = columns.map(() => "?").join(", ");
  const from = fromPart(query, wanted, isFound ? "filter" : orderOf(query));
  const keyset = after ? ` AND (${ordered.join(", ")}) > (${marks})` : "";
  return {
    text: `SELECT c.* ${from.text}${keyset} ORDER BY ${ordered.join(", ")} LIMIT ?`,
    values: [...from.values, ...(after ?? []), limit],
  };
}

/** The statement that counts what `filter` means, by kind, status and cause. */
export function countStatement(filter: DirectoryFilter, wanted: Wanted): SqlPart {
  const { kind, status, companyId, cause } = filter;
  if (wanted.kind === "all" && companyId === undefined) {
    const conditions = conditionsOf([["kind", kind], ["status", status && placeOf(status)], [
      "cause",
      cause,
    ]]);
    return {
      text: `SELECT kind, status, cause, n FROM counters c WHERE n > 0${conditions.text}`,
      values: conditions.values,
    };
  }
  const from = fromPart(filter, wanted, "filter");
  return {
    text:
      `SELECT c.kind, c.status, ifnull(c.cause, '') AS cause, count(*) AS n ${from.text} GROUP BY 1, 2, 3`,
    values: from.values,
  };
}

/** `FROM … WHERE …` of the rows meant. `lead`: whether the filter's index leads, or the order's. */
function fromPart(
  { kind, status, companyId, cause }: DirectoryFilter,
  wanted: Wanted,
  lead: "filter" | DirectoryOrder,
): SqlPart {
  const leading = lead !== "filter" || wanted.kind !== "all"
    ? undefined
    : companyId !== undefined
    ? "companyId"
    : cause !== undefined
    ? "cause"
    : kind === "company" || status === undefined
    ? "kind"
    : "status";
  const plain = lead === "status" ? "status" : leading;
  const name = (column: string): string => column === plain ? `c.${column}` : `+c.${column}`;
  const rest = conditionsOf([
    [name("kind"), kind],
    [name("status"), status && placeOf(status)],
    [name("companyId"), companyId],
    [name("cause"), cause],
  ]);
  const found = foundPart(wanted);
  return { text: found.text + rest.text, values: [...found.values, ...rest.values] };
}

function foundPart(wanted: Wanted): SqlPart {
  switch (wanted.kind) {
    case "all":
      return { text: "FROM connections c WHERE 1", values: [] };
    case "id":
      return {
        text: "FROM connections c WHERE c.kind IN ('location', 'company') AND c.id = ?",
        values: [wanted.id],
      };
    case "agency":
      return { text: "FROM connections c WHERE c.companyId = ?", values: [wanted.id] };
    case "words":
      return {
        text: "FROM search CROSS JOIN connections c ON c.n = search.rowid WHERE search MATCH ?",
        values: [wanted.match],
      };
    case "nothing":
      return { text: "FROM connections c WHERE 0", values: [] };
  }
}

function conditionsOf(pairs: readonly (readonly [string, SqlValue | undefined])[]): SqlPart {
  const given = pairs.flatMap(([name, value]) => value === undefined ? [] : [{ name, value }]);
  return {
    text: given.map(({ name }) => ` AND ${name} = ?`).join(""),
    values: given.map(({ value }) => value),
  };
}

/** The place after `row` in `order`, as a text that a caller hands back. */
export function cursorAfter(order: DirectoryOrder, row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify([order, ...COLUMNS[order].map((name) => row[name])]);
}

/** The place that `cursor` names in `order`; `undefined` where it names none. */
export function placeAfter(order: DirectoryOrder, cursor: string): readonly SqlValue[] | undefined {
  const parsed = orUndefined<unknown>(() => JSON.parse(cursor));
  if (!Array.isArray(parsed)) return undefined;
  const [ofOrder, ...values]: unknown[] = parsed;
  const columns = COLUMNS[order];
  if (ofOrder !== order || values.length !== columns.length) return undefined;
  const place = values.filter((value): value is SqlValue =>
    typeof value === "string" || typeof value === "number"
  );
  return place.length === columns.length ? place : undefined;
}
