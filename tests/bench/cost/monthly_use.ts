import { nextWork } from "../../../src/worker/connection/next_work.ts";
import { NO_FACTS } from "../../../src/worker/connection/installation_facts.ts";
import { granted } from "../../worker/connection/simulate_refreshes.ts";
import { ASSUMED, MEASURED, METERED, REFRESH_ROWS_READ } from "./metered.ts";
import type { MonthlyUse } from "./prices.ts";

const DAYS = 30;
const DAY_MS = 24 * 3_600_000;
/** Memory that an object is charged for, GB. */
const OBJECT_GB = 0.128;
/** Keys of KV that the daily sweep lists at once, and rows that it reads for each. */
const SWEPT_AT_ONCE = 1_000;
const SWEPT_ROWS = 2;
/**
 * Rows that a report writes which has nothing new but sums: one of the directory's rows (`tests/worker/directory/rows_read_test.ts`) and
 * one sum there; at most six of the connection's object, which keeps the report until it was taken, its alarms among them.
 */
const REPORT_ROWS = 8;
/** Reports of a connection to the directory in a day, where nothing happens. */
const REPORTS_A_DAY = 1 / 7;

/** How a worker is used. */
export interface Usage {
  /** Connections that live. */
  readonly connections: number;
  /** How often the token of each is read in a day. */
  readonly readsADay: number;
  /** Whether readers come over HTTP. A service binding, and `connectionsOf`, make no requests. */
  readonly overHttp: boolean;
  /** The share of requests that is logged: `LOG_SAMPLING`. */
  readonly logSampling: number;
}

/** How often a connection is refreshed in a day: the mean over many keys, by the worker's own rule. */
export function refreshesADay(): number {
  const keys = 1_000;
  let sum = 0;
  for (let at = 0; at < keys; at++) {
    const { refreshAt = NaN } = nextWork(
      granted({ locationId: `location${at}` }, 0),
      NO_FACTS,
      0,
      `app/location/location${at}`,
    );
    sum += DAY_MS / refreshAt;
  }
  return sum / keys;
}

/** What a month of `usage` takes, where nothing is in trouble. */
export function monthlyUse({ connections, readsADay, overHttp, logSampling }: Usage): MonthlyUse {
  const reads = connections * readsADay * DAYS;
  const refreshes = connections * refreshesADay() * DAYS;
  const reports = connections * REPORTS_A_DAY * DAYS;
  const { refresh, read } = METERED;
  const logGb = (overHttp ? reads : 0) * logSampling * ASSUMED.logBytes / 1e9;
  return {
    requests: overHttp ? reads : 0,
    cpuMs: reads * MEASURED.readCpuMs,
    kvReads: reads * read["kv.get"],
    kvWrites: refreshes * refresh["kv.put"],
    kvLists: Math.ceil(connections / SWEPT_AT_ONCE) * DAYS,
    kvStoredGb: connections * MEASURED.kvBytes / 1e9,
    objectRequests: refreshes + reports,
    objectGbSeconds: (refreshes + reports) * ASSUMED.refreshSeconds * OBJECT_GB,
    rowsRead: refreshes * REFRESH_ROWS_READ + connections * SWEPT_ROWS * DAYS,
    rowsWritten: refreshes * (refresh["rows.connection"] + refresh["alarms.connection"]) +
      reports * REPORT_ROWS,
    objectStoredGb: connections * (MEASURED.connectionBytes + MEASURED.directoryRowBytes) / 1e9,
    queueOperations: 0, // bulk recoveries and events only
    logGb,
    logStoredGb: logGb * ASSUMED.logMonths,
  };
}
