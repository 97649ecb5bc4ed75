import type { ConnectionRows, HeldRow, RowKey } from "./connection_rows.ts";
import type { NamedList } from "./named_list.ts";
import type { KeyPage } from "./sweep_host.ts";
import { findingOfMissing, findingsOf, isNameDue } from "./sweep_rules.ts";
import { agesIn, agesWith } from "./token_ages.ts";
import type { SweepState } from "./sweep_state.ts";
import type { TodoList } from "./todo_list.ts";

/** Rows compared in one go, beside the page's own. */
const MAX_ROWS = 2_000;
/** After every id. */
const END = "~";

/** What a page is compared with, and where what follows from it goes. */
export interface Comparison {
  /** The directory's rows. */
  readonly rows: ConnectionRows;
  /** What is to be done by a call. */
  readonly todo: TodoList;
  /** Connections to warn of. */
  readonly ending: NamedList;
  /** Whether the app may ask HighLevel for names. */
  readonly readsNames: boolean;
  /** Connections that were due and not done. */
  readonly overdue: NamedList;
}

/**
 * Compares one page of KV's keys with the rows in the same stretch of the alphabet, and does what follows. Both are in one
 * order, so that nothing needs to be marked to see what is missing. Tells where the sweep stands then: at the next page, or,
 * where the rows were too many for one go, at the same page further on.
 */
export function compareKeys(
  { rows, todo, ending, overdue, readsNames }: Comparison,
  state: SweepState,
  page: KeyPage,
  now: number,
): SweepState {
  const last = page.keys.at(-1)?.key;
  const through: RowKey | undefined = page.cursor === undefined ? { kind: "location", id: END } : last;
  if (!through) return { ...state, ...cursorOf(page) };
  const stretch = stretchOf(rows, state.comparedTo, through);
  const isCut = stretch.length > MAX_ROWS;
  const held = isCut ? stretch.slice(0, MAX_ROWS) : stretch;
  const comparedTo = isCut ? held.at(-1) ?? through : through;
  const byKey = new Map(held.map((row) => [orderOf(row), row]));
  let { keys, woken } = state;
  let ages = agesIn(state);
  for (const { key, summary } of page.keys) {
    const order = orderOf(key);
    if (state.comparedTo && order <= orderOf(state.comparedTo) || order > orderOf(comparedTo)) continue;
    keys++;
    const row = byKey.get(order);
    byKey.delete(order);
    if (!summary) {
      todo.add("read", key);
      continue;
    }
    ages = agesWith(ages, summary, state.startedAt);
    const gone = row ? undefined : rows.gone(key);
    const asksName = readsNames && !state.isBuilding && row !== undefined;
    if (asksName && isNameDue(row, isListed(rows, row), now)) todo.add("name", key);
    for (const finding of findingsOf({ key, summary, held: row, gone }, now)) {
      switch (finding.do) {
        case "put":
          rows.put(finding.row, row?.seq ?? gone?.seq ?? 0, Math.max(row?.updatedAt ?? 0, summary.updatedAt));
          if (finding.look) todo.add("look", key);
          break;
        case "remove":
          rows.remove(key, row?.seq ?? 0, summary.updatedAt);
          break;
        case "found":
          if (row) rows.markMissing(row, undefined);
          break;
        case "wake":
          if (state.isBuilding) break;
          todo.add("wake", key);
          if (finding.isUnexplained) overdue.add(key);
          woken++;
          break;
        case "warn":
          if (!state.isBuilding) ending.add(key);
          break;
        case "erase":
          todo.add("erase", key);
          break;
      }
    }
  }
  for (const row of state.isBuilding ? [] : byKey.values()) {
    switch (findingOfMissing(row, state.startedAt)) {
      case "wake":
        rows.markMissing(row, state.startedAt);
        todo.add("wake", row);
        woken++;
        break;
      case "drop":
        rows.drop(row);
        break;
      case "wait":
        break;
    }
  }
  const { cursor: _read, comparedTo: _before, ...rest } = state;
  const place = { comparedTo: { kind: comparedTo.kind, id: comparedTo.id } };
  if (isCut) return { ...state, ...place, ...ages, keys, woken };
  return page.cursor === undefined
    ? { ...rest, ...ages, keys, woken, part: state.isBuilding ? "idle" : "agencies" }
    : { ...rest, ...place, ...ages, ...cursorOf(page), keys, woken };
}

/** Whether the list of its agency will tell the location's name. */
function isListed(rows: ConnectionRows, { companyId }: HeldRow): boolean {
  return companyId !== undefined && rows.get({ kind: "company", id: companyId })?.status === "connected";
}

function cursorOf({ cursor }: KeyPage): { readonly cursor?: string } {
  return cursor === undefined ? {} : { cursor };
}

/** Rows after `from`, up to `through`, one more than are compared in one go at most. */
function stretchOf(rows: ConnectionRows, from: RowKey | undefined, through: RowKey): HeldRow[] {
  const limit = MAX_ROWS + 1;
  if (through.kind === "company") return rows.between("company", from?.id ?? "", through.id, limit);
  if (from?.kind === "location") return rows.between("location", from.id, through.id, limit);
  const companies = rows.between("company", from?.id ?? "", END, limit);
  return [...companies, ...rows.between("location", "", through.id, limit - companies.length)];
}

/** A text that is in the order of KV's keys. */
function orderOf({ kind, id }: RowKey): string {
  return `${kind}/${id}`;
}
