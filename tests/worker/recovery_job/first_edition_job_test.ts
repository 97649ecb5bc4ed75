import { deepEqual, equal } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { isFirstEditionJob, leftOfFirstEdition } from "../../../src/worker/recovery_job/first_edition_job.ts";
import { JobState } from "../../../src/worker/recovery_job/job_state.ts";
import { newJob } from "../../../src/worker/recovery_job/job_facts.ts";
import { memoryStorage } from "../durable/memory_storage.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until } from "../worker_world.ts";
import { jobIs } from "./job_calls.ts";

/** The tables as the first edition made them. */
const TABLES = [
  "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT)",
  `CREATE TABLE targets (
    id TEXT, kind TEXT, name TEXT, sentAt INTEGER NOT NULL DEFAULT 0,
    outcome TEXT, seq INTEGER, detail TEXT, PRIMARY KEY (kind, id)
  ) WITHOUT ROWID`,
];
const PUT_FACT = "INSERT INTO facts VALUES (?, ?)";
const PUT_TARGET = "INSERT INTO targets (id, kind, name, sentAt, outcome) VALUES (?, ?, ?, 1, ?)";

Deno.test("what is left of a job of the first edition", async (t) => {
  const cases: readonly (readonly [string, Record<string, string>, unknown])[] = [
    ["one under way", { started: "1", listed: "1" }, { kind: "targets" }],
    ["one of an agency that was listed: not listed again", {
      started: "1",
      listed: "1",
      source: '{"kind":"installed","companyId":"com1"}',
    }, { kind: "targets", companyId: "com1" }],
    [
      "one that was being listed: as a whole",
      { started: "1", source: '{"kind":"status","status":"broken"}' },
      {
        kind: "status",
        status: "broken",
      },
    ],
    ["one never started: nothing", {}, undefined],
    ["one that ended: nothing", { started: "1", listed: "1", finishedAt: "1" }, undefined],
  ];
  for (const [name, facts, source] of cases) {
    await t.step(name, () => {
      const { host: { sql } } = memoryStorage();
      for (const table of TABLES) sql.exec(table);
      for (const entry of Object.entries({ id: "job1", source: '{"kind":"targets"}', ...facts })) {
        sql.exec(PUT_FACT, ...entry);
      }
      sql.exec(PUT_TARGET, "loc1", "location", "One", null);
      sql.exec(PUT_TARGET, "com1", "company", null, null);
      sql.exec(PUT_TARGET, "loc2", "location", null, "recovered");
      equal(isFirstEditionJob(sql), true);
      const targets = [{ kind: "company", id: "com1" }, { kind: "location", id: "loc1", name: "One" }];
      deepEqual(leftOfFirstEdition(sql), source && { id: "job1", source, targets });
    });
  }
  await t.step("a job of today is none, nor is an object without tables", () => {
    const { host } = memoryStorage();
    equal(isFirstEditionJob(host.sql), false);
    new JobState(host).keep(newJob("job1", { kind: "targets" }, "admin", 0));
    equal(isFirstEditionJob(host.sql), false);
  });
});

Deno.test("a job that the first edition began goes on after the deployment, and its messages do no harm", async () => {
  const sandbox = createSandbox({ app: SANDBOX_APP, rateLimit: false, companies: [{ locations: 6 }] });
  await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const id = "4f7c0b0e-job-of-before";
  const old = async (query: string, values: readonly (string | number)[] = []): Promise<unknown[]> =>
    await world.sql(id, query, values, "first edition job");
  const [ended, ...open] = sandbox.locationIds();
  for (const table of TABLES) await old(table);
  for (const [name, value] of [["id", id], ["source", '{"kind":"targets"}'], ["createdAt", "1"]]) {
    await old(PUT_FACT, [name ?? "", value ?? ""]);
  }
  await old("INSERT INTO facts VALUES ('started', '1'), ('listed', '1'), ('total', '6'), ('recovered', '1')");
  await old("INSERT INTO targets (id, kind, outcome) VALUES (?, 'location', 'recovered')", [ended ?? ""]);
  for (const location of open) await old("INSERT INTO targets (id, kind) VALUES (?, 'location')", [location]);

  const targets = open.map((location) => ({ kind: "location", id: location }));
  const message = { jobId: id, since: 1, revives: true, targets };
  deepEqual(await world.handle("queue", { message }), ["ack 0"]);
  equal(sandbox.counts.total, 0);

  await world.ring(id, "first edition job");
  const done = await jobIs(world, id, "done");
  deepEqual([done.total, done.recovered, done.startedBy], [5, 5, "admin"]);
  await until(async () => (await old("SELECT name FROM sqlite_master WHERE name = 'facts'")).length === 0);
  await world.ring(id, "first edition job");
  equal(sandbox.counts.exchange, 5);
});
