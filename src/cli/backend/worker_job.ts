import type { JobOptions, JobProgress, Selection } from "./backend.ts";
import { askWorker, strangerError, textOf, type WorkerAddress } from "./worker_api.ts";
import { unrecoveredFrom } from "./worker_answers.ts";
import { eventsOf } from "./worker_events.ts";

/**
 * Starts a bulk recovery at the worker and follows it to its end. Returns why the worker could not find all its
 * connections, where it could not.
 *
 * @throws {HighLevelError} when the worker refuses or cannot be reached.
 */
export async function runJob(
  worker: WorkerAddress,
  selection: Selection,
  { signal, onStarted, onProgress, onUnrecovered }: JobOptions,
): Promise<string | undefined> {
  const { body } = await askWorker(worker, "/recoveries", { method: "POST", body: selection });
  const id = textOf(body.id);
  if (id === undefined) throw strangerError(worker.url);
  onStarted({ id, page: `${worker.url.replace(/\/+$/, "")}/ui/recoveries/${encodeURIComponent(id)}` });
  let problem: string | undefined;
  for await (
    const { event, data } of eventsOf(worker, `/recoveries/${encodeURIComponent(id)}/events`, signal)
  ) {
    if (event === "unrecovered") {
      const recovery = unrecoveredFrom(data);
      if (recovery) onUnrecovered(recovery);
    } else if (event === "progress" || event === "done") {
      onProgress(progressFrom(data));
      problem = textOf(data.problem);
      if (event === "done") break;
    }
  }
  return problem;
}

function progressFrom(job: Readonly<Record<string, unknown>>): JobProgress {
  const count = (name: string): number => {
    const value = job[name];
    return typeof value === "number" && value >= 0 ? value : 0;
  };
  return {
    total: count("total"),
    recovered: count("recovered"),
    paused: count("paused"),
    reauthorization_required: count("reauthorization_required"),
    failed: count("failed"),
  };
}
