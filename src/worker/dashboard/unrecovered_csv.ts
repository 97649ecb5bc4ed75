import type { JobApi, JobItem } from "../recovery_job/job_api.ts";

const COLUMNS = ["kind", "id", "outcome", "code", "message", "traceId", "authorizationUrl"];

/** What a bulk recovery could not recover, as a CSV file that is written while it is read. */
export function unrecoveredCsv(job: Pick<JobApi, "changes">): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let seq = 0;
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(`${COLUMNS.join(",")}\r\n`)),
    pull: async (controller) => {
      const changes = await job.changes(seq);
      for (const item of changes?.unrecovered ?? []) controller.enqueue(encoder.encode(lineOf(item)));
      if (!changes || changes.unrecovered.length === 0) controller.close();
      seq = changes?.unrecovered.at(-1)?.seq ?? seq;
    },
  });
}

function lineOf({ target, outcome, code, message, traceId, authorizationUrl }: JobItem): string {
  const kind = target.locationId === undefined ? "company" : "location";
  const id = target.locationId ?? target.companyId;
  return `${[kind, id, outcome, code, message, traceId, authorizationUrl].map(cellOf).join(",")}\r\n`;
}

/** A cell that no spreadsheet takes for a formula. */
function cellOf(value: string | undefined): string {
  const text = value ?? "";
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
