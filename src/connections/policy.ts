import { LONGEST_WAIT_MS } from "../oauth/request/retry.ts";
import type { ConnectionRecord } from "./record.ts";
import type { Grant, Outcome } from "./outcome.ts";

/** The ways up that cost requests, in the order of the ladder: cheapest first. */
export const RUNGS = ["refresh", "reconnect", "agency"] as const;

/** A way up that costs requests. */
export type RungName = typeof RUNGS[number];

/** What to do after one attempt. */
export type Step =
  /** Store the tokens, then use them. */
  | { readonly do: "use"; readonly grant: Grant }
  /** Read the store: somebody else may hold newer tokens. If not, the refresh token is dead: climb. */
  | { readonly do: "reread" }
  /** Try the next rung. */
  | { readonly do: "climb" }
  /** Try the same rung again after a pause. */
  | { readonly do: "wait"; readonly ms: number }
  /** End the climb. What is stored stays. */
  | { readonly do: "stop"; readonly as: "paused" | "failed" };

/** Pauses in one climb at most. */
const MAX_WAITS = 2;

/**
 * What to do next: the whole policy of recovery in one table.
 *
 * A refresh token is given up for one reason only (`rejected`), after the store was read again. Trouble that may pass
 * never climbs: the next call tries the same rung. A paused location is not lost.
 */
export function nextStep(rung: RungName, outcome: Outcome, waits: number): Step {
  switch (outcome.kind) {
    case "granted":
      return { do: "use", grant: outcome.grant };
    case "rejected":
      return rung === "refresh" ? { do: "reread" } : { do: "climb" };
    case "refused":
    case "removed":
      return { do: "climb" };
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

/** What the ladder looks at before it climbs. */
export interface Situation {
  /** What is known of the connection. */
  readonly record: ConnectionRecord | undefined;
  /** Whether the Reconnect endpoint is remembered as gone. */
  readonly endpointRemoved: boolean;
}

/** Whether `rung` can be tried at all. */
export function isOpen(rung: RungName, { record, endpointRemoved }: Situation): boolean {
  switch (rung) {
    case "refresh":
      return record?.tokens?.refreshToken !== undefined && !record.refreshTokenDead;
    case "reconnect":
      return !endpointRemoved;
    case "agency":
      return record?.target.locationId !== undefined && record.companyId !== undefined;
  }
}

/** A token younger than this may not be known everywhere at HighLevel yet, ms. */
const YOUNG_MS = 10_000;

/** Whether the access token of `record` was issued seconds ago. */
export function isYoung({ accessTokenIssuedAt = 0 }: Partial<ConnectionRecord>, now: number): boolean {
  return Math.abs(now - accessTokenIssuedAt) < YOUNG_MS;
}

/** Of a token that lives only for a short time, the margin is this part of its life at most. */
const LARGEST_MARGIN = 1 / 4;

/** How long before its end the access token of `record` is refreshed, ms: `marginMs`, but a part of its life at most. */
export function marginOf(record: ConnectionRecord | undefined, marginMs: number): number {
  const { tokens, accessTokenIssuedAt } = record ?? {};
  if (!tokens || accessTokenIssuedAt === undefined) return marginMs;
  return Math.min(marginMs, Math.max(0, tokens.expiresAt.getTime() - accessTokenIssuedAt) * LARGEST_MARGIN);
}

/** What a held access token is good for. */
export type Freshness = "living" | "expiring" | "dead";

/**
 * Whether the access token of `record` can be handed out. `rejected` is a token that HighLevel refused.
 * The margin grows by up to a tenth at random, so that many processes do not refresh at the same moment.
 */
export function freshness(
  record: ConnectionRecord | undefined,
  now: number,
  marginMs: number,
  rejected: string | undefined,
): Freshness {
  const tokens = record?.tokens;
  if (!tokens || tokens.accessToken === rejected) return "dead";
  const leftMs = tokens.expiresAt.getTime() - now;
  if (leftMs > marginMs * 1.1) return "living";
  if (leftMs <= 0) return "dead";
  return leftMs > marginMs * (1 + Math.random() / 10) ? "living" : "expiring";
}
