import { deepEqual, equal, match } from "node:assert/strict";
import { HighLevelError } from "../../../src/oauth/mod.ts";
import type { JobApi, JobProgress, JobTarget } from "../../../src/worker/recovery_job/job_api.ts";
import { newJob, progressOf } from "../../../src/worker/recovery_job/job_facts.ts";
import { listJobs } from "../../../src/worker/recovery_job/list_jobs.ts";
import { startJob } from "../../../src/worker/recovery_job/start_job.ts";

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

Deno.test("a job takes the names that the directory knows, keeps its own, and starts where the directory cannot answer", async (t) => {
  const targets: JobTarget[] = [{ kind: "location", id: "a" }, { kind: "location", id: "b", name: "Own" }, {
    kind: "company",
    id: "c",
  }];
  const answers = [
    [() => Promise.resolve(["Harbor", "Other", null]), ["Harbor", "Own", undefined]],
    [() => Promise.reject(new HighLevelError("store_failed", "away")), [undefined, "Own", undefined]],
  ] as const;
  for (const [names, told] of answers) {
    await t.step(JSON.stringify(told), async () => {
      const added: (string | undefined)[] = [];
      let starts = 0;
      const job = {
        create: () => Promise.resolve(),
        add: (some: readonly JobTarget[]) =>
          Promise.resolve(void added.push(...some.map(({ name }) => name))),
        start: () => Promise.resolve(void starts++),
      };
      const { error } = console;
      console.error = () => {};
      try {
        await startJob({ job: () => job, directory: () => ({ names }) }, targets, { kind: "targets" }, {
          startedBy: "admin",
        });
      } finally {
        console.error = error;
      }
      deepEqual([added, starts], [told, 1]);
    });
  }
});
