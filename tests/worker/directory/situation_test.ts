import { deepEqual, equal } from "node:assert/strict";
import { ConnectionRows } from "../../../src/worker/directory/connection_rows.ts";
import type { DirectoryStatus } from "../../../src/worker/directory/directory_api.ts";
import { Hours } from "../../../src/worker/directory/hours.ts";
import { ListedJobs } from "../../../src/worker/directory/listed_jobs.ts";
import { NamedList } from "../../../src/worker/directory/named_list.ts";
import { SharedNotes } from "../../../src/worker/directory/shared_notes.ts";
import { agenciesIn, readSituation, sinceOf } from "../../../src/worker/directory/situation.ts";
import { isOfStatus, statusChange } from "../../../src/worker/directory/status_change.ts";
import { takeReports } from "../../../src/worker/directory/take_reports.ts";
import { Totals } from "../../../src/worker/directory/totals.ts";
import { CHANGE_TYPES } from "../../../src/worker/directory/change_type.ts";
import { newJob, progressOf } from "../../../src/worker/recovery_job/job_facts.ts";
import type { ConnectionStatus } from "../../../src/stores/mod.ts";
import { directoryDatabase, rowOf } from "./directory_database.ts";

const HOUR = 3_600_000;
const NOW = 500_000 * HOUR;

Deno.test("only a change of status is counted by the hour: a recovery of what was well is none", () => {
  const cases: readonly (readonly [ConnectionStatus | undefined, DirectoryStatus, string | undefined])[] = [
    ["connected", "connected", undefined],
    ["connected", "broken", "failed"],
    ["connected", "reauthorization_required", "reauthorization_required"],
    ["connected", "paused", "paused"],
    ["connected", "forgotten", undefined],
    ["broken", "connected", "recovered"],
    ["broken", "broken", undefined],
    ["broken", "reauthorization_required", "reauthorization_required"],
    ["broken", "paused", "paused"],
    ["reauthorization_required", "connected", "recovered"],
    ["reauthorization_required", "broken", "failed"],
    ["paused", "connected", "resumed"],
    ["paused", "broken", "failed"],
    [undefined, "connected", undefined],
    [undefined, "broken", undefined],
    [undefined, "forgotten", undefined],
  ];
  for (const [before, now, expected] of cases) {
    equal(statusChange(before, now), expected, `${before} → ${now}`);
  }
  deepEqual(CHANGE_TYPES.filter((type) => !isOfStatus(type)), [
    "installed",
    "uninstalled",
    "forgotten",
    "saved",
    "refreshed",
  ]);
});

Deno.test("a bulk run over healthy connections leaves no recovery in the hours, and its sums in the totals", () => {
  const sql = directoryDatabase();
  const hours = new Hours(sql);
  const tables = { rows: new ConnectionRows(sql), hours, totals: new Totals(sql), alerts: undefined };
  let seq = 0;
  const report = (status: ConnectionStatus, since: number): void => {
    const changes = [{ type: "recovered", at: since }, { type: "saved", at: since }] as const;
    const row = { kind: "location", id: "L1", status, since } as const;
    takeReports(tables, [{ row, seq: ++seq, changes }], NOW);
  };
  for (let n = 0; n < 5; n++) report("connected", NOW);
  deepEqual(hours.since(0), [{ hour: NOW, counts: { saved: 5 } }]);
  report("broken", NOW);
  report("connected", NOW);
  deepEqual(hours.since(0), [{ hour: NOW, counts: { saved: 7, failed: 1, recovered: 1 } }]);
  deepEqual(
    sql.exec("SELECT n FROM totals WHERE name = 'changes' AND label = 'recovered'").toArray().map(({ n }) =>
      n
    ),
    [7],
  );
});

Deno.test("since when: what has been lost for weeks does not hide when nine in ten were lost", () => {
  const cases: readonly (readonly [number[], number, number | undefined])[] = [
    [[], 0, undefined],
    [[], 3, undefined],
    [[5], 1, 5],
    [[1, 5, 6], 3, 1],
    [[1, 10, 10, 10, 10, 10, 10, 10, 10, 10], 10, 10],
    [[1, 2, 3], 1_000, 3], // only the first of many are looked at
  ];
  for (const [moments, count, expected] of cases) equal(sinceOf(moments, count), expected, `${moments}`);
  deepEqual(agenciesIn(["b", "a", null, "a", "c"]), [
    { companyId: "a", count: 2 },
    { companyId: "b", count: 1 },
    { companyId: "c", count: 1 },
  ]);
});

Deno.test("the situation tells causes, agencies, the endpoint, what runs and what ends soon", () => {
  const sql = directoryDatabase();
  const rows = new ConnectionRows(sql);
  deepEqual(readSituation(sql, NOW), {
    groups: [],
    agencies: [],
    agencyCount: 0,
    isWhole: true,
    jobs: [],
    ending: 0,
    firstEnding: [],
  });
  const lost = { status: "reauthorization_required", cause: "not_installed" } as const;
  rows.put({ ...rowOf("C1", { name: "Lakeside", ...lost, since: NOW - HOUR }), kind: "company" }, 1, 0);
  for (let n = 0; n < 30; n++) {
    rows.put(rowOf(`L${n}`, { ...lost, companyId: "C1", since: NOW - HOUR + n }), 1, 0);
  }
  rows.put(rowOf("B1", { status: "broken", cause: "unavailable", companyId: "C2", since: NOW - 9 }), 1, 0);
  rows.put(rowOf("P1", { status: "paused", cause: "location_inactive" }), 1, 0);
  rows.put(rowOf("F1"), 1, 0);
  const jobs = new ListedJobs(sql);
  const job = progressOf(newJob("j1", { kind: "targets" }, "admin", NOW));
  jobs.note(job);
  jobs.note({ ...job, id: "j2", status: "done" });
  new NamedList(sql, "ending").add({ kind: "location", id: "F1" });
  const notes = new SharedNotes(sql);
  notes.put("app/a1/reconnect", { format: 1, summary: { updatedAt: NOW - 5 }, body: "{}", dropAt: NOW + 1 });
  const situation = readSituation(sql, NOW);
  deepEqual(situation, {
    groups: [
      { ...lost, count: 31, since: NOW - HOUR + 2 },
      { status: "broken", cause: "unavailable", count: 1, since: NOW - 9 },
    ],
    agencies: [{ companyId: "C1", name: "Lakeside", count: 31 }, { companyId: "C2", count: 1 }],
    agencyCount: 2,
    isWhole: true,
    removedAt: NOW - 5,
    jobs: [job],
    ending: 1,
    firstEnding: [{ kind: "location", id: "F1" }],
  });
  equal(readSituation(sql, NOW + 1).removedAt, undefined, "the note's time is over");
});
