import type { JobProgress } from "../recovery_job/job_api.ts";
import type { DirectorySql } from "./directory_sql.ts";

/** One page of bulk recoveries. */
export interface JobPage {
  /** As they stood when their status changed last, newest first. */
  readonly recoveries: readonly JobProgress[];
  /** Asks for the next page; absent on the last one. */
  readonly cursor?: string;
}

/** The methods of the directory for bulk recoveries. */
export interface ListedJobsApi {
  /** Lists a job, as it stands now. */
  noteJob(progress: JobProgress): Promise<void>;
  /** Lists it no more. */
  dropJob(id: string): Promise<void>;
  /** One page of jobs, newest first. */
  jobs(query: { readonly limit: number; readonly cursor?: string }): Promise<JobPage>;
}

/** The table of {@linkcode ListedJobs}. */
export const JOBS_TABLES: readonly string[] = [
  "CREATE TABLE jobs (id TEXT PRIMARY KEY, at INTEGER NOT NULL, progress TEXT NOT NULL) WITHOUT ROWID",
  "CREATE INDEX newestJobs ON jobs (at DESC, id)",
];

/** A job drops itself; one that never told so is listed no longer than this, ms. */
const LISTED_MS = 60 * 24 * 3_600_000;

/** The app's bulk recoveries, in the directory's SQLite. */
export class ListedJobs {
  readonly #sql: DirectorySql;

  /** Over `sql`, which has the tables {@linkcode JOBS_TABLES}. */
  constructor(sql: DirectorySql) {
    this.#sql = sql;
  }

  /** See {@linkcode ListedJobsApi.noteJob}. */
  note(progress: JobProgress): void {
    const at = Date.parse(progress.createdAt);
    this.#sql.exec("INSERT OR REPLACE INTO jobs VALUES (?, ?, ?)", progress.id, at, JSON.stringify(progress));
    this.#sql.exec("DELETE FROM jobs WHERE at < ?", at - LISTED_MS);
  }

  /** See {@linkcode ListedJobsApi.dropJob}. */
  drop(id: string): void {
    this.#sql.exec("DELETE FROM jobs WHERE id = ?", id);
  }

  /** See {@linkcode ListedJobsApi.jobs}. A cursor that is none begins at the newest. */
  page({ limit, cursor }: { readonly limit: number; readonly cursor?: string }): JobPage {
    const [, at = "9e15", after = ""] = /^(\d{1,16})_(.*)$/.exec(cursor ?? "") ?? [];
    const rows = this.#sql.exec(
      "SELECT id, at, progress FROM jobs WHERE at < ?1 OR at = ?1 AND id > ?2 ORDER BY at DESC, id LIMIT ?3",
      Number(at),
      after,
      limit + 1,
    ).toArray();
    const recoveries = rows.slice(0, limit).map(({ progress }): JobProgress => JSON.parse(String(progress)));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { recoveries, ...(last && { cursor: `${last.at}_${last.id}` }) };
  }
}
