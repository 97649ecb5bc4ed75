import { Campaigns } from "./campaigns.ts";
import type { ConnectionRows, RowKey } from "./connection_rows.ts";
import type { DirectorySql } from "./directory_sql.ts";

/** What was erased of a connection: rows with its name and words, and what was told or noted of it. */
export interface ErasedRow {
  /** Its row, with its words in the search. */
  readonly rows: number;
  /** Alerts that were told, or to be told. */
  readonly alerts: number;
}

/** Removes all that the directory has of `key` but that it went. */
export function eraseRow(sql: DirectorySql, rows: ConnectionRows, key: RowKey, now: number): ErasedRow {
  const { kind, id } = key;
  const held = rows.get(key);
  if (held) rows.remove(key, held.seq, now);
  new Campaigns(sql).erase(key, now);
  const count = (table: string): number =>
    sql.exec(`DELETE FROM ${table} WHERE kind = ? AND id = ? RETURNING 1`, kind, id).toArray().length;
  const alerts = count("told") + count("untold");
  for (const table of ["named", "todo"]) count(table);
  return { rows: held ? 1 : 0, alerts };
}
