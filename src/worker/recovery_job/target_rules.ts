import { type SystemicTrouble, systemicTrouble } from "../../connections/host.ts";
import type { PlainRecovery } from "../durable/plain_result.ts";
import type { JobEnd } from "./job_api.ts";
import type { JobFacts } from "./job_facts.ts";

/*
 * What becomes of one target, as rules over values. Moments and lengths are in ms.
 */

/** Times that one target is tried while others go well, by whose trouble it looks. */
const MOST_TRIES: Readonly<Record<SystemicTrouble | "own", number>> = { outage: 8, refused: 5, own: 8 };
/** A target is tried again after this, then after three times as long, up to the longest. */
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 20 * 60_000;

/** The longest that HighLevel's own "later" is heeded. */
const LONGEST_ASKED_MS = 6 * 3_600_000;

/** What is known of a target when it is reported. */
export interface TargetState {
  /** How it ended, if it has. */
  readonly outcome: JobEnd | undefined;
  /** Whether it is under way. */
  readonly isUnderWay: boolean;
  /** Times that it failed so far. */
  readonly tries: number;
}

/** What a report says of one target. */
export type Verdict =
  | { readonly is: "ended"; readonly as: JobEnd }
  /** It was given up, and came back by a message that was at work. */
  | { readonly is: "made good" }
  /** It is due again. */
  | { readonly is: "due"; readonly at: number; readonly tries: number }
  | { readonly is: "nothing new" };

/** What the report of `recovery` (none: it was not begun) says of a target in a job that knows `facts` by now. */
export function verdictOn(
  facts: JobFacts,
  target: TargetState,
  recovery: PlainRecovery | undefined,
  now: number,
): Verdict {
  const { outcome, tries } = target;
  if (outcome !== undefined) {
    const isMadeGood = outcome === "failed" && recovery?.outcome === "recovered";
    return { is: isMadeGood ? "made good" : "nothing new" };
  }
  if (!recovery) return { is: "due", at: now, tries };
  const { error } = recovery;
  const mayPass = recovery.outcome === "failed" && (error?.retryable || error?.code === "invalid_client");
  if (!mayPass) return { is: "ended", as: recovery.outcome };
  const whose = systemicTrouble(error);
  // In trouble of everybody no target is to blame, and none is given up.
  if (whose && facts.stop) return { is: "due", at: now, tries };
  if (tries + 1 >= MOST_TRIES[whose ?? "own"]) return { is: "ended", as: "failed" };
  const pauseMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 3 ** tries);
  const askedMs = Math.min(LONGEST_ASKED_MS, error?.retryAfterMs ?? 0);
  return { is: "due", at: now + Math.max(pauseMs, askedMs), tries: tries + 1 };
}

/** The facts after somebody reported `target` and it was found to be `verdict`. */
export function afterVerdict(facts: JobFacts, target: TargetState, verdict: Verdict, now: number): JobFacts {
  const underWay = facts.underWay - (target.isUnderWay ? 1 : 0);
  const next = { ...facts, underWay: Math.max(0, underWay), reportedAt: now, movedAt: now, losses: 0 };
  const { ends, seq } = facts;
  switch (verdict.is) {
    case "ended": {
      const isRecovered = verdict.as === "recovered";
      const more = { ...ends, [verdict.as]: ends[verdict.as] + 1 };
      return { ...next, ends: more, seq: isRecovered ? seq : seq + 1 };
    }
    case "made good":
      return { ...next, ends: { ...ends, failed: ends.failed - 1, recovered: ends.recovered + 1 } };
    case "due":
    case "nothing new":
      return next;
  }
}
