import type { Connection } from "../connections/connection.ts";
import type { Recovery } from "../connections/recovery.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import type { Backend, JobProgress, Selection } from "./backend.ts";
import { askWorker, textOf, type WorkerAddress } from "./worker_api.ts";

/** What {@linkcode runJob} needs besides the selection. */
export interface JobOptions {
  /** Ends the waiting; the job itself goes on at the worker. */
  readonly signal?: AbortSignal;
  /** Told how far the job is. */
  readonly onProgress: (progress: JobProgress) => void;
  /** Lists connections, to find what was not recovered. */
  readonly list: Backend["list"];
  /** Tells of one connection. */
  readonly get: Backend["get"];
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
/** Connections in trouble that are looked up after a job, at most. */
const MOST_LOOKUPS = 1_000;

/**
 * Starts a bulk recovery at the worker, follows it to its end, and returns what was not recovered.
 *
 * @throws {HighLevelError} when the worker refuses or cannot be reached.
 */
export async function runJob(
  worker: WorkerAddress,
  selection: Selection,
  { signal, onProgress, list, get }: JobOptions,
): Promise<readonly Recovery[]> {
  const startedAt = Date.now();
  const { body } = await askWorker(worker, "/recoveries", { method: "POST", body: selection });
  const id = textOf(body.id);
  if (id === undefined) {
    throw new HighLevelError("malformed_response", "The worker's answer lacks the job's id.");
  }
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    const { body: job } = await askWorker(worker, `/recoveries/${encodeURIComponent(id)}`);
    onProgress(progressFrom(job));
    if (job.status === "done") break;
    if (!await pause(pauseMs, signal)) return [];
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5);
  }
  return await Array.fromAsync(troubled(selection, startedAt, list, get));
}

/** What a job left behind: connections in trouble whose record it touched. */
async function* troubled(
  selection: Selection,
  startedAt: number,
  list: Backend["list"],
  get: Backend["get"],
): AsyncGenerator<Recovery, void, undefined> {
  let lookups = 0;
  for (const status of ["broken", "paused", "reauthorization_required"] as const) {
    for await (const listed of list({ status })) {
      if (!isOf(selection, listed, startedAt)) continue;
      if (++lookups > MOST_LOOKUPS) return;
      const { target } = listed;
      const { trouble } = await get(target) ?? listed;
      const error = trouble &&
        new HighLevelError(trouble.code, trouble.message, { target, traceId: trouble.traceId });
      yield {
        target,
        outcome: status === "broken" ? "failed" : status,
        attempts: [],
        ...(trouble?.traceId && { traceId: trouble.traceId }),
        ...(error && { error }),
      };
    }
  }
}

function isOf(
  selection: Selection,
  { target, companyId, status, updatedAt }: Connection,
  startedAt: number,
): boolean {
  if ("companyId" in selection) return (target.companyId ?? companyId) === selection.companyId;
  return status === selection.status || updatedAt.getTime() >= startedAt - 60_000; // the worker's clock may differ
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

/** Waits; `false` when the signal ended it. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(false);
    const onAbort = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve(true);
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
