import { orUndefined } from "../../oauth/host.ts";
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

/** Rows that may be found first and sorted then; where more are meant, a page is read along the order's index. */
export const FEW_ROWS = 2_000;

/** What a statement begins with: the filter's index, the index of words, or the order's index. */
export type Lead = "filter" | "words" | "order";

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
 * What a page of `query` is best led by, where `total` rows are meant, and `filtered` would be without its words; up to
 * `fewRows` are found first and sorted then. SQLite does not know these numbers, and would choose by guess.
 */
export function leadOf(
  query: DirectoryQuery,
  wanted: Wanted,
  { total, filtered, fewRows }: { total: number; filtered: number; fewRows: number },
): Lead {
  const { kind, status, companyId, cause } = query;
  const order = orderOf(query);
  switch (wanted.kind) {
    case "id":
    case "agency":
    case "nothing":
      return "filter";
    case "words":
      if (filtered <= fewRows) return "filter";
      return order === "known" || total <= fewRows ? "words" : "order";
    case "all": {
      const isByIndex = order === "status" || order === "name" && status !== undefined;
      const isInOrder = isByIndex && kind === undefined && companyId === undefined && cause === undefined;
      return total <= fewRows && !isInOrder ? "filter" : "order";
    }
  }
}

/** A place in an order, between two rows: pages go on from it, or back. */
export interface Place {
  /** The values of the order's columns in the row that it is beside. */
  readonly values: readonly SqlValue[];
  /** Whether the page before it is meant. */
  readonly isBack: boolean;
}

/** The statement of one page of `query`: `limit` rows from `place` on; back from it, the nearest first. */
export function pageStatement(
  query: DirectoryQuery,
  wanted: Wanted,
  { lead, limit, place }: { lead: Lead; limit: number; place: Place | undefined },
): SqlPart {
  const columns = COLUMNS[orderOf(query)];
  const ordered = columns.map((name) =>
    lead === "order" ? `c.${name}` : lead === "words" && columns.length === 1 ? "search.rowid" : `+c.${name}`
  );
  const from = fromPart(query, wanted, lead, orderOf(query));
  const isBack = place?.isBack ?? false;
  const beside = `(${ordered.join(", ")}) ${isBack ? "<" : ">"} (${columns.map(() => "?").join(", ")})`;
  const sorted = ordered.map((column) => isBack ? `${column} DESC` : column).join(", ");
  return {
    text: `SELECT c.* ${from.text}${place ? ` AND ${beside}` : ""} ORDER BY ${sorted} LIMIT ?`,
    values: [...from.values, ...(place?.values ?? []), limit],
  };
}

/** The statement that counts what `filter` means, by kind, status and cause. */
export function countStatement(filter: DirectoryFilter, wanted: Wanted, lead: Lead): SqlPart {
  const { kind, status, companyId, cause, from: since } = filter;
  if (wanted.kind === "all" && companyId === undefined && since === undefined) {
    const conditions = conditionsOf([["kind", kind], ["status", status && placeOf(status)], [
      "cause",
      cause,
    ]]);
    return {
      text: `SELECT kind, status, cause, n FROM counters c WHERE n > 0${conditions.text}`,
      values: conditions.values,
    };
  }
  const from = fromPart(filter, wanted, lead);
  return {
    text:
      `SELECT c.kind, c.status, ifnull(c.cause, '') AS cause, count(*) AS n ${from.text} GROUP BY 1, 2, 3`,
    values: from.values,
  };
}

/** The statement that only tells how many rows `filter` means. */
export function totalStatement(filter: DirectoryFilter, wanted: Wanted, lead: Lead): SqlPart {
  const { kind, status, companyId, cause, from } = filter;
  const isFiltered = [kind, status, companyId, cause, from].some((one) => one !== undefined);
  if (wanted.kind === "words" && !isFiltered) {
    return { text: "SELECT count(*) AS n FROM search WHERE search MATCH ?", values: [wanted.match] };
  }
  const { text, values } = countStatement(filter, wanted, lead);
  return { text: `SELECT ifnull(sum(n), 0) AS n FROM (${text})`, values };
}

/** `FROM … WHERE …` of the rows meant. A unary plus keeps SQLite from an index that is not to lead. */
function fromPart(
  { kind, status, companyId, cause, from }: DirectoryFilter,
  wanted: Wanted,
  lead: Lead,
  order?: DirectoryOrder,
): SqlPart {
  const isFound = wanted.kind === "id" || wanted.kind === "agency" || lead === "words";
  const plain = lead === "order"
    ? order === "status" || order === "name" ? "status" : order === "since" ? "sinceDesc" : undefined
    : isFound
    ? undefined
    : companyId !== undefined
    ? "companyId"
    : cause !== undefined
    ? "cause"
    : kind === "company"
    ? "kind"
    : status !== undefined
    ? "status"
    : from === undefined
    ? "kind"
    : "sinceDesc";
  const isPlain = (column: string): boolean =>
    column === plain || column === "sinceDesc" && plain === "status" && order !== "name"; // they stand in one index
  const name = (column: string): string => isPlain(column) ? `c.${column}` : `+c.${column}`;
  const rest = conditionsOf([
    [name("kind"), kind],
    [name("status"), status && placeOf(status)],
    [name("companyId"), companyId],
    [name("cause"), cause],
  ]);
  const late: SqlPart = from === undefined
    ? { text: "", values: [] }
    : { text: ` AND ${name("sinceDesc")} <= ?`, values: [-from] };
  const found = foundPart(wanted, lead);
  return {
    text: found.text + rest.text + late.text,
    values: [...found.values, ...rest.values, ...late.values],
  };
}

function foundPart(wanted: Wanted, lead: Lead): SqlPart {
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
        text: lead === "words"
          ? "FROM search CROSS JOIN connections c ON c.n = search.rowid WHERE search MATCH ?"
          : "FROM connections c WHERE +c.n IN (SELECT rowid FROM search WHERE search MATCH ?)",
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

/** The place before `row` in `order`, from which one goes back. */
export function cursorBefore(order: DirectoryOrder, row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify([`<${order}`, ...COLUMNS[order].map((name) => row[name])]);
}

/** The place that `cursor` names in `order`; `undefined` where it names none. */
export function placeIn(order: DirectoryOrder, cursor: string): Place | undefined {
  const parsed = orUndefined<unknown>(() => JSON.parse(cursor));
  if (!Array.isArray(parsed)) return undefined;
  const [ofOrder, ...values]: unknown[] = parsed;
  const columns = COLUMNS[order];
  const isBack = ofOrder === `<${order}`;
  if (!isBack && ofOrder !== order || values.length !== columns.length) return undefined;
  const place = values.filter((value): value is SqlValue =>
    typeof value === "string" || typeof value === "number"
  );
  return place.length === columns.length ? { values: place, isBack } : undefined;
}
