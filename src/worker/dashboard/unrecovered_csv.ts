import { type Cells, csvResponse } from "../http/csv_response.ts";
import type { JobApi, JobItem } from "../recovery_job/job_api.ts";
import { withoutLinks } from "../recovery_job/without_links.ts";

const COLUMNS = ["kind", "id", "name", "outcome", "code", "message", "traceId", "authorizationUrl"];

/** What a bulk recovery could not recover, as a CSV file that is written while it is read; with links for an admin. */
export function unrecoveredCsv(
  name: string,
  job: Pick<JobApi, "changes">,
  { hasLinks }: { readonly hasLinks: boolean },
): Response {
  return csvResponse(name, COLUMNS, pagesOf(job, hasLinks));
}

async function* pagesOf(
  job: Pick<JobApi, "changes">,
  hasLinks: boolean,
): AsyncGenerator<readonly Cells[], void, undefined> {
  for (let seq = 0;;) {
    const { unrecovered = [] } = await job.changes(seq) ?? {};
    const last = unrecovered.at(-1);
    if (!last) return;
    yield (hasLinks ? unrecovered : withoutLinks(unrecovered)).map(cellsOf);
    seq = last.seq;
  }
}

function cellsOf({ target, name, outcome, code, message, traceId, authorizationUrl }: JobItem): Cells {
  const kind = target.locationId === undefined ? "company" : "location";
  const id = target.locationId ?? target.companyId;
  return [kind, id, name, outcome, code, message, traceId, authorizationUrl];
}
