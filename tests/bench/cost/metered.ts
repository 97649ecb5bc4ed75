/**
 * What one operation takes, in the words of the metering test (`tests/worker/connection/cost_test.ts`), which fails where a
 * figure is another one. `kv.…`: calls of KV. `rows.…`, `alarms.…`: rows that the SQLite of an object writes, and alarms that it
 * sets. `calls.…`: calls of another object's method.
 */
export const METERED = {
  /** A living token is read. */
  read: { "kv.get": 1 },
  /** Its alarm refreshes it. */
  refresh: { "rows.connection": 6, "alarms.connection": 1, "kv.put": 1 },
} as const satisfies Record<string, Readonly<Record<string, number>>>;

/** Rows that SQLite reads for a refresh, from the same test. */
export const REFRESH_ROWS_READ = 50;

/** What was measured elsewhere, on 27 November 2026. */
export const MEASURED = {
  /** What workerd works for one `GET …/token` at most, ms of CPU: it answers 2,000 a second on two cores (`deno task bench --only worker`). */
  readCpuMs: 1,
  /** The SQLite of a connection's object with a full history, bytes. */
  connectionBytes: 65_000,
  /** A record in KV with its key and metadata, bytes. */
  kvBytes: 6_400,
  /** A row of the directory with its indexes, bytes (`deno task bench --only directory`). */
  directoryRowBytes: 456,
  /** What the directory works for a page of so many keys in the daily sweep, ms (the same). */
  sweepPageMs: 30,
  sweepPageKeys: 1_000,
  /** After an outage of six hours so many times the even number of refreshes come in five minutes (`tests/soak/refresh_rate_test.ts`). */
  worstAfterOutage: 35,
} as const;

/** What cannot be measured here. */
export const ASSUMED = {
  /** An object is awake for a refresh, which waits for HighLevel and KV, s. */
  refreshSeconds: 1,
  /** KV lists a page of keys, ms. */
  kvListMs: 200,
  /** One line of the log with what Cloudflare adds to it, bytes. */
  logBytes: 2_000,
  /** Logs are kept for 7 days, of which a month has so many. */
  logMonths: 7 / 30,
} as const;
