import { CHANGE_TYPES } from "../directory/change_type.ts";
import type { DirectoryMetrics } from "../directory/directory_metrics.ts";
import { STATUS_ORDER } from "../directory/status_order.ts";
import type { TotalName } from "../directory/totals.ts";
import type { AddressEvents } from "../events/undelivered.ts";
import { JOB_STATUSES } from "../recovery_job/job_api.ts";
import { ANSWER_CLASSES } from "./answer_counts.ts";

/** The media type of {@linkcode openMetrics}. */
export const OPEN_METRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** One number, and what it is of. */
interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What changes are not counted any more. */
const FORMER = "refreshed";

/** The numbers of an app in the OpenMetrics text format, version 1.0.0. */
export function openMetrics(
  metrics: DirectoryMetrics,
  version: string,
  events: readonly AddressEvents[] = [],
): string {
  const { connections, totals, jobs, swept, isComplete } = metrics;
  const sums = (name: TotalName, label: string, known: readonly string[] = []): Sample[] => {
    const of = new Map(totals.filter((one) => one.name === name).map((one) => [one.label, one.n]));
    return [...new Set([...known, ...of.keys()])].map((key) => ({
      labels: { [label]: key },
      value: of.get(key) ?? 0,
    }));
  };
  const kinds = ["location", "company"] as const;
  const held = kinds.flatMap((kind) =>
    STATUS_ORDER.flatMap((status) => {
      const found = connections.filter((one) => one.kind === kind && one.status === status);
      // A series that is not there cannot be compared with 0.
      return (found.length > 0 ? found : [{ cause: "", n: 0 }])
        .map(({ cause, n }) => ({ labels: { kind, status, cause }, value: n }));
    })
  );
  const refreshes = totals.find(({ name }) => name === "refreshes")?.n ?? 0;
  const byStatus = new Map(jobs.map(({ status, n }) => [status, n]));
  return [
    ...family("reconnect_build", "info", "The version that runs.", [{ labels: { version }, value: 1 }]),
    ...family("reconnect_connections", "gauge", "Connections, by status and cause.", held),
    ...family(
      "reconnect_directory_complete",
      "gauge",
      "0 while the list of connections is being built anew.",
      [
        { value: isComplete ? 1 : 0 },
      ],
    ),
    ...family(
      "reconnect_changes",
      "counter",
      "What happened to connections.",
      sums("changes", "type", CHANGE_TYPES.filter((type) => type !== FORMER)),
    ),
    ...family("reconnect_refreshes", "counter", "Ordinary refreshes; told within a week.", [
      { value: refreshes },
    ]),
    ...family(
      "reconnect_failures",
      "counter",
      "Attempts that ended without tokens; told with the next report.",
      sums("failures", "code"),
    ),
    ...family(
      "reconnect_highlevel_answers",
      "counter",
      "Answers of trouble that the proxy got.",
      sums("answers", "status", ANSWER_CLASSES),
    ),
    ...family(
      "reconnect_jobs",
      "gauge",
      "Bulk recoveries that are listed.",
      JOB_STATUSES.map((status) => ({ labels: { status }, value: byStatus.get(status) ?? 0 })),
    ),
    ...family(
      "reconnect_events",
      "gauge",
      "Events that an address does not have.",
      events.flatMap(({ place, origin, counts }) =>
        (["waiting", "dead"] as const).map((state) => ({
          labels: { address: `${place}`, origin, state },
          value: counts[state],
        }))
      ),
    ),
    ...swept
      ? [
        ...family("reconnect_overdue_connections", "gauge", "Due and not done, at the last sweep.", [
          { value: swept.overdue },
        ]),
        ...family("reconnect_renewed_connections", "gauge", "Got tokens in the day before the last sweep.", [
          { value: swept.renewed },
        ]),
        ...moment("reconnect_sweep_timestamp_seconds", "When the last sweep ended.", swept.endedAt),
        ...moment(
          "reconnect_oldest_refresh_token_timestamp_seconds",
          "When the oldest refresh token was issued, at the last sweep.",
          swept.oldestRefreshTokenAt,
        ),
      ]
      : [],
    "# EOF\n",
  ].join("\n");
}

/** The lines of one metric. One without samples is left out. */
function family(
  name: string,
  type: "gauge" | "counter" | "info",
  help: string,
  samples: readonly Sample[],
): string[] {
  if (samples.length === 0) return [];
  const suffix = { gauge: "", counter: "_total", info: "_info" }[type];
  return [
    `# TYPE ${name} ${type}`,
    ...name.endsWith("_seconds") ? [`# UNIT ${name} seconds`] : [],
    `# HELP ${name} ${help}`,
    ...samples.map(({ labels = {}, value }) => `${name}${suffix}${labelsText(labels)} ${value}`),
  ];
}

/** A moment, ms, as a gauge in seconds. */
function moment(name: string, help: string, at: number | undefined): string[] {
  return at === undefined ? [] : family(name, "gauge", help, [{ value: at / 1000 }]);
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([name, value]) => {
    const escaped = value.replace(/[\\"\n]/g, (one) => one === "\n" ? "\\n" : `\\${one}`);
    return `${name}="${escaped}"`;
  });
  return parts.length > 0 ? `{${parts.join(",")}}` : "";
}
