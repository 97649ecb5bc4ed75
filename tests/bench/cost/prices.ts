/** One thing that Cloudflare counts, as the plan Workers Paid has it a month. */
export interface Meter {
  /** So much is included. */
  readonly included: number;
  /** What `per` more cost, USD. */
  readonly usd: number;
  /** The unit that is charged for. */
  readonly per: number;
  /** Which of {@linkcode SOURCES} says so. */
  readonly source: keyof typeof SOURCES;
}

/** Where the prices and limits stand, as they were read on 27 November 2026. */
export const SOURCES = {
  workers: "https://developers.cloudflare.com/workers/platform/pricing/",
  objects: "https://developers.cloudflare.com/durable-objects/platform/pricing/",
  kv: "https://developers.cloudflare.com/kv/platform/pricing/",
  queues: "https://developers.cloudflare.com/queues/platform/pricing/",
  /** Of 1 December 2026 on; until then a million of events costs $0.60, and 20 million are included. */
  observability: "https://developers.cloudflare.com/observability/pricing/",
  objectLimits: "https://developers.cloudflare.com/durable-objects/platform/limits/",
  objectFaq: "https://developers.cloudflare.com/durable-objects/reference/faq/",
} as const;

/** Workers Paid itself, USD a month. */
export const PLAN_USD = 5;

const MILLION = 1_000_000;

/** What is charged for. */
export const METERS = {
  /** Requests that come in over HTTP; one through a service binding is none. */
  requests: { included: 10 * MILLION, usd: 0.3, per: MILLION, source: "workers" },
  cpuMs: { included: 30 * MILLION, usd: 0.02, per: MILLION, source: "workers" },
  kvReads: { included: 10 * MILLION, usd: 0.5, per: MILLION, source: "kv" },
  kvWrites: { included: MILLION, usd: 5, per: MILLION, source: "kv" },
  kvLists: { included: MILLION, usd: 5, per: MILLION, source: "kv" },
  kvStoredGb: { included: 1, usd: 0.5, per: 1, source: "kv" },
  /** Calls of objects and their alarms. */
  objectRequests: { included: MILLION, usd: 0.15, per: MILLION, source: "objects" },
  objectGbSeconds: { included: 400_000, usd: 12.5, per: MILLION, source: "objects" },
  rowsRead: { included: 25_000 * MILLION, usd: 0.001, per: MILLION, source: "objects" },
  /** A `setAlarm` is one of them. */
  rowsWritten: { included: 50 * MILLION, usd: 1, per: MILLION, source: "objects" },
  objectStoredGb: { included: 5, usd: 0.2, per: 1, source: "objects" },
  /** Of 64 KB each: a message is written, read and deleted. */
  queueOperations: { included: MILLION, usd: 0.4, per: MILLION, source: "queues" },
  logGb: { included: 50, usd: 0.25, per: 1, source: "observability" },
  logStoredGb: { included: 12, usd: 0.1, per: 1, source: "observability" },
} as const satisfies Record<string, Meter>;

/** The name of something that is charged for. */
export type MeterName = keyof typeof METERS;

/** So much of each in a month. */
export type MonthlyUse = Readonly<Record<MeterName, number>>;

/** What the free plan allows a day, of what a connection uses every day. Past it, Cloudflare refuses. */
export const FREE_A_DAY = {
  requests: 100_000,
  kvReads: 100_000,
  kvWrites: 1_000,
  objectRequests: 100_000,
  objectGbSeconds: 13_000,
  rowsWritten: 100_000,
} as const satisfies Partial<Record<MeterName, number>>;

/** The most that one object holds, bytes (`objectLimits`). */
export const OBJECT_BYTES = 10e9;
/** Calls that one object takes in a second, about (`objectFaq`). */
export const OBJECT_CALLS_A_SECOND = 1_000;
