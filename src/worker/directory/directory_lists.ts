import { defined } from "../../oauth/host.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import { kindIn } from "../kind_and_id.ts";
import { heldRow } from "./connection_rows.ts";
import type {
  DirectoryCounts,
  DirectoryFilter,
  DirectoryPage,
  DirectoryQuery,
  ListedRow,
} from "./directory_api.ts";
import type { DirectorySql } from "./directory_sql.ts";
import {
  countStatement,
  cursorAfter,
  cursorBefore,
  FEW_ROWS,
  type Lead,
  leadOf,
  orderOf,
  pageStatement,
  placeIn,
  type SqlPart,
  totalStatement,
  type Wanted,
} from "./list_query.ts";
import { idIn, searchQuery } from "./search_text.ts";
import { statusAt } from "./status_order.ts";

const PAGE_ROWS = 100;
const MAX_PAGE_ROWS = 1_000;

/** Lists, counts and searches over the directory's rows. Writes nothing. */
export class DirectoryLists {
  readonly #sql: DirectorySql;
  readonly #fewRows: number;

  /** Lists over `sql`. `fewRows`: how many are found first and sorted then; where more are meant, an index is followed. */
  constructor(sql: DirectorySql, fewRows: number = FEW_ROWS) {
    this.#sql = sql;
    this.#fewRows = fewRows;
  }

  /** One page of `query`. A cursor that is none counts as absent: routes check it. */
  page(query: DirectoryQuery): Omit<DirectoryPage, "isComplete"> {
    const wanted = this.#wanted(query.q);
    const filtered = wanted.kind === "words" ? this.#total(query, { kind: "all" }, "filter") : 0;
    const total = this.#total(query, wanted, filtered <= this.#fewRows ? "filter" : "words");
    const limit = Math.min(query.limit ?? PAGE_ROWS, MAX_PAGE_ROWS);
    const order = orderOf(query);
    const place = query.cursor === undefined ? undefined : placeIn(order, query.cursor);
    const lead = leadOf(query, wanted, { total, filtered, fewRows: this.#fewRows });
    const cells = this.#rows(pageStatement(query, wanted, { lead, limit: limit + 1, place }));
    const isMore = cells.length > limit;
    const shown = place?.isBack ? cells.slice(0, limit).reverse() : cells.slice(0, limit);
    const [first, last] = [shown[0], shown.at(-1)];
    return defined({
      rows: shown.map(listedRow),
      total,
      cursor: last && (isMore || place?.isBack) ? cursorAfter(order, last) : undefined,
      previous: first && place && (isMore || !place.isBack) ? cursorBefore(order, first) : undefined,
    });
  }

  /** How many rows `filter` means, by status, kind and cause. */
  counts(filter: DirectoryFilter): Omit<DirectoryCounts, "isComplete"> {
    const byStatus: Record<ConnectionStatus, number> = {
      connected: 0,
      broken: 0,
      paused: 0,
      reauthorization_required: 0,
    };
    const byKind = { location: 0, company: 0 };
    const causes = new Map<string, number>();
    let total = 0;
    const wanted = this.#wanted(filter.q);
    const lead = wanted.kind === "words" ? "words" : "filter";
    for (const row of this.#rows(countStatement(filter, wanted, lead))) {
      const n = Number(row.n);
      total += n;
      byStatus[statusAt(row.status)] += n;
      byKind[kindIn(row.kind)] += n;
      const cause = String(row.cause);
      if (cause) causes.set(cause, (causes.get(cause) ?? 0) + n);
    }
    const byCause = [...causes].map(([cause, count]) => ({ cause, count }))
      .sort((one, other) => other.count - one.count || (one.cause < other.cause ? -1 : 1));
    return { total, byStatus, byKind, byCause };
  }

  #total(filter: DirectoryFilter, wanted: Wanted, lead: Lead): number {
    const [row] = this.#rows(totalStatement(filter, wanted, lead));
    return Number(row?.n);
  }

  /** What `q` means: an id before words, so that a whole id finds no other. */
  #wanted(q = ""): Wanted {
    if (q.trim() === "") return { kind: "all" };
    const id = idIn(q);
    if (id !== undefined) {
      for (const kind of ["agency", "id"] as const) {
        const filter = {};
        const wanted: Wanted = { kind, id };
        if (
          this.#rows(pageStatement(filter, wanted, { lead: "filter", limit: 1, place: undefined })).length > 0
        ) {
          return wanted;
        }
      }
    }
    const match = searchQuery(q);
    return match === undefined ? { kind: "nothing" } : { kind: "words", match };
  }

  #rows({ text, values }: SqlPart): Record<string, unknown>[] {
    return this.#sql.exec(text, ...values).toArray();
  }
}

function listedRow(cells: Record<string, unknown>): ListedRow {
  const { n: _n, seq: _seq, missingSince: _missing, ...row } = heldRow(cells);
  return row;
}
