import type { AlertOutbox } from "./alert_outbox.ts";
import type { ConnectionRows } from "./connection_rows.ts";
import type { DirectoryChange, DirectoryReport } from "./directory_api.ts";
import type { Hours } from "./hours.ts";
import type { NamedList } from "./named_list.ts";
import { reportEffect } from "./report_effect.ts";
import { isOfStatus, statusChange } from "./status_change.ts";
import { isNameless } from "./sweep_rules.ts";
import type { Totals } from "./totals.ts";

/** What reports change. */
export interface ReportedTables {
  /** The rows. */
  readonly rows: ConnectionRows;
  /** Counts by the hour. */
  readonly hours: Hours;
  /** Sums since the first day. */
  readonly totals: Totals;
  /** What people are to be told; absent where nobody wants to know. */
  readonly alerts: AlertOutbox | undefined;
  /** Names to be asked for; absent where the app may not ask. */
  readonly nameless?: NamedList | undefined;
}

/** Takes reports, as one turn; tells whether there is something new to tell people, and whether there are names to ask for. */
export function takeReports(
  { rows, hours, totals, alerts, nameless }: ReportedTables,
  reports: readonly DirectoryReport[],
  now: number,
): { readonly isNews: boolean; readonly asksNames: boolean } {
  const changes: DirectoryChange[] = [];
  const counted: DirectoryChange[] = [];
  let isNews = false;
  let asksNames = false;
  for (const report of reports) {
    const { row, seq, counts, alert } = report;
    const held = rows.get(row);
    const effect = reportEffect(report, held?.seq ?? rows.gone(row)?.seq);
    switch (effect.do) {
      case "nothing":
        continue;
      case "put":
        rows.put(effect.row, seq, now);
        if (nameless && isNameless(effect.row)) {
          nameless.add(row);
          asksNames = true;
        }
        break;
      case "remove":
        rows.remove(row, seq, now);
        break;
    }
    changes.push(...report.changes);
    counted.push(...report.changes.filter(({ type }) => !isOfStatus(type)));
    const type = statusChange(held?.status, row.status);
    if (type) counted.push({ type, at: Math.min(row.since, now) });
    totals.add("refreshes", "", counts?.refreshed ?? 0);
    for (const [code, n] of Object.entries(counts?.failed ?? {})) totals.add("failures", code, n);
    if (alert && alerts?.add(row, alert)) isNews = true;
  }
  hours.count(counted);
  totals.addEach("changes", changes.map(({ type }) => type));
  return { isNews, asksNames };
}
