import { type Cells, csvResponse } from "../http/csv_response.ts";
import type { JobApi, JobItem } from "../recovery_job/job_api.ts";

const COLUMNS = ["kind", "id", "outcome", "code", "message", "traceId", "authorizationUrl"];

/** What a bulk recovery could not recover, as a CSV file that is written while it is read. */
export function unrecoveredCsv(name: string, job: Pick<JobApi, "changes">): Response {
  return csvResponse(name, COLUMNS, pagesOf(job));
}

async function* pagesOf(job: Pick<JobApi, "changes">): AsyncGenerator<readonly Cells[], void, undefined> {
  for (let seq = 0;;) {
    const { unrecovered = [] } = await job.changes(seq) ?? {};
    const last = unrecovered.at(-1);
    if (!last) return;
    yield unrecovered.map(cellsOf);
    seq = last.seq;
  }
}

function cellsOf({ target, outcome, code, message, traceId, authorizationUrl }: JobItem): Cells {
  const kind = target.locationId === undefined ? "company" : "location";
  const id = target.locationId ?? target.companyId;
  return [kind, id, outcome, code, message, traceId, authorizationUrl];
}
