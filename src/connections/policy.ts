import { LONGEST_WAIT_MS } from "../oauth/request/retry.ts";
import type { Grant, Outcome } from "./outcome.ts";
import type { ConnectionRecord, Failure } from "./record.ts";
import { DAY_MS } from "./tombstone.ts";

/** The steps of the ladder that cost requests, cheapest first. */
export const STEPS = ["refresh", "reconnect", "agency"] as const;

/** A step of the ladder that costs requests. */
export type StepName = typeof STEPS[number];

/** What to do after one step. */
export type Action =
  /** Store the tokens, then use them. */
  | { readonly do: "use"; readonly grant: Grant }
  /** Read the store: somebody else may hold newer tokens. If not, the refresh token is dead: go on. */
  | { readonly do: "reread" }
  /** Try the next step. */
  | { readonly do: "next" }
  /** Try the same step again after a pause. */
  | { readonly do: "wait"; readonly ms: number }
  /** End the attempt. What is stored stays. */
  | { readonly do: "stop"; readonly as: "paused" | "failed" };

/** Pauses in one attempt at most. */
const MAX_WAITS = 2;

/**
 * What to do next: the whole policy of recovery in one table.
 *
 * A refresh token is given up for one reason only (`rejected`), after the store was read again. Trouble that may pass ends the
 * attempt: the next one tries the same step. A paused location is not lost.
 */
export function nextAction(step: StepName, outcome: Outcome, waits: number): Action {
  switch (outcome.kind) {
    case "granted":
      return { do: "use", grant: outcome.grant };
    case "rejected":
      return step === "refresh" ? { do: "reread" } : { do: "next" };
    case "refused":
    case "unknown":
    case "removed":
      return { do: "next" };
    case "paused":
      return { do: "stop", as: "paused" };
    case "throttled":
      return waits < MAX_WAITS && outcome.retryAfterMs <= LONGEST_WAIT_MS
        ? { do: "wait", ms: outcome.retryAfterMs }
        : { do: "stop", as: "failed" };
    case "misconfigured":
    case "unavailable":
    case "unanswered":
      return { do: "stop", as: "failed" };
  }
}

/** What the ladder looks at before a step. */
export interface Situation {
  /** What is known of the connection. */
  readonly record: ConnectionRecord | undefined;
  /** Whether the Reconnect endpoint is remembered as gone. */
  readonly endpointRemoved: boolean;
  /** By request, or once a day: a refresh token once called dead is sent once more. That costs nothing, and may have been wrong. */
  readonly forced: boolean;
}

/** Whether `step` can be tried at all. */
export function isOpen(step: StepName, { record, endpointRemoved, forced }: Situation): boolean {
  switch (step) {
    case "refresh":
      return record?.tokens?.refreshToken !== undefined && (forced || !record.refreshTokenDead);
    case "reconnect":
      return !endpointRemoved;
    case "agency":
      return record?.target.locationId !== undefined && record.companyId !== undefined;
  }
}

/** A person is asked only after HighLevel has given the same answer that we do not know for this long, ms. */
const UNKNOWN_MS = DAY_MS;

/**
 * How an attempt ends for which every step was refused. A refusal in words that we do not know is no reason to trouble a person
 * before the same one has come for a day.
 */
export function endOfRefusals({ doubt, at, since }: Failure): "failed" | "reauthorization_required" {
  return doubt === undefined || at - since >= UNKNOWN_MS ? "reauthorization_required" : "failed";
}

/** Whether the connection is left alone at `now`, ms, since an attempt has just failed. */
export function isCoolingDown(
  failure: Failure | undefined,
  now: number,
  coolDownMs: number,
): failure is Failure {
  return failure !== undefined && now >= failure.at && now < failure.at + coolDownMs;
}

/** The first pause after an attempt that failed, and the longest, ms. */
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 6 * 3_600_000;

/** When `maintain` has work on a connection, ms; `spread` is that of its key. */
export function dueAtOf(record: ConnectionRecord, marginMs: number, spread: number): number | undefined {
  const { status, tokens, failure } = record;
  if (status === "forgotten") return undefined;
  if (failure) {
    const pauseMs = failure.outcome === "failed"
      ? Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failure.attempts - 1, 20))
      : DAY_MS;
    return failure.at + pauseMs;
  }
  if (!tokens) return record.updatedAt;
  return Math.floor(tokens.expiresAt.getTime() - marginOf(record, marginMs, spread));
}

/** A token younger than this may not be known everywhere at HighLevel yet, ms. */
const YOUNG_MS = 10_000;

/** Whether the access token of `record` was issued seconds ago. */
export function isYoung({ accessTokenIssuedAt = 0 }: Partial<ConnectionRecord>, now: number): boolean {
  return Math.abs(now - accessTokenIssuedAt) < YOUNG_MS;
}

/** What is added to the margin, and the margin at most, as parts of a token's life. */
const SPREAD_PART = 1 / 5;
const LARGEST_PART = 1 / 4;

/**
 * How long before its end the access token of `record` is refreshed, ms: `marginMs`, and up to a fifth of its life, so that what was
 * granted together, a hundred thousand perhaps, does not end together; a quarter of its life at most. `spread` is that of the key.
 */
export function marginOf(record: ConnectionRecord | undefined, marginMs: number, spread = 0): number {
  const { tokens, accessTokenIssuedAt } = record ?? {};
  if (!tokens || accessTokenIssuedAt === undefined) return marginMs;
  const lifeMs = Math.max(0, tokens.expiresAt.getTime() - accessTokenIssuedAt);
  // Half by the key alone: what one round of `maintain` refreshed together would be in one round every time.
  const ownSpread = part(spread + part(spread * accessTokenIssuedAt) / 2);
  return Math.min(marginMs + ownSpread * lifeMs * SPREAD_PART, lifeMs * LARGEST_PART);
}

/** What of `value` stands behind the point. `%` of a number this large takes as long as all the rest of a call. */
function part(value: number): number {
  return value - Math.floor(value);
}

/** What a held access token is good for. */
export type Freshness = "usable" | "expiring" | "dead";

/** Whether the access token of `record` can be handed out. `rejected` is a token that HighLevel refused. */
export function freshness(
  record: ConnectionRecord | undefined,
  now: number,
  leastMs: number,
  rejected: string | undefined,
): Freshness {
  const tokens = record?.tokens;
  if (!tokens || tokens.accessToken === rejected) return "dead";
  const leftMs = tokens.expiresAt.getTime() - now;
  return leftMs > leastMs ? "usable" : leftMs > 0 ? "expiring" : "dead";
}
