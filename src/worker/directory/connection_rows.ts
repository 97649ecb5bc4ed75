import { defined } from "../../oauth/host.ts";
import { kindIn } from "../kind_and_id.ts";
import { SUSPENDED_CAUSE } from "./campaign_rules.ts";
import { Campaigns } from "./campaigns.ts";
import { flagIn, numberIn, textIn } from "../durable/cells.ts";
import type { KeptRow, ListedRow, ReturnedBy } from "./directory_api.ts";
import type { DirectorySql, SqlValue } from "./directory_sql.ts";
import { indexedText, sortName } from "./search_text.ts";
import { placeOf, statusAt } from "./status_order.ts";

/** Which connection. */
export type RowKey = Pick<KeptRow, "kind" | "id">;

/** A row as the directory holds it. */
export interface HeldRow extends ListedRow {
  /** Its place among all that ever became known. */
  readonly n: number;
  /** The `seq` of the last report; 0 where it was found in KV. */
  readonly seq: number;
  /** Since when KV does not have it, ms. */
  readonly missingSince?: number;
}

/** A connection that the directory let go. */
export interface GoneRow {
  /** The `seq` of the report that said so. */
  readonly seq: number;
  /** When, ms. */
  readonly at: number;
}

const RETURNED_BY: readonly ReturnedBy[] = ["person", "agency", "itself"];

/** A row's cells as they are read. */
const CELLS =
  "n, kind, id, name, companyId, versionId, isWhiteLabel, status, cause, traceId, sinceDesc, updatedAt, seq, missingSince, linkMadeAt, linkOpenedAt, returnedAt, returnedBy, isNameGiven";

/** The directory's rows in its SQLite, with their counters and their words. */
export class ConnectionRows {
  readonly #sql: DirectorySql;
  readonly #campaigns: Campaigns;

  /** Rows in `sql`. */
  constructor(sql: DirectorySql) {
    this.#sql = sql;
    this.#campaigns = new Campaigns(sql);
  }

  /** The row of `key`. */
  get({ kind, id }: RowKey): HeldRow | undefined {
    return this.#select("WHERE kind = ? AND id = ?", kind, id)[0];
  }

  /** The first `limit` rows of one kind whose id comes after `after`, up to `through`, in the order of their ids. */
  between(kind: KeptRow["kind"], after: string, through: string, limit: number): HeldRow[] {
    return this.#select(
      "WHERE kind = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?",
      kind,
      after,
      through,
      limit,
    );
  }

  /** The ids of the locations of a company. */
  locationsOf(companyId: string): string[] {
    const rows = this.#sql.exec(
      "SELECT id FROM connections WHERE companyId = ? AND +kind = 'location'",
      companyId,
    );
    return rows.toArray().map(({ id }) => String(id));
  }

  /** Those of locations with `ids` that are lost, or not known. */
  lacking(ids: readonly string[]): string[] {
    const rows = this.#sql.exec(
      `SELECT j.value FROM json_each(?) j WHERE NOT EXISTS (
        SELECT 1 FROM connections c WHERE c.kind = 'location' AND c.id = j.value AND c.status IN (?, ?))`,
      JSON.stringify(ids),
      placeOf("connected"),
      placeOf("paused"),
    );
    return rows.toArray().map(({ value }) => String(value));
  }

  /** The names of companies, by id, where they are known. */
  companyNames(ids: readonly string[]): Record<string, string> {
    const unique = [...new Set(ids)];
    const names = this.names(unique.map((id) => ({ kind: "company", id })));
    return Object.fromEntries(unique.flatMap((id, at) => names[at] ? [[id, names[at]]] : []));
  }

  /** The name of each of `keys`, in their order; `null` where none is known. */
  names(keys: readonly RowKey[]): (string | null)[] {
    const rows = this.#sql.exec(
      `SELECT c.name FROM json_each(?) j LEFT JOIN connections c
        ON c.kind = j.value ->> 'kind' AND c.id = j.value ->> 'id' ORDER BY j.key`,
      JSON.stringify(keys),
    );
    return rows.toArray().map(({ name }) => textIn(name) ?? null);
  }

  /** What is known of `key` after its row went. */
  gone({ kind, id }: RowKey): GoneRow | undefined {
    const [row] = this.#sql.exec("SELECT seq, at FROM gone WHERE kind = ? AND id = ?", kind, id).toArray();
    return row && { seq: Number(row.seq), at: Number(row.at) };
  }

  /** Writes the row as `row` tells it, and tells the campaigns that wait for it. */
  put(row: KeptRow, seq: number, now: number): void {
    const held = this.get(row);
    this.#campaigns.see(row, row, now);
    this.#write(row, held, seq, now);
    if (leavesSomebody(row, held)) this.#campaigns.askLeft(row);
  }

  /** Writes the cells that differ from what is `held`, and with them the indexes that have those alone. */
  #write(row: KeptRow, held: HeldRow | undefined, seq: number, now: number): void {
    const next: Cells = { ...cellsOf(lastingIn(row, held)), updatedAt: now, seq, missingSince: null };
    if (held) {
      const before = cellsOf(held);
      const changed = Object.entries(next).filter(([name, cell]) => cell !== before[name]);
      this.#sql.exec(
        `UPDATE connections SET ${changed.map(([name]) => `${name} = ?`).join(", ")} WHERE n = ?`,
        ...changed.map(([, cell]) => cell),
        held.n,
      );
      if (held.status !== row.status || held.cause !== row.cause) {
        this.#count(held, -1);
        this.#count(row, 1);
      }
      const isFoundOtherwise = held.name !== row.name || held.companyId !== row.companyId;
      if (isFoundOtherwise) this.#index(held.n, row);
      return;
    }
    const { kind, id } = row;
    this.#sql.exec("DELETE FROM gone WHERE kind = ? AND id = ?", kind, id);
    const cells = Object.entries({ ...next, kind, id });
    const [made] = this.#sql.exec(
      `INSERT INTO connections (${cells.map(([name]) => name).join(", ")})
        VALUES (${cells.map(() => "?").join(", ")}) RETURNING n`,
      ...cells.map(([, cell]) => cell),
    ).toArray();
    this.#count(row, 1);
    this.#index(Number(made?.n), row);
  }

  /** Takes the row of `key` out, and remembers for a while that it went. */
  remove(key: RowKey, seq: number, now: number): void {
    this.#sql.exec("INSERT OR REPLACE INTO gone VALUES (?, ?, ?, ?)", key.kind, key.id, seq, now);
    this.drop(key);
  }

  /** Takes the row of `key` out as if it had never been. */
  drop(key: RowKey): void {
    const held = this.get(key);
    if (!held) return;
    this.#campaigns.see(key, undefined, Date.now());
    this.#sql.exec("DELETE FROM connections WHERE n = ?", held.n);
    this.#sql.exec("DELETE FROM search WHERE rowid = ?", held.n);
    this.#count(held, -1);
    if (key.kind === "company") this.#campaigns.askLeft(key);
  }

  /** Notes since when KV does not have the row; `undefined`: it has. */
  markMissing({ n }: Pick<HeldRow, "n">, since: number | undefined): void {
    this.#sql.exec("UPDATE connections SET missingSince = ? WHERE n = ?", since ?? null, n);
  }

  /** Notes when links of `keys` were made, ms. */
  noteLinksMade(keys: readonly RowKey[], at: number): void {
    for (const { kind, id } of keys) {
      this.#sql.exec("UPDATE connections SET linkMadeAt = ? WHERE kind = ? AND id = ?", at, kind, id);
    }
  }

  /** Drops what is remembered of rows that went before `before`, ms. */
  dropGone(before: number): void {
    this.#sql.exec("DELETE FROM gone WHERE at < ?", before);
  }

  #index(n: number, { name, id, companyId }: KeptRow): void {
    this.#sql.exec("DELETE FROM search WHERE rowid = ?", n);
    const ids = companyId === undefined ? [id] : [id, companyId];
    this.#sql.exec("INSERT INTO search (rowid, words) VALUES (?, ?)", n, indexedText(name ?? "", ids));
  }

  #count({ kind, status, cause }: KeptRow, by: 1 | -1): void {
    this.#sql.exec(
      "INSERT INTO counters VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
      kind,
      placeOf(status),
      cause ?? "",
      by,
    );
  }

  #select(clause: string, ...values: readonly SqlValue[]): HeldRow[] {
    return this.#sql.exec(`SELECT ${CELLS} FROM connections ${clause}`, ...values).toArray().map(heldRow);
  }
}

/** Whether `row` may say of somebody that no agency brings them back: a location that was tried anew, or an agency that brings back none. */
function leavesSomebody(row: KeptRow, held: HeldRow | undefined): boolean {
  if (row.kind === "company") return row.status === "paused" && row.cause !== SUSPENDED_CAUSE;
  const isTried = held !== undefined && (held.traceId !== row.traceId || held.cause !== row.cause);
  return row.status === "reauthorization_required" && isTried;
}

/** Cells of a row, by their columns. */
type Cells = Readonly<Record<string, SqlValue>>;

/** `row` with what is `held` of its links and name and stays: a report tells only what its connection's object knows. */
function lastingIn(row: KeptRow, held: HeldRow | undefined): KeptRow {
  const madeAt = Math.max(row.linkMadeAt ?? 0, held?.linkMadeAt ?? 0);
  return defined({
    ...row,
    linkMadeAt: madeAt > 0 ? madeAt : undefined,
    linkOpenedAt: row.linkOpenedAt ?? held?.linkOpenedAt,
    returnedAt: row.returnedAt ?? held?.returnedAt,
    returnedBy: row.returnedBy ?? held?.returnedBy,
    isNameGiven: row.isNameGiven ?? held?.isNameGiven,
  });
}

/** What a row may change, as its cells have it. */
function cellsOf(row: KeptRow & Partial<HeldRow>): Cells {
  const { kind, id, name, versionId, isWhiteLabel, status, cause, traceId, since } = row;
  const { linkMadeAt, linkOpenedAt, returnedAt, returnedBy, isNameGiven } = row;
  return {
    name: name ?? null,
    sortName: sortName(name),
    companyId: (kind === "company" ? id : row.companyId) ?? null,
    versionId: versionId ?? null,
    isWhiteLabel: flagOf(isWhiteLabel),
    status: placeOf(status),
    cause: cause ?? null,
    traceId: traceId ?? null,
    sinceDesc: -since,
    linkMadeAt: linkMadeAt ?? null,
    linkOpenedAt: linkOpenedAt ?? null,
    returnedAt: returnedAt ?? null,
    returnedBy: returnedBy ?? null,
    isNameGiven: flagOf(isNameGiven),
    missingSince: row.missingSince ?? null,
  };
}

/** The row in `cells`. */
export function heldRow(cells: Record<string, unknown>): HeldRow {
  const kind = kindIn(cells.kind);
  return defined({
    n: Number(cells.n),
    kind,
    id: String(cells.id),
    name: textIn(cells.name),
    companyId: kind === "company" ? undefined : textIn(cells.companyId),
    versionId: textIn(cells.versionId),
    isWhiteLabel: flagIn(cells.isWhiteLabel),
    isNameGiven: flagIn(cells.isNameGiven),
    status: statusAt(cells.status),
    cause: textIn(cells.cause),
    traceId: textIn(cells.traceId),
    since: -Number(cells.sinceDesc),
    updatedAt: Number(cells.updatedAt),
    seq: Number(cells.seq),
    missingSince: numberIn(cells.missingSince),
    linkMadeAt: numberIn(cells.linkMadeAt),
    linkOpenedAt: numberIn(cells.linkOpenedAt),
    returnedAt: numberIn(cells.returnedAt),
    returnedBy: RETURNED_BY.find((one) => one === cells.returnedBy),
  });
}

function flagOf(flag: boolean | undefined): SqlValue {
  return flag === undefined ? null : Number(flag);
}
