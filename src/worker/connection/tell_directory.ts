import { defined } from "../../oauth/host.ts";
import type { RecordSummary } from "../../stores/mod.ts";
import { rowOf, withReport, withTaken } from "./directory_report.ts";
import { linkFor } from "./link_for.ts";
import type { ObjectParts } from "./object_parts.ts";

/** Tells the directory what is new. Throws where it is out of reach: then the same is told again. */
export async function tellDirectory(parts: ObjectParts): Promise<void> {
  const { app, target, facts } = parts;
  const record = await parts.record();
  const now = Date.now();
  const row = rowOf(target, record, facts.installation, now);
  if (!row) return;
  const made = withReport(facts.report, row, now);
  facts.report = made.state;
  const { report } = made;
  const { alert } = report;
  const isForPerson = alert?.kind === "reauthorization_required";
  await app.directory().report([{
    ...report,
    ...alert && { alert: isForPerson ? { ...alert, ...linkFor(parts, record) } : alert },
  }]);
  facts.report = withTaken(facts.report, report);
}

/**
 * Tells the directory at once that the object's SQLite takes no writes: nothing can be put on the schedule then. The
 * connection is held, and works on as long as its token lives.
 */
export async function tellRefusal(parts: ObjectParts, summary: RecordSummary): Promise<void> {
  const { app, target, facts } = parts;
  const now = Date.now();
  const record = await parts.record();
  const row = rowOf(target, record, facts.installation, now);
  if (!row) return;
  const { told, seq } = facts.report;
  const since = told?.status === row.status ? told.since : summary.updatedAt;
  await app.directory().report([{
    row: { ...row, since },
    seq: Math.max(now, seq + 1),
    changes: [],
    alert: defined({ kind: "broken" as const, at: now, code: "store_failed" as const }),
  }]);
}
