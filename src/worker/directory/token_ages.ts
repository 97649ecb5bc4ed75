import type { RecordSummary } from "../../stores/mod.ts";
import type { SweepState } from "./sweep_state.ts";

const DAY_MS = 24 * 3_600_000;

/** What a sweep learns of the ages of tokens. */
export type TokenAges = Pick<SweepState, "renewed" | "oldestRefreshTokenAt">;

/** What was learnt so far. */
export function agesIn({ renewed = 0, oldestRefreshTokenAt: oldest }: TokenAges): TokenAges {
  return { renewed, ...oldest !== undefined && { oldestRefreshTokenAt: oldest } };
}

/** `ages` with those of one more connection, in a sweep that began at `startedAt`. Tokens that wait for a person do not count. */
export function agesWith(
  ages: TokenAges,
  { status, refreshTokenIssuedAt: at }: RecordSummary,
  startedAt: number,
): TokenAges {
  if (at === undefined || status !== "connected" && status !== "paused") return ages;
  return {
    renewed: ages.renewed + (at > startedAt - DAY_MS ? 1 : 0),
    oldestRefreshTokenAt: Math.min(at, ages.oldestRefreshTokenAt ?? Infinity),
  };
}
