import { DurableObject } from "cloudflare:workers";
import type { StoredRecord } from "../../stores/token_store.ts";
import type { WorkerEnv } from "../env.ts";
import type { JobProgress } from "../recovery_job/job_api.ts";
import type { ActivityApi, ActivityHour } from "./activity_api.ts";
import { type JobPage, JOBS_TABLES, ListedJobs, type ListedJobsApi } from "./listed_jobs.ts";
import { NOTES_TABLE, SharedNotes, type SharedNotesApi } from "./shared_notes.ts";

const HOUR_MS = 3_600_000;
const KEPT_MS = 31 * 24 * HOUR_MS;

/** Counts events of all connections by the hour, for the dashboard's chart. Losing one costs a bar a pixel. */
export class ActivityObject extends DurableObject<WorkerEnv>
  implements ActivityApi, SharedNotesApi, ListedJobsApi {
  readonly #notes: SharedNotes;
  readonly #jobs: ListedJobs;

  constructor(ctx: DurableObjectState, env: WorkerEnv) {
    super(ctx, env);
    const { sql } = ctx.storage;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS hours (hour INTEGER, type TEXT, n INTEGER, PRIMARY KEY (hour, type))",
    );
    for (const table of [NOTES_TABLE, ...JOBS_TABLES]) sql.exec(table);
    this.#notes = new SharedNotes(sql);
    this.#jobs = new ListedJobs(sql);
  }

  note(key: string): Promise<StoredRecord | undefined> {
    return Promise.resolve(this.#notes.get(key, Date.now()));
  }

  putNote(key: string, record: StoredRecord): Promise<void> {
    return Promise.resolve(this.#notes.put(key, record));
  }

  dropNote(key: string): Promise<void> {
    return Promise.resolve(this.#notes.drop(key));
  }

  noteJob(progress: JobProgress): Promise<void> {
    return Promise.resolve(this.#jobs.note(progress));
  }

  dropJob(id: string): Promise<void> {
    return Promise.resolve(this.#jobs.drop(id));
  }

  jobs(query: { readonly limit: number; readonly cursor?: string }): Promise<JobPage> {
    return Promise.resolve(this.#jobs.page(query));
  }

  /** Counts one event. */
  count(type: string, at: number): Promise<void> {
    const { sql } = this.ctx.storage;
    const hour = at - at % HOUR_MS;
    sql.exec("INSERT INTO hours VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1", hour, type);
    sql.exec("DELETE FROM hours WHERE hour < ?", hour - KEPT_MS);
    return Promise.resolve();
  }

  /** The hours since `from`, oldest first. */
  hours(from: number): Promise<readonly ActivityHour[]> {
    const rows = this.ctx.storage.sql.exec(
      "SELECT hour, type, n FROM hours WHERE hour >= ? ORDER BY hour",
      from,
    );
    const hours = new Map<number, Record<string, number>>();
    for (const { hour, type, n } of rows) {
      const counts = hours.get(Number(hour)) ?? {};
      counts[String(type)] = Number(n);
      hours.set(Number(hour), counts);
    }
    return Promise.resolve([...hours].map(([hour, counts]) => ({ hour, counts })));
  }
}
