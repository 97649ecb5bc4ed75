import { deepEqual, equal } from "node:assert/strict";
import { wayBack } from "../../../src/connections/agency_first.ts";
import {
  agencyPlan,
  type PlannedLocation,
  type PlanQuery,
} from "../../../src/worker/directory/agency_plan.ts";
import { ConnectionRows } from "../../../src/worker/directory/connection_rows.ts";
import type { KeptRow } from "../../../src/worker/directory/directory_api.ts";
import type { DirectorySql } from "../../../src/worker/directory/directory_sql.ts";
import { STATUS_ORDER } from "../../../src/worker/directory/status_order.ts";
import { directoryDatabase } from "./directory_database.ts";

const LOST = "reauthorization_required";

/** Puts a row that was told at `toldAt`. */
function put(rows: ConnectionRows, row: Partial<KeptRow> & Pick<KeptRow, "id">, toldAt = 100): void {
  rows.put({ kind: "location", status: LOST, since: 100, ...row }, 1, toldAt);
}

/** Every location that is left alone, page by page. */
function allAlone(sql: DirectorySql, query: PlanQuery): PlannedLocation[] {
  const alone: PlannedLocation[] = [];
  let cursor: string | undefined;
  do {
    const plan = agencyPlan(sql, { ...query, ...(cursor !== undefined && { cursor }) });
    if (cursor !== undefined) deepEqual(plan.agencies, [], "agencies are on the first page");
    alone.push(...plan.alone);
    cursor = plan.cursor;
  } while (cursor !== undefined);
  return alone;
}

Deno.test("the plan counts what each agency brings back, the largest first, and names who is left", () => {
  const sql = directoryDatabase();
  const rows = new ConnectionRows(sql);
  put(rows, { kind: "company", id: "big", name: "Big Agency" });
  for (let n = 0; n < 5; n++) put(rows, { id: `b${n}`, companyId: "big" });
  put(rows, { kind: "company", id: "small" });
  put(rows, { id: "s0", companyId: "small" });
  put(rows, { id: "s1", companyId: "small", status: "connected" });
  put(rows, { kind: "company", id: "alive", status: "connected", since: 500 });
  put(rows, { id: "a0", companyId: "alive", since: 300 }, 400); // lost before the agency came back
  put(rows, { id: "a1", companyId: "alive", since: 300, cause: "not_installed" }, 600); // tried since, and refused
  put(rows, { kind: "company", id: "empty", name: "Lost alone" });
  put(rows, { id: "u0", companyId: "unheard", name: "한빛 치과", since: 900 });
  put(rows, { id: "x0", since: 800 });
  put(rows, { id: "other", status: "broken", companyId: "big" });

  const { agencies, alone, locations, ways, cursor } = agencyPlan(sql, { status: LOST, limit: 10 });
  deepEqual(agencies, [
    { companyId: "big", name: "Big Agency", state: "lost", locations: 5 },
    { companyId: "alive", state: "connected", locations: 1 },
    { companyId: "small", state: "lost", locations: 1 },
    { companyId: "empty", name: "Lost alone", state: "lost", locations: 0 },
  ]);
  deepEqual(alone, [
    { locationId: "u0", name: "한빛 치과", companyId: "unheard", since: 900 },
    { locationId: "x0", since: 800 },
    { locationId: "a1", companyId: "alive", cause: "not_installed", since: 300 },
  ]);
  deepEqual([locations, ways, cursor], [10, { agency: 6, itself: 1, person: 3 }, undefined]);
  deepEqual(agencyPlan(sql, { status: "broken", limit: 10 }).agencies.map(({ companyId }) => companyId), [
    "big",
  ]);

  const own = agencyPlan(sql, { status: LOST, companyId: "big", limit: 10 });
  deepEqual([own.agencies.length, own.alone.length, own.locations], [1, 0, 5]);
  deepEqual(agencyPlan(directoryDatabase(), { status: LOST, limit: 10 }), {
    agencies: [],
    alone: [],
    locations: 0,
    ways: { agency: 0, itself: 0, person: 0 },
  });
});

Deno.test("counting in the directory says of every location what the rule says, and pages have each once", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
  const sql = directoryDatabase();
  const rows = new ConnectionRows(sql);
  const agencies = new Map<string, KeptRow>();
  for (let n = 0; n < 12; n++) {
    const agency: KeptRow = {
      kind: "company",
      id: `c${n}`,
      status: STATUS_ORDER[random(4)] ?? "broken",
      since: random(100),
    };
    if (n < 9) agencies.set(agency.id, agency);
    if (n < 9) put(rows, agency);
  }
  const expected = { agency: 0, itself: 0, person: 0 };
  const people: string[] = [];
  for (let n = 0; n < 300; n++) {
    const companyId = random(5) === 0 ? undefined : `c${random(12)}`;
    const status = STATUS_ORDER[random(4)] ?? "broken";
    const toldAt = random(100);
    const row: KeptRow = { kind: "location", id: `l${n}`, status, since: random(50) };
    put(rows, companyId === undefined ? row : { ...row, companyId }, toldAt);
    if (status !== LOST) continue;
    const agency = companyId === undefined ? undefined : agencies.get(companyId);
    const way = wayBack({
      status: agency?.status ?? "unknown",
      isTried: agency !== undefined && toldAt > agency.since,
    });
    expected[way]++;
    if (way === "person") people.push(row.id);
  }
  const plan = agencyPlan(sql, { status: LOST, limit: 7 });
  deepEqual(plan.ways, expected, `seed ${seed}`);
  const brought = plan.agencies.reduce((sum, { locations }) => sum + locations, 0);
  equal(brought, expected.agency + expected.itself, `seed ${seed}`);
  const alone = allAlone(sql, { status: LOST, limit: 7 });
  deepEqual(alone.map(({ locationId }) => locationId).sort(), people.sort(), `seed ${seed}`);
});

Deno.test("a plan of 100,000 lost locations comes in pages", () => {
  const sql = directoryDatabase();
  sql.exec(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      INSERT INTO connections (kind, id, sortName, companyId, status, sinceDesc, updatedAt, seq)
      SELECT 'location', 'l' || i, '', iif(i % 2, 'c1', NULL), 1, -i, 0, 0 FROM n`,
  );
  put(new ConnectionRows(sql), { kind: "company", id: "c1" });
  const plan = agencyPlan(sql, { status: LOST, limit: 1_000 });
  deepEqual([plan.ways.agency, plan.ways.person, plan.alone.length], [50_000, 50_000, 1_000]);
  equal(plan.agencies[0]?.locations, 50_000);
  equal(allAlone(sql, { status: LOST, limit: 25_000 }).length, 50_000);
});

Deno.test("which locations lack tokens, and what companies are called", () => {
  const rows = new ConnectionRows(directoryDatabase());
  put(rows, { id: "lost" });
  put(rows, { id: "well", status: "connected" });
  put(rows, { kind: "company", id: "c1", name: "Northwind" });
  put(rows, { kind: "company", id: "c2" });
  put(rows, { id: "paused", status: "paused" });
  deepEqual(rows.lacking(["well", "lost", "paused", "unheard"]), ["lost", "unheard"]);
  deepEqual(rows.lacking([]), []);
  deepEqual(rows.companyNames(["c1", "c1", "c2", "c3"]), { c1: "Northwind" });
  deepEqual(rows.companyNames([]), {});
  put(rows, { id: "c1", name: "Harbor" });
  const keys = [["location", "c1"], ["company", "c2"], ["company", "c1"], ["location", "unheard"]] as const;
  const names = ["Harbor", null, "Northwind", null];
  deepEqual(rows.names(keys.map(([kind, id]) => ({ kind, id }))), names);
  deepEqual(rows.names([]), []);
});
