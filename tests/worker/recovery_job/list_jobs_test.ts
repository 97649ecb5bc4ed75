import { deepEqual, equal, match } from "node:assert/strict";
import { HighLevelError } from "../../../src/oauth/mod.ts";
import type { JobApi, JobProgress } from "../../../src/worker/recovery_job/job_api.ts";
import { newJob, progressOf } from "../../../src/worker/recovery_job/job_facts.ts";
import { listJobs } from "../../../src/worker/recovery_job/list_jobs.ts";

Deno.test("a job that cannot be asked now hides no other: it is listed as it was told last", async () => {
  const told = (id: string): JobProgress => progressOf(newJob(id, { kind: "targets" }, "admin", 0));
  const lines: string[] = [];
  const { error } = console;
  console.error = (line: string) => void lines.push(line);
  try {
    const { recoveries } = await listJobs({
      directory: () => ({ jobs: () => Promise.resolve({ recoveries: [told("lost"), told("here")] }) }),
      job: (id) => ({
        progress: (): ReturnType<JobApi["progress"]> =>
          id === "lost"
            ? Promise.reject(new HighLevelError("store_failed", "It cannot answer now."))
            : Promise.resolve({ ...told(id), total: 7 }),
      }),
    }, { limit: 20 });
    deepEqual(recoveries.map(({ id, total }) => [id, total]), [["lost", 0], ["here", 7]]);
  } finally {
    console.error = error;
  }
  equal(lines.length, 1);
  match(lines[0] ?? "", /"job":"lost".*"passed_over"/);
});
