import assert from "node:assert/strict";
import { ListedJobs } from "../../../src/worker/directory/listed_jobs.ts";
import type { JobProgress } from "../../../src/worker/recovery_job/job_api.ts";
import { newJob, progressOf } from "../../../src/worker/recovery_job/job_facts.ts";
import { directoryDatabase } from "./directory_database.ts";

const NOW = 1_800_000_000_000;

function job(id: string, at = NOW): JobProgress {
  return progressOf(newJob(id, { kind: "targets" }, "admin", at));
}

Deno.test("jobs are listed newest first, page by page, also those of one moment", () => {
  const jobs = new ListedJobs(directoryDatabase());
  for (const [id, at] of [["a", 1], ["b", 2], ["c", 2], ["d", 2], ["e", 3]] as const) {
    jobs.note(job(id, NOW + at));
  }
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = jobs.page({ limit: 2, ...(cursor !== undefined && { cursor }) });
    found.push(...page.recoveries.map(({ id }) => id));
    cursor = page.cursor;
  } while (cursor !== undefined);
  assert.deepEqual(found, ["e", "b", "c", "d", "a"]);
  assert.deepEqual(jobs.page({ limit: 1, cursor: "nonsense" }).recoveries.map(({ id }) => id), ["e"]);
});

Deno.test("a job stands as it was told last, and goes when it says so or after two months", () => {
  const jobs = new ListedJobs(directoryDatabase());
  jobs.note(job("old", NOW - 61 * 24 * 3_600_000));
  jobs.note(job("one"));
  jobs.note({ ...job("one"), status: "done", recovered: 7 });
  assert.deepEqual(jobs.page({ limit: 10 }), {
    recoveries: [{ ...job("one"), status: "done", recovered: 7 }],
  });
  jobs.drop("one");
  assert.deepEqual(jobs.page({ limit: 10 }), { recoveries: [] });
});
