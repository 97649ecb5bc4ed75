import type { ConnectionRecord } from "../../connections/host.ts";
import { defined } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import type {
  DirectoryAlert,
  DirectoryCause,
  DirectoryChange,
  DirectoryReport,
  DirectoryRow,
} from "../directory/directory_api.ts";
import type { InstallationFacts, OngoingTrouble } from "./installation_facts.ts";
import { SUSPENDED } from "./suspension.ts";
import { NO_TALLY, type Tally, tallySince } from "./tally.ts";

/** What the directory was told of a connection, and what it is still to be told. */
export interface ReportState {
  /** Of the last report that was made. */
  readonly seq: number;
  /** The row that the directory took last. */
  readonly told?: DirectoryRow;
  /** Of a connection that was restored from an export: where it stood before, and since when, ms. */
  readonly before?: { readonly status: DirectoryRow["status"]; readonly since: number };
  /** A report on its way: it is repeated, unchanged, until the directory has taken it. */
  readonly sending?: DirectoryReport;
  /** What happened since that report was made. */
  readonly changes: readonly DirectoryChange[];
  /** The sums that reports have told of. */
  readonly counted: Tally;
  /** What people are to be told; one goes with each report. */
  readonly alerts: readonly DirectoryAlert[];
}

/** What is known where nothing was ever told. */
export const NO_REPORTS: ReportState = { seq: 0, changes: [], counted: NO_TALLY, alerts: [] };

/** Changes that wait at most: while the directory is out of reach for days, the oldest are not counted. */
const MAX_CHANGES = 100;

/** Where the connection stands for people: a suspended one is paused; one whose token has ended while trouble lasts is broken. */
export function shownStatus(
  record: ConnectionRecord,
  { trouble, suspended }: Pick<InstallationFacts, "trouble" | "suspended">,
  now: number,
): ConnectionStatus | "forgotten" {
  if (suspended && record.status !== "forgotten") return "paused";
  const hasEnded = (record.tokens?.expiresAt.getTime() ?? 0) <= now;
  return record.status === "connected" && trouble && hasEnded ? "broken" : record.status;
}

/** The row of a connection, as the directory keeps it; `undefined` where nothing is held. */
export function rowOf(
  target: ConnectionTarget,
  record: ConnectionRecord | undefined,
  facts: InstallationFacts,
  now: number,
): Omit<DirectoryRow, "since"> | undefined {
  if (!record) return undefined;
  const status = shownStatus(record, facts, now);
  const { locationId, companyId: ownId } = target;
  const trouble: Pick<OngoingTrouble, "code" | "reason" | "traceId"> | undefined =
    status === "connected" || status === "forgotten"
      ? undefined
      : facts.suspended
      ? SUSPENDED
      : status === "broken"
      ? facts.trouble ?? record.trouble
      : record.trouble;
  const { name, companyId, versionId, isWhiteLabel } = record;
  const { isNameGiven, linkMadeAt, linkOpenedAt, returned } = facts;
  return defined({
    ...locationId === undefined
      ? { kind: "company" as const, id: `${ownId}` }
      : { kind: "location" as const, id: locationId },
    name,
    companyId: locationId === undefined ? undefined : companyId,
    versionId,
    isWhiteLabel,
    isNameGiven,
    status,
    cause: trouble && causeOf(trouble),
    traceId: trouble?.traceId,
    linkMadeAt,
    linkOpenedAt,
    returnedAt: returned?.at,
    returnedBy: returned?.by,
  });
}

/** Whether the directory is to be told something: of another row than it took last, of a change, or of an alert. */
export function hasNews(state: ReportState, row: Omit<DirectoryRow, "since"> | undefined): boolean {
  if (state.sending) return true;
  if (!row) return false;
  return state.changes.length > 0 || state.alerts.length > 0 || !isSame(row, state.told);
}

/**
 * The report to send now, and the state with it; the one that is on its way where there is one. What `tally` has more than was
 * told before goes with it.
 */
export function withReport(
  state: ReportState,
  row: Omit<DirectoryRow, "since">,
  now: number,
  tally: Tally = state.counted,
): { readonly state: ReportState; readonly report: DirectoryReport } {
  if (state.sending) return { state, report: state.sending };
  const { told, before, changes, alerts: [alert, ...alerts] } = state;
  const since = [told, before].find((one) => one?.status === row.status)?.since ?? now;
  const isLost = told?.status === "connected" &&
    (row.status === "broken" || row.status === "reauthorization_required");
  const seq = Math.max(now, state.seq + 1);
  const report = defined({
    row: { ...row, since },
    seq,
    changes: isLost ? [...changes, { type: "lost" as const, at: now }] : changes,
    counts: tallySince(tally, state.counted),
    alert,
  });
  return { state: { ...state, seq, sending: report, changes: [], counted: tally, alerts }, report };
}

/** The state after the directory took `report`. */
export function withTaken(state: ReportState, report: DirectoryReport): ReportState {
  if (state.sending?.seq !== report.seq) return state;
  const { sending: _, before: __, ...rest } = state;
  return { ...rest, told: report.row };
}

/** The state with one more change to be counted. */
export function withChange(state: ReportState, change: DirectoryChange): ReportState {
  return { ...state, changes: [...state.changes, change].slice(-MAX_CHANGES) };
}

/** The state with one more alert to be told. */
export function withAlert(state: ReportState, alert: DirectoryAlert): ReportState {
  return { ...state, alerts: [...state.alerts, alert] };
}

/** The code of some trouble, with what HighLevel's words add to it. */
export function causeOf(
  { code, reason }: Pick<OngoingTrouble, "code" | "reason">,
): DirectoryCause | undefined {
  return code && reason ? `${code}/${reason}` : code;
}

/** Whether `told` says what `row` says. */
function isSame(row: Omit<DirectoryRow, "since">, told: DirectoryRow | undefined): boolean {
  if (!told) return false;
  const { since: _, ...rest } = told;
  const fields = (one: object): string => JSON.stringify(Object.entries(one).sort());
  return fields(row) === fields(rest);
}
