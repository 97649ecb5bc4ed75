import { isObject } from "../../oauth/fields.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import { VERSION } from "../../worker/version.ts";
import type { Backend } from "../backend/backend.ts";
import { askWorker, lacking, textOf, type WorkerHost } from "../../client/host.ts";
import { errorText } from "../terminal/texts.ts";
import { clockFinding, type Finding, finding } from "./finding.ts";
import { findingsOf, holdingsOf } from "./holdings.ts";

/** Looks at a worker: whether it lives, its parts, its numbers and what it holds. */
export async function* checkWorker(
  worker: WorkerHost,
  url: string,
  backend: Pick<Backend, "list">,
): AsyncGenerator<Finding, void, undefined> {
  try {
    yield* await checkHealth(worker, url);
    yield* await checkParts(worker);
    const metrics = await askWorker(worker, "/metrics", { read: ({ text }) => metricsIn(text) });
    yield* findingsIn(metrics);
    yield* findingsOf(await holdingsOf(backend.list(), Date.now()));
  } catch (error) {
    if (!(error instanceof HighLevelError)) throw error;
    const isKey = error.status === 401 || error.status === 403;
    yield isKey
      ? finding("key", "look", (doctor, words) => doctor.keyRefused(errorText(error, words)))
      : finding("worker", "look", (doctor, words) => doctor.notReached(url, errorText(error, words)));
  }
}

async function checkHealth(worker: WorkerHost, url: string): Promise<Finding[]> {
  const { version, date } = await askWorker(worker, "/healthz", {
    read: ({ body, headers }) => {
      const version = textOf(body.version);
      if (version === undefined) throw lacking("its answer tells no version");
      return { version, date: headers.get("date") };
    },
  });
  return [
    version === VERSION
      ? finding("worker", "ok", (doctor) => doctor.worker(url, version), { version })
      : finding("worker", "hint", ({ otherVersion }) => otherVersion(version, VERSION), { version }),
    clockFinding(date, Date.now()),
  ];
}

async function checkParts(worker: WorkerHost): Promise<Finding[]> {
  const checks = await askWorker(worker, "/readyz", { expect: [503], read: ({ body }) => body.checks });
  if (!isObject(checks)) return []; // the key is not known: the next question tells
  const failed = Object.entries(checks).flatMap(([part, answer]) => answer === "ok" ? [] : [part]);
  const parts = Object.keys(checks);
  return [
    finding("key", "ok", ({ key }) => key),
    failed.length > 0
      ? finding("parts", "look", ({ partsFail }) => partsFail(failed), { failed })
      : finding("parts", "ok", (doctor) => doctor.parts(parts), { failed }),
  ];
}

/** One number of OpenMetrics. */
interface Metric {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

function metricsIn(text: string): Metric[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = /^(\w+)(\{.*\})? (\S+)$/.exec(line) ?? [];
    return name && !isNaN(Number(value)) ? [{ name, labels, value: Number(value) }] : [];
  });
}

function findingsIn(metrics: readonly Metric[]): Finding[] {
  const sum = (name: string, label = ""): number =>
    metrics.filter((one) => one.name === name && one.labels.includes(label))
      .reduce((sum, { value }) => sum + value, 0);
  const dead = sum("reconnect_events", 'state="dead"');
  const isComplete = sum("reconnect_directory_complete") > 0;
  const removed = sum("reconnect_failures_total", 'code="endpoint_removed"');
  return [
    dead > 0
      ? finding("events", "look", ({ deadEvents }) => deadEvents(dead), { dead })
      : finding("events", "ok", ({ events }) => events, { dead }),
    isComplete
      ? finding("directory", "ok", ({ directory }) => directory)
      : finding("directory", "look", ({ directoryBuilding }) => directoryBuilding),
    ...removed > 0
      ? [finding("reconnect", "hint", ({ reconnectGone }) => reconnectGone, { state: "removed" })]
      : [],
  ];
}
