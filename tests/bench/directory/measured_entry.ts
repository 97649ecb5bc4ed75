import { DurableObject } from "cloudflare:workers";
import { ConnectionRows } from "../../../src/worker/directory/connection_rows.ts";
import { compareKeys } from "../../../src/worker/directory/compare_keys.ts";
import { DirectoryLists } from "../../../src/worker/directory/directory_lists.ts";
import { readMetrics } from "../../../src/worker/directory/directory_metrics.ts";
import type { DirectorySql } from "../../../src/worker/directory/directory_sql.ts";
import { knownKeys } from "../../../src/worker/directory/known_keys.ts";
import { NamedList } from "../../../src/worker/directory/named_list.ts";
import { migrate } from "../../../src/worker/directory/schema.ts";
import { readSituation } from "../../../src/worker/directory/situation.ts";
import type { KeyPage } from "../../../src/worker/directory/sweep_host.ts";
import { newSweep } from "../../../src/worker/directory/sweep_state.ts";
import { TodoList } from "../../../src/worker/directory/todo_list.ts";
import { madeUpRow } from "./made_up_row.ts";

/*
 * The directory's rows and lists in an object of workerd, with a count of the rows that SQLite read and wrote. Clocks stand
 * still there while an object works, so that each answer is to be made many times and timed from outside.
 */
interface Env {
  readonly MEASURED: DurableObjectNamespace<Measured>;
}

/** What is asked of the object. */
export type Measure =
  | { readonly do: "fill"; readonly from: number; readonly to: number }
  | { readonly do: "page"; readonly query: object; readonly times: number }
  | { readonly do: "counts"; readonly filter: object; readonly times: number }
  | { readonly do: "metrics" }
  | { readonly do: "situation" }
  /** Rows are told as lost `since` then; told so before, they stay as they are. */
  | { readonly do: "change"; readonly times: number; readonly rows: number; readonly since: number }
  /** A page of the daily sweep: so many keys of KV are compared with their rows. */
  | { readonly do: "sweep"; readonly from: number; readonly keys: number; readonly times: number }
  /** The keys of a page of an export. */
  | { readonly do: "keys"; readonly from: number; readonly limit: number; readonly times: number }
  /** The names of so many rows, one after the other. */
  | { readonly do: "names"; readonly from: number; readonly limit: number };

/** What it answers. */
export interface Measurement {
  /** Rows read by one of them. */
  readonly rowsRead: number;
  /** Rows written by one of them. */
  readonly rowsWritten: number;
  /** How many rows were meant. */
  readonly total: number;
  /** Size of the SQLite, bytes. */
  readonly bytes: number;
}

export class Measured extends DurableObject<Env> {
  #rowsRead = 0;
  #rowsWritten = 0;
  readonly #sql: DirectorySql = {
    exec: (query, ...values) => {
      const cursor = this.ctx.storage.sql.exec(query, ...values);
      const rows = cursor.toArray();
      this.#rowsRead += cursor.rowsRead;
      this.#rowsWritten += cursor.rowsWritten;
      return { toArray: () => rows };
    },
  };

  measure(ask: Measure): Measurement {
    migrate(this.#sql);
    const rows = new ConnectionRows(this.#sql);
    const lists = new DirectoryLists(this.#sql);
    this.#rowsRead = this.#rowsWritten = 0;
    let total = 0;
    let times = 1;
    this.ctx.storage.transactionSync(() => {
      switch (ask.do) {
        case "fill":
          times = ask.to - ask.from;
          for (let n = ask.from; n < ask.to; n++) rows.put(madeUpRow(n), 1, 1);
          return;
        case "page":
          times = ask.times;
          for (let time = 0; time < times; time++) ({ total } = lists.page(ask.query));
          return;
        case "counts":
          times = ask.times;
          for (let time = 0; time < times; time++) ({ total } = lists.counts(ask.filter));
          return;
        case "metrics":
          total = readMetrics(this.#sql).connections.reduce((sum, { n }) => sum + n, 0);
          return;
        case "situation":
          total = readSituation(this.#sql, 1).groups.length;
          return;
        case "change":
          times = ask.times;
          for (let time = 0; time < times; time++) {
            const row = madeUpRow((time * 7_919) % ask.rows);
            const status = ask.since % 2 === 0 ? "broken" : "paused";
            rows.put({ ...row, status, cause: "unavailable", since: ask.since }, 2, 2);
          }
          return;
        case "sweep": {
          times = ask.times;
          const named = new NamedList(this.#sql, "ending");
          const parts = {
            rows,
            todo: new TodoList(this.#sql),
            ending: named,
            overdue: named,
            readsNames: true,
          };
          const keys = locationsFrom(ask.from, ask.keys);
          const comparedTo = { kind: "location", id: madeUpRow(ask.from - 1).id } as const;
          const state = { ...newSweep(undefined, NOW, false), comparedTo };
          for (let time = 0; time < times; time++) {
            total = compareKeys(parts, state, { keys, cursor: "next" }, NOW).keys;
          }
          return;
        }
        case "keys":
          times = ask.times;
          for (let time = 0; time < times; time++) {
            total = knownKeys(this.#sql, madeUpRow(ask.from), ask.limit).length;
          }
          return;
        case "names":
          total = rows.names(Array.from({ length: ask.limit }, (_, n) => madeUpRow(ask.from + n))).length;
          return;
      }
    });
    return {
      rowsRead: this.#rowsRead / Math.max(times, 1),
      rowsWritten: this.#rowsWritten / Math.max(times, 1),
      total,
      bytes: this.ctx.storage.sql.databaseSize,
    };
  }
}

/** A moment after all rows. */
const NOW = 1e12;

/** `count` keys of KV, in their order, of locations that live. */
function locationsFrom(from: number, count: number): KeyPage["keys"] {
  const keys: KeyPage["keys"][number][] = [];
  for (let n = from; keys.length < count; n++) {
    const { kind, id, name, companyId, status } = madeUpRow(n);
    if (kind === "company" || companyId === undefined || name === undefined) continue;
    const moments = { expiresAt: NOW + 1e7, refreshTokenIssuedAt: NOW - 1e7, updatedAt: 1 };
    keys.push({ key: { kind, id }, summary: { status, companyId, name, ...moments } });
  }
  return keys;
}

const worker: ExportedHandler<Env> = {
  fetch: async (request, env) => {
    const ask: Measure = await request.json();
    return Response.json(await env.MEASURED.get(env.MEASURED.idFromName("rows")).measure(ask));
  },
};

export default worker;
