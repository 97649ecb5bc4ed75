import { deepEqual, equal, match } from "node:assert/strict";
import { AnswerCounts } from "../../../src/worker/api/answer_counts.ts";
import { openMetrics } from "../../../src/worker/api/open_metrics.ts";
import type { DirectoryMetrics } from "../../../src/worker/directory/directory_metrics.ts";
import { promParsed } from "../prom_parsed.ts";

const METRICS: DirectoryMetrics = {
  connections: [
    { kind: "location", status: "connected", cause: "", n: 1_200 },
    { kind: "location", status: "broken", cause: "rate_limited/daily_limit", n: 3 },
    { kind: "location", status: "broken", cause: 'a "cause"\\of\nnobody', n: 1 },
    { kind: "company", status: "connected", cause: "", n: 7 },
  ],
  isComplete: true,
  totals: [
    { name: "changes", label: "recovered", n: 12 },
    { name: "changes", label: "of another version", n: 1 },
    { name: "refreshes", label: "", n: 4_321 },
    { name: "failures", label: "unavailable", n: 5 },
    { name: "answers", label: "429", n: 9 },
  ],
  jobs: [{ status: "done", n: 4 }, { status: "waiting", n: 1 }],
  swept: { endedAt: 1_764_200_000_500, overdue: 2, renewed: 1_100, oldestRefreshTokenAt: 1_733_000_000_000 },
};

const GOLDEN = String.raw`# TYPE reconnect_build info
# HELP reconnect_build The version that runs.
reconnect_build_info{version="1.2.3"} 1
# TYPE reconnect_connections gauge
# HELP reconnect_connections Connections, by status and cause.
reconnect_connections{kind="location",status="broken",cause="rate_limited/daily_limit"} 3
reconnect_connections{kind="location",status="broken",cause="a \"cause\"\\of\nnobody"} 1
reconnect_connections{kind="location",status="reauthorization_required",cause=""} 0
reconnect_connections{kind="location",status="paused",cause=""} 0
reconnect_connections{kind="location",status="connected",cause=""} 1200
reconnect_connections{kind="company",status="broken",cause=""} 0
reconnect_connections{kind="company",status="reauthorization_required",cause=""} 0
reconnect_connections{kind="company",status="paused",cause=""} 0
reconnect_connections{kind="company",status="connected",cause=""} 7
# TYPE reconnect_directory_complete gauge
# HELP reconnect_directory_complete 0 while the list of connections is being built anew.
reconnect_directory_complete 1
# TYPE reconnect_changes counter
# HELP reconnect_changes What happened to connections.
reconnect_changes_total{type="installed"} 0
reconnect_changes_total{type="uninstalled"} 0
reconnect_changes_total{type="forgotten"} 0
reconnect_changes_total{type="saved"} 0
reconnect_changes_total{type="lost"} 0
reconnect_changes_total{type="recovered"} 12
reconnect_changes_total{type="paused"} 0
reconnect_changes_total{type="resumed"} 0
reconnect_changes_total{type="reauthorization_required"} 0
reconnect_changes_total{type="failed"} 0
reconnect_changes_total{type="of another version"} 1
# TYPE reconnect_refreshes counter
# HELP reconnect_refreshes Ordinary refreshes; told within a week.
reconnect_refreshes_total 4321
# TYPE reconnect_failures counter
# HELP reconnect_failures Attempts that ended without tokens; told with the next report.
reconnect_failures_total{code="unavailable"} 5
# TYPE reconnect_highlevel_answers counter
# HELP reconnect_highlevel_answers Answers of trouble that the proxy got.
reconnect_highlevel_answers_total{status="429"} 9
reconnect_highlevel_answers_total{status="5xx"} 0
# TYPE reconnect_jobs gauge
# HELP reconnect_jobs Bulk recoveries that are listed.
reconnect_jobs{status="listing"} 0
reconnect_jobs{status="running"} 0
reconnect_jobs{status="waiting"} 1
reconnect_jobs{status="paused"} 0
reconnect_jobs{status="cancelled"} 0
reconnect_jobs{status="done"} 4
# TYPE reconnect_events gauge
# HELP reconnect_events Events that an address does not have.
reconnect_events{address="1",origin="https://a.example",state="waiting"} 3
reconnect_events{address="1",origin="https://a.example",state="dead"} 0
reconnect_events{address="2",origin="https://a.example",state="waiting"} 0
reconnect_events{address="2",origin="https://a.example",state="dead"} 14
# TYPE reconnect_overdue_connections gauge
# HELP reconnect_overdue_connections Due and not done, at the last sweep.
reconnect_overdue_connections 2
# TYPE reconnect_renewed_connections gauge
# HELP reconnect_renewed_connections Got tokens in the day before the last sweep.
reconnect_renewed_connections 1100
# TYPE reconnect_sweep_timestamp_seconds gauge
# UNIT reconnect_sweep_timestamp_seconds seconds
# HELP reconnect_sweep_timestamp_seconds When the last sweep ended.
reconnect_sweep_timestamp_seconds 1764200000.5
# TYPE reconnect_oldest_refresh_token_timestamp_seconds gauge
# UNIT reconnect_oldest_refresh_token_timestamp_seconds seconds
# HELP reconnect_oldest_refresh_token_timestamp_seconds When the oldest refresh token was issued, at the last sweep.
reconnect_oldest_refresh_token_timestamp_seconds 1733000000
# EOF
`;

Deno.test("the page of numbers, letter by letter", () => {
  const events = [
    { place: 1, origin: "https://a.example", counts: { waiting: 3, dead: 0 } },
    { place: 2, origin: "https://a.example", counts: { waiting: 0, dead: 14 } },
  ];
  equal(openMetrics(METRICS, "1.2.3", events), GOLDEN);
});

Deno.test("a worker in which nothing happened yet has every series that can be compared with 0", () => {
  const text = openMetrics({ connections: [], isComplete: false, totals: [], jobs: [] }, "1.2.3");
  match(text, /^reconnect_connections\{kind="location",status="broken",cause=""\} 0$/m);
  match(text, /^reconnect_refreshes_total 0$/m);
  match(text, /^reconnect_directory_complete 0$/m);
  equal(/sweep|oldest|overdue|failures/.test(text), false, "nothing is known of these");
  match(text, /\n# EOF\n$/);
});

Deno.test("Prometheus's own parser reads it, and refuses what is not whole", async () => {
  const samples = await promParsed(GOLDEN);
  if (!samples) return;
  equal(samples.length, GOLDEN.split("\n").filter((line) => line && !line.startsWith("#")).length);
  deepEqual(
    samples.find(({ labels }) => labels.cause?.startsWith("a "))?.labels.cause,
    'a "cause"\\of\nnobody',
  );
  equal(samples.find(({ name }) => name === "reconnect_refreshes_total")?.value, 4_321);
  await promParsed(GOLDEN.replace("# EOF\n", "")).then(
    () => Promise.reject(new Error("it took a page without its end")),
    () => {},
  );
});

Deno.test("answers of trouble are told in batches: at once, then every half minute at most", () => {
  const told: object[] = [];
  const counts = new AnswerCounts((some) => {
    told.push(some);
    return Promise.resolve();
  });
  for (const status of [200, 302, 401, 404, 428, 430, 499]) counts.note(status, 0);
  deepEqual(told, []);
  counts.note(429, 1_000);
  deepEqual(told, [{ "429": 1 }]);
  for (let n = 0; n < 50; n++) counts.note(n % 2 ? 500 : 429, 2_000);
  equal(told.length, 1);
  counts.note(503, 31_000);
  deepEqual(told[1], { "429": 25, "5xx": 26 });
});
