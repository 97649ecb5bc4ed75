import type { ConnectionRecord } from "../../connections/host.ts";
import type { RecordSummary } from "../../stores/mod.ts";
import type { DirectoryReport } from "../directory/directory_api.ts";
import { eventsOf } from "./connection_events.ts";
import { rowOf, withReport, withTaken } from "./directory_report.ts";
import { keepEvents } from "../events/keep_events.ts";
import { linkFor } from "./link_for.ts";
import type { ObjectParts } from "./object_parts.ts";

/** Tells the directory what is new. Throws where it is out of reach: then the same is told again. */
export async function tellDirectory(parts: ObjectParts): Promise<void> {
  const { app, target, facts, history } = parts;
  const record = await parts.record();
  const now = Date.now();
  const row = rowOf(target, record, facts.installation, now);
  if (!row) return;
  const { told, sending } = facts.report;
  const made = withReport(facts.report, row, now, history.tally);
  facts.report = made.state;
  if (!sending) await keepEvents(parts, eventsOf(target, told?.status, made.report, history.entries()));
  await app.directory().report([await withLink(parts, record, made.report)]);
  facts.report = withTaken(facts.report, made.report);
}

/**
 * Tells the directory at once that the object's SQLite takes no writes: nothing can be put on the schedule then. The
 * connection is held, and works on as long as its token lives. A report that is on its way goes before, since this one would
 * overtake it. The row stays as it was told: nobody could note here that the directory has another one.
 */
export async function tellRefusal(parts: ObjectParts, summary: RecordSummary): Promise<void> {
  const { app, target, facts } = parts;
  const now = Date.now();
  const record = await parts.record();
  const row = rowOf(target, record, facts.installation, now);
  if (!row) return;
  const { told, sending, seq } = facts.report;
  await app.directory().report([
    ...sending ? [await withLink(parts, record, sending)] : [],
    {
      row: sending?.row ?? told ?? { ...row, since: summary.updatedAt },
      seq: Math.max(now, seq + 1),
      changes: [],
      alert: { kind: "not_stored", at: now, code: "store_failed" },
    },
  ]);
}

/** `report` as it is sent: who asks for a person tells where that person goes. */
async function withLink(
  parts: ObjectParts,
  record: ConnectionRecord | undefined,
  report: DirectoryReport,
): Promise<DirectoryReport> {
  const { alert } = report;
  if (alert?.kind !== "reauthorization_required") return report;
  return { ...report, alert: { ...alert, ...await linkFor(parts, record) } };
}
