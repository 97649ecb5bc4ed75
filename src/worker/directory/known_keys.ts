import type { RowKey } from "./connection_rows.ts";
import type { DirectorySql } from "./directory_sql.ts";

/** One page of all that the directory knows by name. */
export interface KeyList {
  /** Connections, and those that were forgotten, in the order of `company/ID`, `location/ID`. */
  readonly keys: readonly RowKey[];
  /** Whether there is more behind them. */
  readonly isMore: boolean;
  /** Whether the directory knows all by now; it does not while it is being built. */
  readonly isComplete: boolean;
}

/** The first `limit` keys behind `after`: of rows, and of what is remembered of those that went. */
export function knownKeys(sql: DirectorySql, after: RowKey | undefined, limit: number): RowKey[] {
  const { kind, id } = after ?? { kind: "", id: "" };
  const found = ["connections", "gone"].flatMap((table) =>
    sql.exec(
      `SELECT kind, id FROM ${table} WHERE (kind, id) > (?1, ?2) ORDER BY kind, id LIMIT ?3`,
      kind,
      id,
      limit,
    ).toArray()
  );
  const names = new Set(found.map((row) => `${row.kind}/${row.id}`));
  return [...names].sort().slice(0, limit).map(rowKeyOf);
}

/** The connection that `name` (`company/ID`, `location/ID`) names. */
export function rowKeyOf(name: string): RowKey {
  const slash = name.indexOf("/");
  return { kind: name.startsWith("company/") ? "company" : "location", id: name.slice(slash + 1) };
}
