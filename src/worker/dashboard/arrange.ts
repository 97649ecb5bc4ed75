import type { Connection } from "../../connections/mod.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import { STATUSES } from "./status_badge.tsx";

/** Rows on one page. */
const PAGE_ROWS = 50;

/** Ways to sort: by what needs somebody, by expiry (soonest or latest first), by name. */
export const SORTS = ["status", "expiry", "-expiry", "name"] as const;

/** How the list is sorted. */
export type Sort = (typeof SORTS)[number];

/** What the list shall show. */
export interface Arrangement {
  /** Part of a name or id. */
  readonly search: string;
  /** Only this status. */
  readonly status: ConnectionStatus | undefined;
  /** In which order. */
  readonly sort: Sort;
  /** The cursor of the page before. */
  readonly after: string | undefined;
}

/** One page of the list. */
export interface Arranged {
  /** Its rows. */
  readonly rows: readonly Connection[];
  /** Position of the first row, from 0. */
  readonly from: number;
  /** How many match. */
  readonly matching: number;
  /** Cursor of the next page; absent on the last one. */
  readonly next?: string;
}

/** Filters, sorts and cuts `connections`. A cursor stays good when rows come and go. */
export function arrange(connections: readonly Connection[], wanted: Arrangement): Arranged {
  const search = wanted.search.trim().toLowerCase();
  const rows = connections
    .filter(({ status }) => wanted.status === undefined || status === wanted.status)
    .filter((one) => search === "" || `${idOf(one)}\n${one.name ?? ""}`.toLowerCase().includes(search))
    .map((connection) => ({ connection, place: placeOf(connection, wanted.sort) }))
    .sort((one, other) => one.place < other.place ? -1 : one.place > other.place ? 1 : 0);
  const { after } = wanted;
  const found = after === undefined ? 0 : rows.findIndex(({ place }) => place > after);
  const from = found === -1 ? rows.length : found;
  const page = rows.slice(from, from + PAGE_ROWS);
  const last = page.at(-1);
  return {
    rows: page.map(({ connection }) => connection),
    from,
    matching: rows.length,
    ...(last && from + PAGE_ROWS < rows.length && { next: last.place }),
  };
}

/** The id of a connection. */
export function idOf({ target }: Pick<Connection, "target">): string {
  return target.locationId ?? target.companyId;
}

/** A text that sorts as `sort` wants, unique by its id. */
function placeOf(connection: Connection, sort: Sort): string {
  const kind = connection.target.locationId === undefined ? "c" : "l";
  const key = `${kind}/${idOf(connection)}`;
  const expiresAt = connection.expiresAt?.getTime() ?? 0;
  switch (sort) {
    case "status":
      return `${STATUSES.indexOf(connection.status)} ${timeText(expiresAt)} ${key}`;
    case "expiry":
      return `${timeText(expiresAt)} ${key}`;
    case "-expiry":
      return `${timeText(9e15 - expiresAt)} ${key}`;
    case "name":
      return `${(connection.name ?? "\uffff").toLowerCase()} ${key}`;
  }
}

function timeText(ms: number): string {
  return String(ms).padStart(16, "0");
}
