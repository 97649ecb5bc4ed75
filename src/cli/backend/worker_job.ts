import type { WorkerClient } from "../../client/mod.ts";
import type { JobOptions, Selection } from "./backend.ts";

/**
 * Starts a bulk recovery at the worker at `url` and follows it to its end. Returns why the worker could not find all its
 * connections, where it could not.
 *
 * @throws {WorkerError} when the worker refuses or cannot be reached.
 */
export async function runJob(
  client: WorkerClient,
  url: string,
  selection: Selection,
  { signal, onStarted, onProgress, onUnrecovered }: JobOptions,
): Promise<string | undefined> {
  const { id } = await client.jobs.start(selection);
  onStarted({ id, page: `${url.replace(/\/+$/, "")}/ui/recoveries/${id}` });
  let problem: string | undefined;
  for await (const told of client.jobs.follow(id, { signal })) {
    if (told.type === "unrecovered") {
      onUnrecovered(told.recovery);
    } else {
      onProgress(told.job);
      problem = told.job.problem;
    }
  }
  return problem;
}
