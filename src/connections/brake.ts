import type { HighLevelErrorCode } from "../oauth/highlevel_error.ts";

/** Results looked back at. */
const WINDOW = 20;
/** From so many that were told to slow down on, the run slows down; fewer are those connections' own limits. */
const MANY = 4;
/** The run waits so long before it starts more, where HighLevel does not say, ms. */
const PAUSE_MS = 1_000;
/** This many connections in a row that found HighLevel or the store down end a run. */
const TROUBLE_IN_A_ROW = 20;

/** What a run looks at when a recovery ends. */
export interface RunResult {
  /** How it ended. */
  readonly outcome: "recovered" | "paused" | "reauthorization_required" | "failed";
  /** Why each way did not work. */
  readonly attempts: readonly { readonly code?: HighLevelErrorCode }[];
  /** Why it is not recovered. */
  readonly error?: {
    readonly code: HighLevelErrorCode;
    readonly retryable: boolean;
    readonly retryAfterMs?: number;
  };
}

/** How many recoveries a run may have under way; see {@linkcode slowed}. */
export interface Brake {
  /** How many, with a fraction that grows to the next one. */
  readonly limit: number;
  /** Whether the last ones were told to slow down, oldest first. */
  readonly lately: readonly boolean[];
}

/**
 * The brake after `result`, and how long to wait before more are started, ms. Slows a run down while HighLevel answers many
 * of its connections with 429: half as many at once each time, and more again, one by one, while it does not. A single
 * connection's 429 is its own: the ladder waits for it.
 */
export function slowed(
  brake: Brake,
  { attempts, error }: RunResult,
  concurrency: number,
): { readonly brake: Brake; readonly pauseMs: number } {
  const isThrottled = attempts.some(({ code }) => code === "rate_limited") || error?.code === "rate_limited";
  const lately = [...brake.lately, isThrottled].slice(-WINDOW);
  if (!isThrottled) {
    const limit = Math.min(concurrency, brake.limit + 1 / brake.limit);
    return { brake: { limit, lately }, pauseMs: 0 };
  }
  if (lately.filter(Boolean).length < MANY) return { brake: { ...brake, lately }, pauseMs: 0 };
  const limit = Math.max(1, brake.limit / 2);
  return { brake: { limit, lately: [] }, pauseMs: error?.retryAfterMs ?? PAUSE_MS };
}

/** What a run has seen of trouble that is not its connections' own; see {@linkcode troubled}. */
export interface RunTrouble {
  /** Connections in a row that met it. */
  readonly inARow: number;
  /** Whether HighLevel accepted anything in this run. */
  readonly isAccepted: boolean;
}

/** Trouble of a whole run: the app's credentials are refused, or HighLevel or the store is down. */
export type SystemicTrouble = "refused" | "outage";

/** Which trouble of a whole run an error may be; what was recovered but could not be stored would be lost, too. */
export function systemicTrouble(error: RunResult["error"]): SystemicTrouble | undefined {
  if (error?.code === "invalid_client") return "refused";
  return error?.retryable && error.code !== "rate_limited" ? "outage" : undefined;
}

/**
 * What is known of a run's trouble after `result`, and whether that stops the run: credentials that were never accepted at
 * once, everything else after `most` in a row.
 */
export function troubled(
  trouble: RunTrouble,
  { outcome, error }: RunResult,
  most: number = TROUBLE_IN_A_ROW,
): { readonly trouble: RunTrouble; readonly stop?: SystemicTrouble } {
  const kind = systemicTrouble(error);
  const inARow = kind ? trouble.inARow + 1 : 0;
  const isAccepted = trouble.isAccepted || outcome === "recovered";
  const isStop = kind !== undefined && (kind === "refused" && !isAccepted || inARow >= most);
  return { trouble: { inARow, isAccepted }, ...(isStop && { stop: kind }) };
}
