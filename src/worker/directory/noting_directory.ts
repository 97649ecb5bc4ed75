import { DurableObject } from "cloudflare:workers";
import type { WorkerEnv } from "../env.ts";
import type { JobProgress } from "../recovery_job/job_api.ts";
import { FactTable } from "./directory_facts.ts";
import { type EventAddresses, type EventAddressesApi, withAddress } from "./event_addresses.ts";
import { type JobPage, ListedJobs, type ListedJobsApi } from "./listed_jobs.ts";

/** The part of the directory's object for other objects that note themselves: bulk recoveries, and addresses of events. */
export abstract class NotingDirectory extends DurableObject<WorkerEnv>
  implements ListedJobsApi, EventAddressesApi {
  /** See {@linkcode ListedJobsApi.noteJob}. */
  noteJob(progress: JobProgress): Promise<void> {
    return Promise.resolve(this.#jobs.note(progress));
  }

  /** See {@linkcode ListedJobsApi.dropJob}. */
  dropJob(id: string): Promise<void> {
    return Promise.resolve(this.#jobs.drop(id));
  }

  /** See {@linkcode ListedJobsApi.jobs}. */
  jobs(query: { readonly limit: number; readonly cursor?: string }): Promise<JobPage> {
    return Promise.resolve(this.#jobs.page(query));
  }

  /** See {@linkcode EventAddressesApi.noteEventAddress}. */
  noteEventAddress(name: string, origin?: string): Promise<void> {
    const noted = this.#facts.get("eventAddresses") ?? {};
    const next = withAddress(noted, name, origin, Date.now());
    return Promise.resolve(this.#facts.set("eventAddresses", next));
  }

  /** See {@linkcode EventAddressesApi.eventAddresses}. */
  eventAddresses(): Promise<EventAddresses> {
    return Promise.resolve(this.#facts.get("eventAddresses") ?? {});
  }

  get #jobs(): ListedJobs {
    return new ListedJobs(this.ctx.storage.sql);
  }

  get #facts(): FactTable {
    return new FactTable(this.ctx.storage.sql);
  }
}
