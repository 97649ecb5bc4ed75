import type { Recovery } from "../connections/recovery.ts";
import { check, checkText } from "../oauth/check.ts";
import { defined } from "../oauth/defined.ts";
import { isObject, moment } from "../oauth/fields.ts";
import { checkId, checkTarget, type ConnectionTarget } from "../oauth/target.ts";
import { type ConnectionStatus, STATUSES } from "../stores/status.ts";
import { listIn, oneOf, partOf, recoveryIn, targetIn } from "./answers.ts";
import { askWorker, lacking, readOr } from "./ask_worker.ts";
import { eventsOf } from "./event_stream.ts";
import type { WorkerHost } from "./options.ts";
import { pagesOf } from "./pages_of.ts";

/**
 * What a bulk recovery is about: connections by name (1 to 100,000), those of a status, or the locations where HighLevel says an agency
 * has the app installed.
 */
export type JobSelection =
  | { readonly targets: readonly ConnectionTarget[] }
  | { readonly status: ConnectionStatus }
  | { readonly companyId: string; readonly installed: true };

/** Where a bulk recovery stands, as one word; see {@linkcode Job.status}. */
export type JobStatus = "listing" | "running" | "waiting" | "paused" | "cancelled" | "done";

const JOB_STATUSES: readonly JobStatus[] = ["listing", "running", "waiting", "paused", "cancelled", "done"];

/** Where a bulk recovery stands. */
export interface Job {
  /** Its id. */
  readonly id: string;
  /**
   * - `"listing"`: connections are still being found. `"running"`: recoveries are under way.
   * - `"waiting"`: it stopped itself, for the reason in `problem`, and tries again at `nextTryAt`.
   * - `"paused"`: a person stopped it, and may resume it. `"cancelled"`: for good. `"done"`: every connection has ended.
   */
  readonly status: JobStatus;
  /** Who began it: the name or role of a key, or `daily`. */
  readonly startedBy: string;
  /** When it was made. */
  readonly createdAt: Date;
  /** When a connection was reported last; `createdAt` where none was. */
  readonly progressAt: Date;
  /** When it came to its end. */
  readonly finishedAt?: Date;
  /** When one that waits tries again. */
  readonly nextTryAt?: Date;
  /** Connections found so far. */
  readonly total: number;
  /** Those not ended yet. */
  readonly remaining: number;
  /** Those recovered. */
  readonly recovered: number;
  /** Those paused. */
  readonly paused: number;
  /** Those that a person must authorise again. */
  readonly reauthorization_required: number;
  /** Those that failed. */
  readonly failed: number;
  /** Why it waits, or could not find all its connections. */
  readonly problem?: string;
}

/** What following a bulk recovery tells, in order. */
export type JobEvent =
  /** How far it is. Told at once, then whenever that changes. */
  | { readonly type: "progress"; readonly job: Job }
  /** A connection that ended without tokens. */
  | { readonly type: "unrecovered"; readonly recovery: Recovery }
  /** It is done, or was cancelled: nothing follows. */
  | { readonly type: "done"; readonly job: Job };

/** The bulk recoveries of a worker. Looking needs a key of the role `viewer`, everything else `admin`. */
export interface WorkerJobs {
  /**
   * Starts one. Where the answer is lost it may have begun: `list` tells.
   *
   * @throws {TypeError} when `selection` is malformed.
   */
  start(selection: JobSelection): Promise<Job>;
  /** Where one stands; `undefined` where there is none of this id. */
  get(id: string): Promise<Job | undefined>;
  /** All of them, newest first. */
  list(): AsyncGenerator<Job, void, undefined>;
  /**
   * Follows one to its end, however long that takes, in flat memory; a connection that breaks is taken up where it broke. Begins with
   * what ended before. Once `signal` is aborted it ends without a word, and the job goes on at the worker.
   *
   * @throws {WorkerError} `network`, where the worker tells nothing new for some 90 s of trying: the job may go on.
   */
  follow(id: string, options?: { readonly signal?: AbortSignal }): AsyncGenerator<JobEvent, void, undefined>;
  /** Sends nothing until it is resumed; what is at work ends. */
  pause(id: string): Promise<Job>;
  /** Goes on; one that waits tries at once. */
  resume(id: string): Promise<Job>;
  /** Ends it for good; what is at work still counts. */
  cancel(id: string): Promise<Job>;
}

/** What a worker takes in one job. */
const MOST_TARGETS = 100_000;

/** The bulk recoveries of `host`. */
export function workerJobs(host: WorkerHost): WorkerJobs {
  const act = (id: string, method: "POST" | "DELETE", what = ""): Promise<Job> =>
    askWorker(host, `${pathOf(id)}${what}`, { method, isRepeatable: true, read: ({ body }) => jobIn(body) });

  return {
    start: async (selection) => {
      const body = checkSelection(selection);
      const read = ({ body }: { readonly body: Readonly<Record<string, unknown>> }): Job => jobIn(body);
      return await askWorker(host, "/recoveries", { method: "POST", body, isLong: true, read });
    },
    get: async (id) =>
      await askWorker(host, pathOf(id), {
        expect: [404],
        read: ({ status, body }) => status === 404 ? undefined : jobIn(body),
      }),
    list: () => pagesOf(host, "/recoveries", {}, (body) => listIn(body, "recoveries").map(jobIn)),
    follow: (id, { signal } = {}) => follow(host, pathOf(id), signal),
    pause: async (id) => await act(id, "POST", "/pause"),
    resume: async (id) => await act(id, "POST", "/resume"),
    cancel: async (id) => await act(id, "DELETE"),
  };
}

async function* follow(
  host: WorkerHost,
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<JobEvent, void, undefined> {
  for await (const { event, data } of eventsOf(host, `${path}/events`, signal)) {
    if (event === "unrecovered") {
      yield { type: event, recovery: readOr(host, () => recoveryIn(data, targetIn(data))) };
    } else if (event === "progress" || event === "done") {
      yield { type: event, job: readOr(host, () => jobIn(data)) };
    }
    if (event === "done") return;
  }
}

function pathOf(id: string): string {
  return `/recoveries/${checkText("id", id, /^[A-Za-z0-9_-]{1,64}$/, "1 to 64 characters of A-Za-z0-9_-")}`;
}

/** `selection` as the worker takes it: nothing else of the caller's object goes along. */
function checkSelection(selection: JobSelection): JobSelection {
  check(isObject(selection), "selection must be { targets }, { status } or { companyId, installed: true }");
  if ("targets" in selection) {
    const { targets } = selection;
    check(
      Array.isArray(targets) && targets.length >= 1 && targets.length <= MOST_TARGETS,
      "targets must be an array of 1 to 100,000 targets",
    );
    return { targets: targets.map(checkTarget) };
  }
  if ("status" in selection) {
    check(STATUSES.includes(selection.status), `status must be one of ${STATUSES.join(", ")}`);
    return { status: selection.status };
  }
  check(selection.installed === true, "installed must be true");
  return { companyId: checkId("companyId", selection.companyId), installed: true };
}

/** A job as the worker tells it. */
function jobIn(value: unknown): Job {
  const field = partOf(value);
  const moments = (name: string): Date => field.required(name, moment(field.value(name)));
  const count = (name: string): number => {
    const number = isObject(value) ? value[name] : undefined;
    if (typeof number === "number" && number >= 0) return number;
    throw lacking(`its answer lacks field "${name}"`);
  };
  return defined({
    id: field.string("id"),
    status: field.required("status", oneOf(JOB_STATUSES, field.value("status"))),
    startedBy: field.string("startedBy"),
    createdAt: moments("createdAt"),
    progressAt: moments("progressAt"),
    finishedAt: moment(field.value("finishedAt")),
    nextTryAt: moment(field.value("nextTryAt")),
    total: count("total"),
    remaining: count("remaining"),
    recovered: count("recovered"),
    paused: count("paused"),
    reauthorization_required: count("reauthorization_required"),
    failed: count("failed"),
    problem: field.text("problem"),
  });
}
