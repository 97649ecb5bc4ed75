import { deepEqual, equal, ok } from "node:assert/strict";
import { ConnectionRows } from "../../../src/worker/directory/connection_rows.ts";
import type {
  DirectoryFilter,
  DirectoryQuery,
  ListedRow,
} from "../../../src/worker/directory/directory_api.ts";
import { DirectoryLists } from "../../../src/worker/directory/directory_lists.ts";
import { placeIn } from "../../../src/worker/directory/list_query.ts";
import { STATUS_ORDER } from "../../../src/worker/directory/status_order.ts";
import { directoryDatabase, rowOf } from "./directory_database.ts";

function directory(
  rows: readonly ListedRow[],
): { rows: ConnectionRows; lists: DirectoryLists; along: (fewRows: number) => DirectoryLists } {
  const sql = directoryDatabase();
  const held = new ConnectionRows(sql);
  for (const row of rows) held.put(row, 1, 0);
  const along = (fewRows: number): DirectoryLists => new DirectoryLists(sql, fewRows);
  return { rows: held, lists: new DirectoryLists(sql), along };
}

/** Ids of all pages of `query`. */
function walk(lists: DirectoryLists, query: DirectoryQuery): string[] {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = lists.page({ ...query, ...(cursor !== undefined && { cursor }) });
    ids.push(...page.rows.map(({ id }) => id));
    ok(page.rows.length <= (query.limit ?? 100));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return ids;
}

const TEAM: readonly ListedRow[] = [
  rowOf("L1", { name: "Bright Dental Seoul", companyId: "C1", since: 30 }),
  rowOf("L2", {
    name: "한빛치과의원 서울",
    companyId: "C1",
    status: "broken",
    cause: "invalid_grant",
    since: 10,
  }),
  rowOf("L3", {
    name: "Café Noël",
    companyId: "C2",
    status: "paused",
    cause: "location_inactive",
    since: 20,
  }),
  rowOf("L10", { status: "broken", cause: "unavailable", since: 40 }),
  { ...rowOf("C1", { name: "Agency One", since: 5 }), kind: "company" },
];

const SEARCHES: readonly (readonly [string, readonly string[]])[] = [
  ["dental bright", ["L1"]],
  ["DENT", ["L1"]],
  ["ental", ["L1"]],
  ["bright cafe", []],
  ["치과", ["L2"]],
  ["서울 한빛".normalize("NFD"), ["L2"]],
  ["cafe noel", ["L3"]],
  ["L1", ["L1"]],
  ["l1", ["L1", "L10"]],
  ["C1", ["L1", "L2", "C1"]],
  ["nobody", []],
  ["?!", []],
  ["  ", ["L1", "L2", "L3", "L10", "C1"]],
];

Deno.test("a search finds words in any order and spelling, any part of a word, a whole id, and an agency with its own", () => {
  const { lists } = directory(TEAM);
  for (const [q, ids] of SEARCHES) {
    const page = lists.page({ q });
    deepEqual(page.rows.map(({ id }) => id), ids, q);
    equal(page.total, ids.length, q);
    equal(lists.counts({ q }).total, ids.length, q);
  }
});

Deno.test("a row is found by its new name and no longer by its old one; what goes is found no more", () => {
  const { rows, lists } = directory(TEAM);
  rows.put(rowOf("L1", { name: "Dental Busan" }), 2, 0);
  equal(lists.page({ q: "seoul" }).total, 0);
  equal(lists.page({ q: "busan" }).total, 1);
  equal(lists.page({ companyId: "C1" }).total, 2, "it left its agency too");
  rows.remove({ kind: "location", id: "L1" }, 3, 0);
  equal(lists.page({ q: "busan" }).total, 0);
  equal(lists.page({ q: "L1" }).rows[0]?.id, "L10", "the id is words now");
});

Deno.test("lists come in the order asked for: as known, trouble first, by name, changed last first", () => {
  const { lists } = directory(TEAM);
  deepEqual(walk(lists, { limit: 2 }), ["L1", "L2", "L3", "L10", "C1"]);
  deepEqual(walk(lists, { order: "status", limit: 2 }), ["L10", "L2", "L3", "L1", "C1"]);
  deepEqual(walk(lists, { order: "name", limit: 2 }), ["C1", "L1", "L3", "L2", "L10"]);
  deepEqual(walk(lists, { order: "since", limit: 2 }), ["L10", "L1", "L3", "L2", "C1"]);
  deepEqual(walk(lists, { status: "broken", limit: 1 }), ["L10", "L2"]);
});

Deno.test("counts are exact by status, kind and cause", () => {
  const { lists } = directory(TEAM);
  deepEqual(lists.counts({}), {
    total: 5,
    byStatus: { connected: 2, broken: 2, paused: 1, reauthorization_required: 0 },
    byKind: { location: 4, company: 1 },
    byCause: ["invalid_grant", "location_inactive", "unavailable"].map((cause) => ({ cause, count: 1 })),
  });
  equal(lists.counts({ status: "broken", cause: "unavailable" }).total, 1);
  equal(lists.counts({ companyId: "C1" }).total, 3);
  equal(lists.counts({ companyId: "C1", kind: "location", status: "connected" }).total, 1);
});

Deno.test("pages of every filter and order have each row once, and counts agree, whatever came and went before", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const { rows, lists, along } = directory([]);
  const model = new Map<string, ListedRow>();
  for (let step = 1; step < 1_500; step++) {
    const id = `x${random(300)}`;
    const kind = random(9) === 0 ? "company" : "location";
    if (random(5) === 0) {
      rows.remove({ kind, id }, step, step);
      model.delete(`${kind}/${id}`);
      continue;
    }
    const status = STATUS_ORDER[random(4)] ?? "connected";
    const row: ListedRow = {
      ...rowOf(id, { status, since: random(50) }),
      kind,
      ...(random(3) > 0 && { name: `Name ${random(40)}` }),
      ...(kind === "location" && random(3) > 0 && { companyId: `C${random(5)}` }),
      ...(status !== "connected" && { cause: `cause_${random(3)}` }),
    };
    rows.put(row, step, step);
    model.set(`${kind}/${id}`, row);
  }
  const few = [0, 40, 2_000]; // pages are led by an order's index, by words, and by a filter's index
  const filters: DirectoryFilter[] = [
    {},
    { kind: "company" },
    { status: "broken" },
    { cause: "cause_1" },
    { companyId: "C2" },
    { companyId: "C2", status: "paused" },
    { kind: "location", status: "connected" },
    { status: "broken", cause: "cause_0" },
    { q: "name 1" },
    { q: "name", status: "broken" },
    { from: 25 },
    { from: 25, status: "broken" },
    { from: 25, companyId: "C2" },
    { from: 25, q: "name" },
  ];
  for (const filter of filters) {
    const meant = [...model.values()].filter((row) =>
      (filter.kind ?? row.kind) === row.kind && (filter.status ?? row.status) === row.status &&
      (filter.cause ?? row.cause) === row.cause && (filter.companyId ?? row.companyId) === row.companyId &&
      row.since >= (filter.from ?? 0) &&
      (filter.q ?? "").split(" ").every((word) => (row.name ?? "").toLowerCase().includes(word))
    );
    const ids = meant.map(({ kind, id }) => `${kind}/${id}`).toSorted();
    equal(lists.counts(filter).total, meant.length, `${seed} ${JSON.stringify(filter)}`);
    for (
      const [order, fewRows] of few.flatMap((rows) =>
        (["known", "status", "name", "since"] as const).map((order) => [order, rows] as const)
      )
    ) {
      const pages = along(fewRows);
      const found: string[] = [];
      const asked = (cursor: string | undefined) => {
        const page = pages.page({ ...filter, order, limit: 7, ...(cursor !== undefined && { cursor }) });
        return { ...page, keys: page.rows.map(({ kind, id }) => `${kind}/${id}`) };
      };
      let page = asked(undefined);
      equal(page.previous, undefined, "the first page");
      for (found.push(...page.keys); page.cursor !== undefined; found.push(...page.keys)) {
        equal(page.total, meant.length);
        page = asked(page.cursor);
      }
      deepEqual(found.toSorted(), ids, `${seed} ${order} ${JSON.stringify(filter)}`);
      const back = [page.keys];
      while (page.previous !== undefined) {
        page = asked(page.previous);
        ok(page.cursor !== undefined, "one can go on again");
        back.unshift(page.keys);
      }
      deepEqual(back.flat(), found, `${seed} back, ${order} ${JSON.stringify(filter)}`);
    }
  }
});

Deno.test("a cursor stays good while rows come and go, and one of another order is none", () => {
  const { rows, lists } = directory(TEAM);
  const { cursor } = lists.page({ limit: 2 });
  rows.remove({ kind: "location", id: "L2" }, 9, 0);
  rows.put(rowOf("L11"), 1, 0);
  deepEqual(lists.page({ limit: 5, cursor: cursor ?? "" }).rows.map(({ id }) => id), [
    "L3",
    "L10",
    "C1",
    "L11",
  ]);
  equal(placeIn("name", cursor ?? ""), undefined);
  for (const text of ["", "x", "{}", "[]", '["known"]', '["known",null]', '["known",[1]]', '["known",1,2]']) {
    equal(placeIn("known", text), undefined, text);
  }
});

Deno.test("names are ordered by the numbers in them, and rows of before are too", () => {
  const names = [
    "Clinic 10",
    "Clinic 2",
    "Clinic 002b",
    "Clinic",
    "7 Elms",
    "10 Elms",
    "서울 치과 9",
    "서울 치과 11",
  ];
  const { lists } = directory(names.map((name, n) => rowOf(`L${n}`, { name })));
  const sorted = [
    "7 Elms",
    "10 Elms",
    "Clinic",
    "Clinic 2",
    "Clinic 002b",
    "Clinic 10",
    "서울 치과 9",
    "서울 치과 11",
  ];
  deepEqual(lists.page({ order: "name" }).rows.map(({ name }) => name), sorted);
});
