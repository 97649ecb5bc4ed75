import { deepEqual } from "node:assert/strict";
import type { RecordSummary } from "../../../src/stores/token_store.ts";
import { ConnectionRows } from "../../../src/worker/directory/connection_rows.ts";
import type { DirectoryReport, DirectoryStatus } from "../../../src/worker/directory/directory_api.ts";
import { DirectoryLists } from "../../../src/worker/directory/directory_lists.ts";
import { reportEffect } from "../../../src/worker/directory/report_effect.ts";
import { findingsOf } from "../../../src/worker/directory/sweep_rules.ts";
import { directoryDatabase } from "./directory_database.ts";

/*
 * Reports that come in any order, twice or late, while a sweep reads a KV that is late itself: counters say what the rows say,
 * every report counts once, and the last report of each connection has the last word.
 */

const HOUR = 3_600_000;
const NOW = 500 * 24 * HOUR;
const STATUSES: readonly DirectoryStatus[] = [
  "connected",
  "broken",
  "paused",
  "reauthorization_required",
  "forgotten",
];
const CAUSES = [undefined, "unavailable", "invalid_grant/scope"] as const;

/** Numbers from 0 up to 1, the same for the same seed. */
function numbersOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

Deno.test("counters, counts and the last word hold for reports in any order beside a sweep over a late KV", () => {
  for (let seed = 1; seed <= 30; seed++) play(seed);
});

function play(seed: number): void {
  const next = numbersOf(seed);
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(next() * items.length)];
  const sql = directoryDatabase();
  const rows = new ConnectionRows(sql);
  const lists = new DirectoryLists(sql);
  const sent: DirectoryReport[] = [];
  const taken = new Map<string, number>();
  const kv = new Map<string, RecordSummary[]>();
  let now = NOW;

  const take = (report: DirectoryReport): void => {
    const { row, seq } = report;
    const effect = reportEffect(report, rows.get(row)?.seq ?? rows.gone(row)?.seq);
    if (effect.do === "nothing") return;
    const name = `${row.kind}/${row.id} ${seq}`;
    taken.set(name, (taken.get(name) ?? 0) + 1);
    if (effect.do === "put") rows.put(effect.row, seq, now);
    else rows.remove(row, seq, now);
  };
  const report = (kind: "location" | "company", id: string): void => {
    const status = pick(STATUSES) ?? "connected";
    const cause = status === "connected" || status === "forgotten" ? undefined : pick(CAUSES);
    const companyId = kind === "company" ? undefined : pick(["C1", "C2", undefined]);
    const name = pick(["Café", "cafe", undefined]);
    const made: DirectoryReport = {
      row: {
        kind,
        id,
        status,
        since: now,
        ...cause && { cause },
        ...companyId !== undefined && { companyId },
        ...name !== undefined && { name },
      },
      seq: now,
      changes: [],
    };
    sent.push(made);
    const versions = kv.get(`${kind}/${id}`) ?? [];
    kv.set(`${kind}/${id}`, [...versions, { status, updatedAt: now - 1, ...name !== undefined && { name } }]);
    if (next() < 0.7) take(made);
  };
  const sweep = (kind: "location" | "company", id: string): void => {
    const summary = pick((kv.get(`${kind}/${id}`) ?? []).slice(-2)); // late by one write
    if (!summary) return;
    const key = { kind, id };
    const held = rows.get(key);
    const gone = rows.gone(key);
    for (const finding of findingsOf({ key, summary, held, gone: held ? undefined : gone }, now)) {
      if (finding.do === "put") {
        rows.put(finding.row, held?.seq ?? gone?.seq ?? 0, Math.max(held?.updatedAt ?? 0, summary.updatedAt));
      }
      if (finding.do === "remove") rows.remove(key, held?.seq ?? 0, summary.updatedAt);
    }
  };

  for (let step = 0; step < 150; step++) {
    now += 1 + Math.floor(next() * HOUR);
    const kind = next() < 0.2 ? "company" : "location";
    const id = pick(["A", "B", "C"]) ?? "A";
    const choice = next();
    if (choice < 0.5) report(kind, id);
    else if (choice < 0.75) {
      take(pick(sent) ?? { row: { kind, id, status: "connected", since: 0 }, seq: 0, changes: [] });
    } else sweep(kind, id);
    check(seed, sql, lists);
  }
  for (const [name, times] of taken) deepEqual([name, times], [name, 1], `seed ${seed}`);
  for (const [name, last] of Map.groupBy(sent, ({ row }) => `${row.kind}/${row.id}`)) {
    const report = last.at(-1);
    if (!report) continue;
    now += HOUR;
    take(report);
    const { status, cause } = rows.get(report.row) ?? { status: "forgotten", cause: undefined };
    deepEqual([name, status, cause], [name, report.row.status, report.row.cause], `seed ${seed}`);
  }
  check(seed, sql, lists);
}

/** Compares the counters with what is counted over the rows. */
function check(seed: number, sql: ReturnType<typeof directoryDatabase>, lists: DirectoryLists): void {
  const [counted] = sql.exec("SELECT COUNT(*) AS n FROM connections").toArray();
  const inRows = sql.exec(
    "SELECT kind, status, COALESCE(cause, '') AS cause, COUNT(*) AS n FROM connections GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
  ).toArray().map((row) => ({ ...row }));
  const inCounters = sql.exec(
    "SELECT kind, status, cause, n FROM counters WHERE n <> 0 ORDER BY 1, 2, 3",
  ).toArray().map((row) => ({ ...row }));
  deepEqual(inCounters, inRows, `seed ${seed}`);
  deepEqual(lists.counts({}).total, Number(counted?.n), `seed ${seed}`);
  deepEqual(lists.page({}).rows.length, Number(counted?.n), `seed ${seed}`);
}
