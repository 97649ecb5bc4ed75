import { ConnectionRows, type RowKey } from "../../../src/worker/directory/connection_rows.ts";
import type { SweepResult } from "../../../src/worker/directory/directory_metrics.ts";
import { FactTable } from "../../../src/worker/directory/directory_facts.ts";
import { DirectoryLists } from "../../../src/worker/directory/directory_lists.ts";
import { NamedList } from "../../../src/worker/directory/named_list.ts";
import { Sweep } from "../../../src/worker/directory/sweep.ts";
import type { SweepHost } from "../../../src/worker/directory/sweep_host.ts";
import { TodoList } from "../../../src/worker/directory/todo_list.ts";
import type { RecordSummary } from "../../../src/stores/token_store.ts";
import { directoryDatabase, rowOf } from "./directory_database.ts";

/** Keys in one page of KV, at most. */
const PAGE = 1_000;

/** A directory's sweep, and a KV and HighLevel in miniature that count what they are asked. */
export interface SweepWorld {
  /** What KV lists, by `kind/id`; `undefined`: its metadata are lost. */
  readonly kv: Map<string, RecordSummary | undefined>;
  /** What KV's values say where the metadata are lost. */
  readonly values: Map<string, RecordSummary>;
  /** Locations that HighLevel lists, by company. */
  readonly installed: Map<string, string[]>;
  /** What HighLevel's lists call locations. */
  readonly names: Map<string, string>;
  /** Names that objects were told, `L1 Harbour`, or were to ask for, `L1 ?`. */
  readonly named: string[];
  /** The directory's rows. */
  readonly rows: ConnectionRows;
  /** Lists over them. */
  readonly lists: DirectoryLists;
  /** The sweep. */
  readonly sweep: Sweep;
  /** What the last whole one found. */
  readonly swept: () => SweepResult | undefined;
  /** What was asked: `wake location/L1` and so on. */
  readonly asked: string[];
  /** What people were told. */
  readonly told: Record<string, unknown>[];
  /** Calls of the busiest turn. */
  readonly busiest: () => number;
  /** Calls in all, by what. */
  readonly calls: Record<string, number>;
  /** Turns until there is nothing more to do. */
  readonly run: (now: number, options?: { isBuilding?: boolean; most?: number }) => Promise<number>;
}

/** A world with nothing in it. */
export function sweepWorld(): SweepWorld {
  const sql = directoryDatabase();
  const rows = new ConnectionRows(sql);
  const facts = new FactTable(sql);
  const parts = {
    rows,
    facts,
    todo: new TodoList(sql),
    ending: new NamedList(sql, "ending"),
    overdue: new NamedList(sql, "overdue"),
    overdueTold: new NamedList(sql, "overdue_told"),
    unlisted: new NamedList(sql, "unlisted"),
  };
  const sweep = new Sweep(parts);
  const kv = new Map<string, RecordSummary | undefined>();
  const values = new Map<string, RecordSummary>();
  const installed = new Map<string, string[]>();
  const names = new Map<string, string>();
  const asked: string[] = [];
  const named: string[] = [];
  const told: Record<string, unknown>[] = [];
  const calls: Record<string, number> = {};
  let inTurn = 0;
  let busiest = 0;
  let sorted: string[] | undefined;
  const count = (what: string, key?: RowKey): void => {
    calls[what] = (calls[what] ?? 0) + 1;
    busiest = Math.max(busiest, ++inTurn);
    if (key) asked.push(`${what} ${key.kind}/${key.id}`);
  };
  const host: SweepHost = {
    readsNames: true,
    name: (key, name) => {
      count("name");
      named.push(`${key.id} ${name ?? "?"}`);
      return Promise.resolve();
    },
    pageSize: 100,
    keys: (cursor) => {
      count("keys");
      sorted = sorted?.length === kv.size
        ? sorted
        : [...kv.keys()].toSorted((one, other) => one < other ? -1 : 1);
      const from = Number(cursor ?? 0);
      const keys = sorted.slice(from, from + PAGE).map((name) => ({
        key: keyOf(name),
        summary: kv.get(name),
      }));
      return Promise.resolve({ keys, ...(from + PAGE < sorted.length && { cursor: `${from + PAGE}` }) });
    },
    read: (key) => {
      count("read", key);
      return Promise.resolve(values.get(`${key.kind}/${key.id}`));
    },
    erase: (key) => {
      count("erase", key);
      return Promise.resolve();
    },
    wake: (key) => {
      count("wake", key);
      return Promise.resolve();
    },
    look: (key) => {
      count("look", key);
      const row = rows.get(key);
      return Promise.resolve({
        ...rowOf(key.id, row ?? {}),
        kind: key.kind,
        cause: "invalid_grant",
        versionId: "v9",
      });
    },
    install: (key, companyId) => {
      count("install", key);
      asked.push(`of ${companyId}`);
      return Promise.resolve();
    },
    token: (companyId) => {
      count("token");
      return Promise.resolve(installed.has(companyId) ? "token" : undefined);
    },
    installed: async function* (companyId) {
      for (const [index, locationId] of (installed.get(companyId) ?? []).entries()) {
        if (index % 100 === 0) count("installed");
        const name = names.get(locationId);
        yield await Promise.resolve({ locationId, ...name !== undefined && { name } });
      }
    },
    tell: (body) => {
      count("tell");
      told.push(body);
      return Promise.resolve();
    },
  };
  return {
    kv,
    values,
    installed,
    names,
    named,
    rows,
    lists: new DirectoryLists(sql),
    sweep,
    swept: () => facts.get("swept"),
    asked,
    told,
    calls,
    busiest: () => busiest,
    run: async (now, { isBuilding = false, most = Infinity } = {}) => {
      sweep.begin(now, isBuilding);
      let turns = 1;
      for (; turns <= most; turns++) {
        inTurn = 0;
        if (!await sweep.turn(host, now)) break;
      }
      return turns;
    },
  };
}

function keyOf(name: string): RowKey {
  const [kind, id = ""] = name.split("/");
  return { kind: kind === "company" ? "company" : "location", id };
}
